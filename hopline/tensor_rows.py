"""Rows out of tensors that are kept in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file


def drop_row(path: Path, row: int, has_row: Callable[[str], bool]) -> None:
    """Write a file of tensors anew without one row of those whose names ``has_row`` tells; nothing, if there is no such file.

    Raises:
        OSError, SafetensorError: it cannot be read or written.
        IndexError: a tensor has no such row.
    """
    if not path.exists():
        return
    with safe_open(path, framework="numpy") as file:
        told = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    kept = {
        name: np.ascontiguousarray(np.delete(tensor, row, axis=0)) if has_row(name) else tensor
        for name, tensor in tensors.items()
    }
    draft = path.with_name(f"{path.name}.tmp")
    save_file(kept, draft, metadata=told)
    draft.replace(path)
