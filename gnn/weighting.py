"""How much each task counts in the joint loss: as told, as it has learnt to trust it, or by the size of its gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

Weighting = Literal["fixed", "uncertainty", "gradients"]

_MOMENTUM = 0.9  # of the running mean of gradients' sizes
_MOST = 100.0  # times what was told, either way


class TaskWeights(nn.Module):
    """The weights of tasks in the joint loss, by name; ``told`` are those of the configuration.

    fixed: as told. uncertainty: told · exp(−s), with s/2 added to the loss and learnt, so that a
    task that stays uncertain counts
    less (Kendall et al. 2018, Multi-task learning using uncertainty, CVPR, eq. 7). gradients: so
    that the norms of the tasks'
    gradients at the shared vectors are to each other as what was told, the first task's left as it is (the
    aim of Chen et al. 2018,
    GradNorm, ICML, reached by scaling at each step in place of learning the scale).
    """

    def __init__(self, told: Mapping[str, float], by: Weighting) -> None:
        super().__init__()
        self.by = by
        self.told = dict(told)
        self.names = list(told)
        if by == "uncertainty":
            self.log_variance = nn.Parameter(torch.zeros(len(told)))
        if by == "gradients":
            self.register_buffer("norms", torch.zeros(len(told)))
            self.norms: Tensor

    def total(self, losses: Mapping[str, Tensor], shared: Sequence[Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Return the weighted sum of ``losses``, scalars by task, and the weights; ``shared``: the vectors they came from."""
        told = torch.tensor([self.told[name] for name in self.names])
        stacked = torch.stack([losses[name] for name in self.names])
        if self.by == "fixed":
            weight, extra = told, torch.zeros(())
        elif self.by == "uncertainty":
            weight, extra = told * torch.exp(-self.log_variance), (told * self.log_variance).sum() / 2
        else:
            weight, extra = self._balanced(told, stacked, shared), torch.zeros(())
        return (weight * stacked).sum() + extra, dict(zip(self.names, weight.detach().tolist(), strict=True))

    def _balanced(self, told: Tensor, losses: Tensor, shared: Sequence[Tensor]) -> Tensor:
        norms = torch.stack([_norm(loss, shared) for loss in losses.unbind()])
        if self.training and bool(torch.isfinite(norms).all()):
            self.norms.copy_(torch.where(self.norms > 0, _MOMENTUM * self.norms + (1 - _MOMENTUM) * norms, norms))
        first = self.norms[0].clamp(min=1e-12)
        scale = torch.where(self.norms > 0, first / self.norms.clamp(min=1e-12), 1.0).clamp(1 / _MOST, _MOST)
        return told * scale


def _norm(loss: Tensor, shared: Sequence[Tensor]) -> Tensor:
    parts = torch.autograd.grad(loss, list(shared), retain_graph=True, allow_unused=True)
    squares = [part.square().sum() for part in parts if part is not None]
    return torch.stack(squares).sum().sqrt() if squares else torch.zeros(())
