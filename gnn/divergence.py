"""When training has diverged, and what most likely made it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from gnn.errors import TrainingError
from gnn.model import JointLoss, MultiTaskModel

EXPLODED = 1e4
"""Times its first step's value, or 1 where that is less, from which on a joint loss counts as diverged.

A first step's losses are those of vectors that know nothing: nats of a softmax, shares of a variance. A loss ten thousand
times that is no spike that Adam comes back from.
"""


def check_total(loss: JointLoss, model: MultiTaskModel, learning_rate: float) -> None:
    """Refuse a joint loss that is not a finite number.

    Raises:
        TrainingError: it is not; the message says which part of it, and what to lower.
    """
    if not torch.isfinite(loss.total):
        raise TrainingError(f"the joint loss became {float(loss.total.detach())}; {_blame(loss, model, learning_rate)}")


class Watch:
    """Tells when a run has diverged though no loss is infinite yet; ``first_loss``: that of the run's first step, if done."""

    def __init__(self, model: MultiTaskModel, first_loss: float | None) -> None:
        self._model = model
        self.first_loss = first_loss

    def step(self, loss: JointLoss, learning_rate: float) -> None:
        """Look at a step's loss.

        Raises:
            TrainingError: it exploded.
        """
        total = float(loss.total.detach())
        if self.first_loss is None:
            self.first_loss = total
        if total > EXPLODED * max(1.0, self.first_loss):
            raise TrainingError(
                f"the joint loss became {total:.3g}, more than {EXPLODED:,.0f} times what it began with "
                f"({self.first_loss:.3g}); {_blame(loss, self._model, learning_rate)}"
            )

    def state(self, optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
        """Look at all that was learnt, as is done once an epoch: a step's loss tells of its own examples alone.

        Raises:
            TrainingError: a parameter, or what the optimiser keeps of its gradients, is not finite.
        """
        for name, value in _tensors(self._model, optimizer):
            if not torch.isfinite(value).all():
                raise TrainingError(
                    f"{name} is no longer finite, so a gradient was too large to be a number; "
                    f"lower train.learning_rate (now {learning_rate:g}), or look for values far out of range"
                )


def _tensors(model: MultiTaskModel, optimizer: torch.optim.Optimizer) -> Iterator[tuple[str, Tensor]]:
    for name, parameter in model.named_parameters():
        yield f"the parameter {name!r}", parameter.detach()
        for kept, value in optimizer.state.get(parameter, {}).items():
            yield f"the optimiser's {kept} of {name!r}", value


def _blame(loss: JointLoss, model: MultiTaskModel, learning_rate: float) -> str:
    tie, total = model.tie * loss.tie, float(loss.total.detach())
    if not math.isfinite(tie) or tie > abs(total) / 2:
        return (
            f"most of it is what holds the tasks' towers together, {tie:.3g}: lower tasks.tie (now {model.tie:g}), or "
            f"train.learning_rate (now {learning_rate:g})"
        )
    worst = max(loss.by_task, key=lambda name: abs(loss.by_task[name]))
    return (
        f"the largest loss is that of task {worst!r}, {loss.by_task[worst]:.3g}: lower train.learning_rate (now "
        f"{learning_rate:g}) or the task's weight, or look for values far out of range"
    )
