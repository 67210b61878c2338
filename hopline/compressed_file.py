"""Vectors that a run serves in place of those that training ended with, kept beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from gnn.inductive import Student
from gnn.vector_scorer import VectorScorer
from hopline.tensor_rows import drop_row

_FILE = "compressed.safetensors"
_TOLD = "told"
_STUDENT = "student "


@dataclass(frozen=True)
class Compressed:
    """Small vectors of users and of all items; ``told``: how they were chosen, ``metrics``: theirs on the test split.

    ``student`` makes vectors of other users, None where too little was learnt from.
    """

    vectors: VectorScorer
    told: dict[str, Any]
    metrics: dict[str, float]
    student: Student | None = None


def write_compressed(folder: Path, compressed: Compressed) -> None:
    """Write them to a run's folder; until it is whole, what was there before stays."""
    tensors = {"users": compressed.vectors.users, "items": compressed.vectors.items}
    if compressed.student is not None:
        tensors |= {_STUDENT + name: array for name, array in compressed.student.to_arrays().items()}
    told = {_TOLD: json.dumps({"told": compressed.told, "metrics": compressed.metrics})}
    draft = folder / f"{_FILE}.tmp"
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, draft, metadata=told)
    draft.replace(folder / _FILE)


def read_compressed(folder: Path) -> Compressed | None:
    """Read them from a run's folder; None: there are none.

    Raises:
        OSError, SafetensorError, ValueError, KeyError, TypeError, ReleaseError: the file is damaged.
    """
    if not (folder / _FILE).exists():
        return None
    with safe_open(folder / _FILE, framework="numpy") as file:
        told = json.loads(file.metadata()[_TOLD])
        vectors = VectorScorer(file.get_tensor("users"), file.get_tensor("items"))
        names = file.keys()
        student = {name.removeprefix(_STUDENT): file.get_tensor(name) for name in names if name.startswith(_STUDENT)}
    return Compressed(vectors, told["told"], told["metrics"], Student.from_arrays(student) if student else None)


def remove_compressed(folder: Path) -> bool:
    """Take them away; return whether there were any."""
    is_there = (folder / _FILE).exists()
    (folder / _FILE).unlink(missing_ok=True)
    return is_there


def drop_user(folder: Path, row: int) -> None:
    """Take one user out of them.

    Raises:
        OSError, IndexError, SafetensorError: the file is damaged.
    """
    drop_row(folder / _FILE, row, lambda name: name == "users")
