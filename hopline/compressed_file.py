"""Vectors that a run serves in place of those that training ended with, kept beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from gnn.vector_scorer import VectorScorer

_FILE = "compressed.safetensors"
_TOLD = "told"


@dataclass(frozen=True)
class Compressed:
    """Small vectors of users and of all items; ``told``: how they were chosen, ``metrics``: theirs on the test split."""

    vectors: VectorScorer
    told: dict[str, Any]
    metrics: dict[str, float]


def write_compressed(folder: Path, compressed: Compressed) -> None:
    """Write them to a run's folder; until it is whole, what was there before stays."""
    tensors = {"users": compressed.vectors.users, "items": compressed.vectors.items}
    told = {_TOLD: json.dumps({"told": compressed.told, "metrics": compressed.metrics})}
    draft = folder / f"{_FILE}.tmp"
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, draft, metadata=told)
    draft.replace(folder / _FILE)


def read_compressed(folder: Path) -> Compressed | None:
    """Read them from a run's folder; None: there are none.

    Raises:
        OSError, SafetensorError, ValueError, KeyError, TypeError: the file is damaged.
    """
    if not (folder / _FILE).exists():
        return None
    with safe_open(folder / _FILE, framework="numpy") as file:
        told = json.loads(file.metadata()[_TOLD])
        vectors = VectorScorer(file.get_tensor("users"), file.get_tensor("items"))
    return Compressed(vectors, told["told"], told["metrics"])


def remove_compressed(folder: Path) -> bool:
    """Take them away; return whether there were any."""
    is_there = (folder / _FILE).exists()
    (folder / _FILE).unlink(missing_ok=True)
    return is_there
