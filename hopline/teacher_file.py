"""The vectors that small ones are distilled from, kept with a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gnn.vector_scorer import VectorScorer
from hopline.errors import TrainingError
from hopline.fusion import TeacherVectors
from hopline.tensor_rows import drop_row

_FILE = "teacher.safetensors"


def write_teacher(folder: Path, teacher: TeacherVectors) -> None:
    """Write them to a run's folder, in half precision."""
    tensors = {
        f"{name} {side}": getattr(getattr(teacher, name), side).astype(np.float16)
        for name in ("learnt", "validated")
        for side in ("users", "items")
    }
    draft = folder / f"{_FILE}.tmp"
    save_file(tensors, draft)
    draft.replace(folder / _FILE)


def read_teacher(folder: Path) -> TeacherVectors:
    """Read them from a run's folder.

    Raises:
        TrainingError: they are not there, or damaged.
    """
    try:
        found = {name: tensor.astype(np.float32) for name, tensor in load_file(folder / _FILE).items()}
        learnt, validated = (VectorScorer(found[f"{name} users"], found[f"{name} items"]) for name in ("learnt", "validated"))
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise TrainingError(
            f"what the run in {folder} would be distilled from cannot be read ({error}); run `hopline train` again"
        ) from error
    return TeacherVectors(learnt, validated)


def drop_user(folder: Path, row: int) -> None:
    """Take one user out of them.

    Raises:
        OSError, IndexError, SafetensorError: the file is damaged.
    """
    drop_row(folder / _FILE, row, lambda name: name.endswith(" users"))
