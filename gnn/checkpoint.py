"""Training state on disk: written whole or not at all, read back to the same bits."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from gnn.errors import TrainingError

LAST = "last.safetensors"
BEST = "best.safetensors"


@dataclass
class EpochRecord:
    """What one epoch did: mean loss by task, validation metrics (empty when not validated), and its cost.

    ``learning_rate`` is that of its last step. ``weights``: what tasks counted in the joint loss, by task, a mean over steps;
    empty where they are fixed.
    """

    epoch: int
    losses: dict[str, float]
    metrics: dict[str, float]
    seconds: float
    edges_per_s: float
    learning_rate: float
    weights: dict[str, float] = field(default_factory=dict)


@dataclass
class Progress:
    """How far a run has come. ``fingerprint`` names the configuration and the data it belongs to.

    ``first_loss``: the joint loss of the first step of all, None before it.
    """

    fingerprint: str
    epochs_done: int = 0
    best_epoch: int = 0
    best_metric: float = float("-inf")
    finished: bool = False
    first_loss: float | None = None
    history: list[EpochRecord] = field(default_factory=list)


def save(
    path: Path,
    model: nn.Module,
    progress: Progress,
    optimizer: torch.optim.Optimizer | None = None,
    average: nn.Module | None = None,
) -> None:
    """Write model, progress, the optimiser's state and averaged weights to ``path``; a crash leaves the file that was there."""
    tensors = {f"model.{name}": value.contiguous() for name, value in model.state_dict().items()}
    if optimizer is not None:
        for number, state in optimizer.state_dict()["state"].items():
            tensors.update({f"optimizer.{number}.{name}": value.contiguous() for name, value in state.items()})
    if average is not None:
        tensors.update({f"average.{name}": value.contiguous() for name, value in average.state_dict().items()})
    draft = path.with_suffix(".tmp")
    save_file(tensors, draft, metadata={"progress": json.dumps(asdict(progress))})
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(path)


def peek(path: Path, fingerprint: str) -> Progress | None:
    """Return the progress recorded in a checkpoint, None where there is none of this fingerprint.

    Raises:
        TrainingError: the file is not a checkpoint of Hopline's.
    """
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as opened:
            stored: dict[str, Any] = json.loads((opened.metadata() or {})["progress"])
        if stored["fingerprint"] != fingerprint:  # maybe of a version whose records were others
            return None
    except (SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(f"{path} is not a readable checkpoint ({error}); delete it to train anew") from error
    history = [EpochRecord(**record) for record in stored.pop("history")]
    return Progress(**stored, history=history)


def restore(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer | None = None, average: nn.Module | None = None
) -> None:
    """Load a checkpoint into a model, and into its optimiser and its averaged weights if given.

    Raises:
        TrainingError: the tensors are not those of this model: other data, or another configuration.
    """
    tensors = _read(path)
    _load(path, model, _part(tensors, "model."))
    if average is not None:
        _load(path, average, _part(tensors, "average."))
    if optimizer is not None:
        optimizer.load_state_dict(_optimizer_state(optimizer, tensors))


def restore_kept(path: Path, model: nn.Module) -> None:
    """Load what a checkpoint keeps to serve into a model: averaged weights, where it has such.

    Raises:
        TrainingError: as :func:`restore`.
    """
    tensors = _read(path)
    _load(path, model, _part(tensors, "average.module.") or _part(tensors, "model."))


def _read(path: Path) -> dict[str, Tensor]:
    with safe_open(path, framework="pt") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a dict


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _load(path: Path, module: nn.Module, weights: Mapping[str, Tensor]) -> None:
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        raise TrainingError(
            f"{path} was written for another graph or configuration; train anew. PyTorch says: {error}"
        ) from error


def _optimizer_state(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _, number, key = name.split(".", 2)
            state.setdefault(int(number), {})[key] = value
    return {"state": state, "param_groups": optimizer.state_dict()["param_groups"]}
