"""What users are, beside what they did: properties such as an age or an occupation, each value with a vector of its own."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.errors import ReleaseError
from graph.property_values import read_categories, read_number

_DIGITS = 6


@dataclass(frozen=True)
class TraitGroup:
    """The values of one property of users that are told apart: ``categories``, or numbers between ``edges``, ascending.

    A number on an edge is of those above. One of both is empty, unless nothing is told apart.
    """

    name: str
    categories: tuple[str, ...] = ()
    edges: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """How many values are told apart."""
        return len(self.edges) + 1 if self.edges else len(self.categories)

    def places(self, value: Any) -> list[int]:
        """Return which of them a value is; none where it is missing or new. Several, where it is a list."""
        if self.edges:
            number = read_number(value)
            return [] if np.isnan(number) else [bisect_right(self.edges, number)]
        return sorted(self.categories.index(name) for name in read_categories(value) if name in self.categories)


def trait_rows(groups: Sequence[TraitGroup], values: Sequence[Sequence[Any] | NDArray[Any]]) -> sparse.csr_array:
    """Return what users are, float32[n, sizes of all groups]; ``values`` are those of each group's property, n each.

    A user's values of one property add up to one.
    """
    first, rows, columns, weights = 0, [], [], []
    for group, column in zip(groups, values, strict=True):
        known: dict[Any, list[int]] = {}  # most users have a value that others have, too
        for row, value in enumerate(column.tolist() if isinstance(column, np.ndarray) else column):
            if isinstance(value, (str, float)):
                if value not in known:
                    known[value] = group.places(value)
                places = known[value]
            else:
                places = group.places(value)
            rows += [row] * len(places)
            columns += [first + place for place in places]
            weights += [1 / len(places) for _ in places]
        first += group.size
    num_users = len(values[0]) if values else 0
    return sparse.csr_array((np.array(weights, np.float32), (rows, columns)), shape=(num_users, first), dtype=np.float32)


@dataclass(frozen=True)
class Traits:
    """What each value says of what its user likes: ``vectors`` float32[sizes of all groups, d], about 0 for each property.

    Raises:
        ReleaseError: not a finite vector for each value.
    """

    groups: tuple[TraitGroup, ...]
    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        size = sum(group.size for group in self.groups)
        if self.vectors.ndim != 2 or len(self.vectors) != size or not np.isfinite(self.vectors).all():
            raise ReleaseError(
                f"traits of users got vectors of shape {self.vectors.shape} for {size} values; expected a finite one each: run "
                "`hopline train` again"
            )

    @property
    def names(self) -> list[str]:
        """The properties of users that tell them."""
        return [group.name for group in self.groups]

    def vector(self, values: Sequence[Any]) -> NDArray[np.float32]:
        """Return what a user's values of :attr:`names` say, float32[d]; zeros where nothing is known."""
        found: NDArray[np.float32] = self.of_rows(trait_rows(self.groups, [[value] for value in values]))[0]
        return found

    def of_rows(self, rows: sparse.csr_array) -> NDArray[np.float32]:
        """Return what users are, float32[n, values] as :func:`trait_rows` has them, says of them, float32[n, d]."""
        return np.asarray(rows @ self.vectors, np.float32)

    def to_json(self) -> str:
        """Return it as text."""
        groups = [{"name": one.name, "categories": one.categories, "edges": one.edges} for one in self.groups]
        return json.dumps({"groups": groups, "vectors": np.round(self.vectors.astype(np.float64), _DIGITS).tolist()})

    @classmethod
    def from_json(cls, text: str) -> Traits:
        """Read what :meth:`to_json` wrote.

        Raises:
            ReleaseError: it is damaged.
        """
        try:
            told = json.loads(text)
            groups = tuple(TraitGroup(one["name"], tuple(one["categories"]), tuple(one["edges"])) for one in told["groups"])
            vectors = np.asarray(told["vectors"], np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise ReleaseError(f"traits of users cannot be read ({error}); run `hopline train` again") from error
        return cls(groups, vectors)
