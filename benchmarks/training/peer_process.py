"""The peer's end of the pipe: what it is given, and what it tells after each epoch before it may go on."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Given:
    """Interactions by index, int64[m] each, and how to train on them."""

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    num_users: int
    num_items: int
    epochs: int
    learning_rate: float
    threads: int


_OUT = sys.stdout
sys.stdout = sys.stderr  # what a library prints is no part of what is told


def given() -> Given:
    """Read what the first argument names."""
    with np.load(sys.argv[1]) as file:
        return Given(**{name: file[name] if file[name].ndim else file[name].item() for name in file.files})


def tell(epoch: int, seconds: float, users: NDArray[np.float32], items: NDArray[np.float32]) -> None:
    """Tell of an epoch: seconds of training so far, and vectors whose dot products are scores; end if that is enough."""
    np.savez("vectors.npz", users=users, items=items)
    print(json.dumps({"epoch": epoch, "seconds": seconds}), file=_OUT, flush=True)
    if sys.stdin.readline().strip() != "on":
        sys.exit()
