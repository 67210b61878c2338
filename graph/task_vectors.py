"""What tasks foretell of pairs, as a release keeps it on nodes: each one's vectors in half precision, beside those that rank.

A vector of each step is its largest number as a float, then all of them by that, in two bytes each: whatever the unit of a
rating, none is out of range. A vector of zeros tells nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import ReleaseError
from graph.pair_predictor import Link, PairPredictor, PairVectors

PairPredictors = Mapping[str, Mapping[str, PairPredictor]]
"""By task, then by domain: of all users of a release, in its order, and all items of the domain."""

_SCALE_BYTES, _NUMBER_BYTES = 4, 2


@dataclass(frozen=True)
class StoredTask:
    """What a release foretells by a task of users and the items of a domain, the label ``label``.

    ``links`` and ``sizes`` are those of each step, ``lowest`` and ``highest`` bound the figure; see ``graph.pair_predictor``.
    """

    task: str
    label: str
    links: tuple[Link, ...]
    sizes: tuple[int, ...]
    lowest: float | None = None
    highest: float | None = None

    @classmethod
    def of(cls, task: str, label: str, predictor: PairPredictor) -> StoredTask:
        """Return what is to be told of a predictor."""
        bounds = (bound if math.isfinite(bound) else None for bound in (predictor.lowest, predictor.highest))
        links, sizes = zip(*((factor.link, factor.users.shape[1]) for factor in predictor.factors), strict=True)
        return cls(task, label, links, sizes, *bounds)

    @property
    def suffix(self) -> str:
        """Suffix of the property that has it, on users and on items."""
        return task_suffix(self.task, self.label)

    @property
    def num_bytes(self) -> int:
        """Bytes a node."""
        return sum(_SCALE_BYTES + _NUMBER_BYTES * size for size in self.sizes)

    def figures(self, of_user: bytes | None, of_items: Sequence[bytes | None]) -> NDArray[np.float32]:
        """Return what is foretold of a user and each of n items, by what their nodes have: float32[n], NaN where nothing is.

        Raises:
            ReleaseError: a node has something else there.
        """
        users, items = self._read([of_user]), self._read(of_items)
        factors = tuple(PairVectors(user, item, link) for user, item, link in zip(users, items, self.links, strict=True))
        bounds = (-math.inf if self.lowest is None else self.lowest, math.inf if self.highest is None else self.highest)
        places = np.arange(len(of_items))
        found = PairPredictor(factors, *bounds).predict(np.zeros(len(of_items), np.int64), places)
        is_told = users[0].any() & items[0].any(axis=1)
        return np.where(is_told, found, np.float32(np.nan))

    def _read(self, rows: Sequence[bytes | None]) -> list[NDArray[np.float32]]:
        """Return each step's vectors float32[n, k]."""
        width = self.num_bytes
        if any(row is not None and len(row) != width for row in rows):
            raise ReleaseError(
                f"what the task {self.task!r} has on a node is not of {width} bytes; something else wrote it: run `hopline "
                "publish` again"
            )
        packed = np.frombuffer(b"".join(row or bytes(width) for row in rows), np.uint8).reshape(len(rows), width)
        steps, first = [], 0
        for size in self.sizes:
            middle, last = first + _SCALE_BYTES, first + _SCALE_BYTES + _NUMBER_BYTES * size
            scale = np.ascontiguousarray(packed[:, first:middle]).view("<f4")
            steps.append(np.ascontiguousarray(packed[:, middle:last]).view("<f2").astype(np.float32) * scale)
            first = last
        return steps


def task_suffix(task: str, label: str) -> str:
    """Return the suffix of the property with what a task tells of users and the items of a domain."""
    return f"_{task} {label}"


def to_halves(task: str, steps: Iterable[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """Return a task's vectors of nodes, float32[n, k] a step, as uint8[n, Σ (4 + 2 k)].

    Raises:
        ReleaseError: a number is not finite.
    """
    parts = []
    for vectors in steps:
        if not np.isfinite(vectors).all():
            raise ReleaseError(
                f"vectors of the task {task!r} hold NaN or infinity; training diverged: lower train.learning_rate and "
                "train again"
            )
        scale = np.abs(vectors).max(axis=1, initial=0).astype("<f4")
        halves = (vectors / np.where(scale > 0, scale, 1)[:, None]).astype("<f2")
        parts += [scale[:, None].view(np.uint8), np.ascontiguousarray(halves).view(np.uint8)]
    return np.hstack(parts)


def stored_tasks(predictors: PairPredictors) -> tuple[StoredTask, ...]:
    """Return what is to be told of predictors."""
    return tuple(StoredTask.of(task, label, one) for task, by_label in predictors.items() for label, one in by_label.items())


def beside_users(predictors: PairPredictors) -> dict[str, NDArray[np.uint8]]:
    """Return what users have of predictors, by the suffix of the property."""
    return {
        task_suffix(task, label): to_halves(task, (factor.users for factor in one.factors))
        for task, by_label in predictors.items()
        for label, one in by_label.items()
    }


def beside_items(predictors: PairPredictors, label: str) -> dict[str, NDArray[np.uint8]]:
    """Return what the items of a domain have of predictors, by the suffix of the property."""
    return {
        task_suffix(task, label): to_halves(task, (factor.items for factor in by_label[label].factors))
        for task, by_label in predictors.items()
        if label in by_label
    }


def tasks_as_json(tasks: Iterable[StoredTask]) -> str:
    """Return what a release's record says of its tasks."""
    return json.dumps([asdict(one) for one in tasks])


def tasks_from_json(text: str) -> tuple[StoredTask, ...]:
    """Return what :func:`tasks_as_json` wrote."""
    lists = ("links", "sizes")
    return tuple(StoredTask(**told | {name: tuple(told[name]) for name in lists}) for told in json.loads(text))


def check_predictors(predictors: PairPredictors, num_users: int, num_items: Mapping[str, int]) -> None:
    """See that predictors are of so many users, and so many items of each domain.

    Raises:
        ReleaseError: they are of others.
    """
    for task, by_label in predictors.items():
        for label, one in by_label.items():
            for factor in one.factors:
                got, wanted = (len(factor.users), len(factor.items)), (num_users, num_items.get(label, 0))
                if got != wanted or factor.users.shape[1] != factor.items.shape[1]:
                    raise ReleaseError(
                        f"got vectors of the task {task!r} of shapes {factor.users.shape} and {factor.items.shape}; expected "
                        f"{wanted[0]} users and {wanted[1]} of {label!r}"
                    )
