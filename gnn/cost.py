"""What training costs on this machine, told by a few steps of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gnn import checkpoint
from gnn.allocator import freed_memory_kept
from gnn.checkpoint import Progress
from gnn.determinism import same_bits
from gnn.encoder import EncoderConfig
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.model import MultiTaskModel, TasksConfig
from gnn.train import TrainConfig, make_sampler, take_step
from loaders.sampling.joint_sampler import WholeGraph
from loaders.sampling.learning_graph import LearningGraph

FEWEST_STEPS = 2


@dataclass(frozen=True)
class TrainingCost:
    """Seconds of the parts of training on one graph, and how many of them there are.

    ``compute_s`` and ``update_s`` are of a step: the former is bounded by the batch, unless a step ``is_whole``, on the whole
    graph; the latter, done to every parameter, grows with the number of nodes. ``propagate_s`` gives the vectors of all nodes
    once, ``score_s`` ranks one item for one user, and ``save_s`` writes a checkpoint. ``num_batches`` are of a pass over the
    users, so of an epoch if there are enough; ``num_parameters`` are numbers that are learnt.
    """

    is_whole: bool
    num_batches: int
    num_parameters: int
    compute_s: float
    update_s: float
    propagate_s: float
    score_s: float
    save_s: float


def measure_training(
    data: LearningGraph,
    encoder: EncoderConfig,
    tasks: TasksConfig,
    config: TrainConfig,
    holdout: Holdout,
    folder: Path,
    seconds: float,
) -> tuple[TrainingCost, MultiTaskModel]:
    """Train for some ``seconds``, at least two steps, at most an epoch; rank for the users of ``holdout``; save in ``folder``.

    The first step, which makes what later ones find made, is not counted where there are others. The model is returned as it is
    then, so that a caller can hold the memory that a run would.

    Raises:
        TrainingError: a loss that is no longer a number.
    """
    model = MultiTaskModel(data, encoder, tasks)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, weight_decay=config.reg)
    updates: list[float] = []
    optimizer.register_step_pre_hook(lambda *_: updates.append(-time.perf_counter()))
    optimizer.register_step_post_hook(lambda *_: updates.append(updates.pop() + time.perf_counter()))
    sampler = make_sampler(model, data, config)
    ends: list[float] = []
    started = time.perf_counter()
    with freed_memory_kept(), same_bits():
        for batch in sampler.batches(0, config.num_workers):
            take_step(model, optimizer, batch, data)
            ends.append(time.perf_counter())
            if len(ends) >= FEWEST_STEPS and ends[-1] - started > seconds:
                break
    step_s = (ends[-1] - ends[0]) / (len(ends) - 1) if len(ends) > 1 else ends[0] - started
    # Before it is updated, the gradient of every embedding is made, as zeros but for the batch.
    update_s = sum(updates) / len(updates) + _timed(lambda: [torch.zeros_like(part) for part in model.parameters()])[0]
    propagate_s, shared = _timed(lambda: model.shared_vectors(data))
    score_s, _ = _timed(lambda: evaluate(model.scorer(data, shared), holdout))
    folder.mkdir(parents=True, exist_ok=True)
    save_s, _ = _timed(lambda: checkpoint.save(folder / checkpoint.LAST, model, Progress(""), optimizer))
    cost = TrainingCost(
        is_whole=isinstance(sampler, WholeGraph),
        num_batches=sampler.num_batches,
        num_parameters=sum(part.numel() for part in model.parameters()),
        compute_s=max(0.0, step_s - update_s),
        update_s=update_s,
        propagate_s=propagate_s,
        score_s=score_s / (len(holdout.users) * holdout.num_items),
        save_s=save_s,
    )
    return cost, model


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = do()
    return time.perf_counter() - started, result
