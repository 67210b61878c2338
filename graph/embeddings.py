"""Vectors on their way to the graph: what training hands to publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.codes import Code, Grid, check_code, code_users, decode, is_whole
from graph.errors import ReleaseError
from graph.met_vectors import MetVectors
from graph.neighbours import Retrieve, SimilarItems
from graph.task_vectors import PairPredictors, check_predictors


@dataclass(frozen=True)
class Embeddings:
    """Vectors of nodes of one label: ``ids`` [n] external, ``vectors`` float32[n, d].

    Raises:
        ReleaseError: no rows, different lengths, an id twice, or a value that is not finite.
    """

    label: str
    ids: NDArray[Any]
    vectors: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or not len(self.vectors) or len(self.ids) != len(self.vectors):
            raise ReleaseError(
                f"got {len(self.ids)} ids and vectors of shape {self.vectors.shape} for {self.label!r}; expected a row "
                "an id, and at least one"
            )
        bad = np.flatnonzero(~np.isfinite(self.vectors).all(axis=1))
        if len(bad):
            raise ReleaseError(
                f"{len(bad)} of {len(self.ids)} vectors of {self.label!r} hold NaN or infinity, the first that of id "
                f"{self.ids[bad[0]]!s}; training diverged: lower train.learning_rate and train again"
            )
        ids, times = np.unique(self.ids.astype(str), return_counts=True)
        if len(ids) != len(self.ids):
            raise ReleaseError(
                f"the id {ids[np.argmax(times)]!s} of {self.label!r} has {times.max()} vectors; expected one an id: see that "
                "keys are unique in the graph"
            )


@dataclass(frozen=True)
class PeopleVectors:
    """Vectors that rank users for a user: the score of one for another is the dot product of ``asked`` and ``asking``.

    ``filters`` names the properties of users by which their index can be narrowed.

    Raises:
        ReleaseError: vectors of different dimension.
    """

    asking: Embeddings
    asked: Embeddings
    filters: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_dimensions(self.asking, self.asked)


@dataclass(frozen=True)
class ReleaseDraft:
    """All that a release is made of. The score of an item for a user is the dot product of their vectors.

    ``items`` are of a domain each; ``popular`` holds ids of popular items by domain, the most popular first; ``features`` plain
    values from which new nodes can be encoded as those learnt from were; ``people`` ranks users for users, None: nothing does;
    ``data`` tells what was learnt from: ``interactions``, the digest of all that there were, and ``read_at``, when they were
    read, in seconds since 1970. ``code`` is what vectors are written as, but for those of ``people``, which stay floats.
    ``met`` makes vectors of users not learnt from, None: nothing does. ``filters`` names the properties of items by which their
    indexes can be narrowed, where the server can do so. ``known``, int64[n], tells how many events of each user the graph held
    when it was read, in behaviours that tell of liking: with it, what they do since moves their vectors. ``similar`` are the
    neighbours of the items of each domain, None: none are written; ``retrieve`` is what finds recommendations best, which takes
    neighbours where it is more than vectors. ``predictors`` foretell something of users and
    items, and are written.

    Raises:
        ReleaseError: no items, two of one domain, user and item vectors of different dimension, a code that is none, or a
            ``known``, ``similar`` or ``predictors`` of others.
    """

    users: Embeddings
    items: tuple[Embeddings, ...]
    config: dict[str, Any]
    metrics: dict[str, float]
    popular: dict[str, list[Any]]
    features: dict[str, Any] = field(default_factory=dict)
    people: PeopleVectors | None = None
    data: dict[str, Any] = field(default_factory=dict)
    code: Code = "float32"
    met: MetVectors | None = None
    filters: tuple[str, ...] = ()
    known: NDArray[np.int64] | None = None
    similar: SimilarItems | None = None
    retrieve: Retrieve = "vectors"
    predictors: PairPredictors = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_code(self.code)
        labels = [items.label for items in self.items]
        if not labels or len(set(labels)) != len(labels):
            raise ReleaseError(f"got item vectors of the domains {labels}; expected at least one, and each once")
        for items in self.items:
            _check_dimensions(self.users, items)
        if self.known is not None and self.known.shape != (len(self.users.ids),):
            raise ReleaseError(
                f"got numbers of events of shape {self.known.shape} for {len(self.users.ids)} users; expected one each"
            )
        if self.met is not None:
            _check_met(self.met, self.items, self.users.vectors.shape[1])
        if self.similar is not None:
            got, wanted = [len(one.places) for one in self.similar.of_domains], [len(items.ids) for items in self.items]
            if got != wanted:
                raise ReleaseError(f"got neighbours of {got} items; expected {wanted}, as many as there are of each domain")
        check_predictors(self.predictors, len(self.users.ids), {items.label: len(items.ids) for items in self.items})


def _check_met(met: MetVectors, items: Sequence[Embeddings], dimensions: int) -> None:
    got, wanted = [vectors.shape for vectors in met.asking], [(len(part.ids), dimensions) for part in items]
    if got != wanted:
        raise ReleaseError(f"got vectors of what was met of shapes {got}; expected {wanted}, as the items are")


def _check_dimensions(users: Embeddings, items: Embeddings) -> None:
    if users.vectors.shape[1] != items.vectors.shape[1]:
        raise ReleaseError(
            f"user vectors have {users.vectors.shape[1]} dimensions, item vectors {items.vectors.shape[1]} "
            f"({items.label!r}); expected the same"
        )


@dataclass(frozen=True)
class Indexable:
    """Vectors whose cosine ranks items for a user exactly as the dot product of the originals does.

    Item x becomes [x/M, √(1 − |x|²/M²)], of length one; user q becomes [q/|q|, 0]. Their cosine is q·x / (|q|·M). M is the
    length of the longest item of all domains, so that the vectors of all are comparable.

    Shapes: ``users`` float32[n, d + 1], ``norms`` float32[n] (|q|), ``items`` float32[m, d + 1] a domain; ``scale`` is M.

    Source: Bachrach et al. 2014, Speeding Up the Xbox Recommender System Using a Euclidean Transformation (RecSys), sec. 3.
    """

    users: NDArray[np.float32]
    norms: NDArray[np.float32]
    items: tuple[NDArray[np.float32], ...]
    scale: float


def make_indexable(of_users: Embeddings, of_items: Sequence[Embeddings], scale: float | None = None) -> Indexable:
    """Add the extra dimension. A user vector of zeros ranks nothing and stays zeros; its norm is 0.

    ``scale`` takes another M than the length of the longest item, at least as long: items as long as before are as before then.
    """
    scale = longest(of_items) if scale is None else scale
    norms = np.sqrt(_squares(of_users.vectors))
    return Indexable(
        users=_with_last(of_users.vectors, np.where(norms > 0, norms, 1)[:, None], np.zeros(len(norms))),
        norms=norms.astype(np.float32),
        items=tuple(
            _with_last(items.vectors, scale, np.sqrt(np.clip(1 - _squares(items.vectors) / scale**2, 0, None)))
            for items in of_items
        ),
        scale=scale,
    )


def longest(of_items: Sequence[Embeddings]) -> float:
    """Return the length of the longest item vector of all domains; 1 if all are zeros."""
    squared = max(float(_squares(items.vectors).max()) for items in of_items)
    return squared**0.5 or 1.0


def _squares(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the squared length of each vector, summed in double precision."""
    found: NDArray[np.float64] = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64, casting="safe")
    return found


def _with_last(vectors: NDArray[np.float32], divisor: Any, last: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return vectors float32[n, d] by a divisor, which may be too small for single precision, with one number more each."""
    found = np.empty((len(vectors), vectors.shape[1] + 1), np.float32)
    np.divide(vectors, divisor, out=found[:, :-1], dtype=np.float64, casting="same_kind")
    found[:, -1] = last
    return found


def make_coded(made: Indexable, grid: Grid) -> Indexable:
    """Return indexable vectors as whole numbers on a grid; see :mod:`graph.codes`."""
    items = tuple(grid.write(vectors[:, :-1]) for vectors in made.items)
    return Indexable(code_users(made.users[:, :-1], grid.code), made.norms, items, made.scale)


def as_served(
    users: NDArray[np.float32], items: NDArray[np.float32], code: Code
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what is left of vectors, float32[n, d] and float32[m, d], once they were written in a code."""
    if not is_whole(code):
        return users, items
    of_users, of_items = (Embeddings(label, np.arange(len(part)), part) for label, part in (("users", users), ("items", items)))
    made = make_indexable(of_users, [of_items])
    grid = Grid.of([vectors[:, :-1] for vectors in made.items], code)
    coded = make_coded(made, grid)
    return (
        decode(coded.users, code, is_indexed=False) * made.norms[:, None],
        decode(coded.items[0], code, is_indexed=True) * np.float32(made.scale * grid.reach),
    )


@dataclass(frozen=True)
class VectorColumn:
    """What a release keeps on the nodes of one label: a vector a node, and values beside it.

    ``ids`` [n]; ``vectors`` float32[n, d], kept under the release's property with ``suffix`` added to its name, and indexed by
    cosine if ``is_indexed``; ``beside`` by further suffixes what else each of the nodes gets: float32[n] is a number a node,
    uint8[n, w] an array of bytes. No two columns of a release have the same label and suffix. ``code`` tells what vectors are
    written as. ``filters`` names properties of the nodes by which the index can be narrowed.
    """

    label: str
    suffix: str
    ids: NDArray[Any]
    vectors: NDArray[np.float32]
    is_indexed: bool
    beside: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    code: Code = "float32"
    filters: tuple[str, ...] = ()

    def rows(self, rows: NDArray[Any]) -> VectorColumn:
        """Return what is kept of some nodes, by row number or as bool[n]."""
        beside = {suffix: values[rows] for suffix, values in self.beside.items()}
        return replace(self, ids=self.ids[rows], vectors=self.vectors[rows], beside=beside)
