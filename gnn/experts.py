"""What tasks share beyond the encoder: experts, of which every task mixes its own view of a vector.

In brief, for task k and the shared vector z of a node::

    u      = z / |z|
    g      = softmax(u · G_k)                      a gate of the task's own
    t_k(z) = z + z · M_k + |z| · Σ_e g_e E_e(u)    E_e(u) = relu(u · A_e) · B_e

MMoE: every task mixes the same experts. PLE: a task mixes the shared ones and some of its own, which others do not touch. With
neither, the tower M_k alone tells tasks apart. All start at t_k(z) ≈ z.

Source: Ma et al. 2018, Multi-gate Mixture-of-Experts (KDD), eq. 5 to 7; Tang et al. 2020, Progressive Layered Extraction
(RecSys), eq. 4 to 6, one level of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn
from torch.nn.functional import normalize


class ExpertsConfig(BaseModel):
    """How tasks share: ``[tasks.experts]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sharing: Literal["tower", "mmoe", "ple"] = Field(
        default="tower", description="tower: the encoder alone; mmoe: experts shared by all; ple: and some of each task's own"
    )
    shared: int = Field(default=4, ge=1, le=64, description="experts that all tasks mix")
    own: int = Field(default=1, ge=1, le=16, description="ple: experts of each task's own")
    hidden: int = Field(default=64, ge=1, le=4096, description="width of an expert")

    def make_shared(self, size: int) -> nn.ModuleList:
        """Return the experts that all tasks mix, of vectors of ``size``; none for towers alone."""
        return nn.ModuleList(Expert(size, self.hidden) for _ in range(0 if self.sharing == "tower" else self.shared))

    def make_own(self, size: int) -> nn.ModuleList:
        """Return one task's own experts."""
        return nn.ModuleList(Expert(size, self.hidden) for _ in range(self.own if self.sharing == "ple" else 0))


class Expert(nn.Module):
    """A map of unit vectors float32[n, d] to float32[n, d] with one hidden layer, small at the start."""

    def __init__(self, size: int, hidden: int) -> None:
        super().__init__()
        self.enter = nn.Linear(size, hidden)
        self.leave = nn.Linear(hidden, size, bias=False)
        nn.init.normal_(self.leave.weight, std=0.01)

    def forward(self, vectors: Tensor) -> Tensor:
        """Map float32[n, d] to float32[n, d]."""
        mapped: Tensor = self.leave(torch.relu(self.enter(vectors)))
        return mapped


class Tower(nn.Module):
    """A task's own view of the shared vectors; see the module's pseudo-code. ``weight`` is M_k, zero at the start."""

    def __init__(self, size: int, shared: Sequence[nn.Module] = (), own: nn.ModuleList | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size, size))
        self.own = nn.ModuleList() if own is None else own
        self._shared = tuple(shared)  # a tuple, as they are the model's, and are to be counted and saved once
        num_experts = len(self._shared) + len(self.own)
        self.gate = nn.Linear(size, num_experts) if num_experts else None

    def forward(self, vectors: Tensor) -> Tensor:
        """Map float32[n, d] to float32[n, d]."""
        viewed = vectors + vectors @ self.weight
        if self.gate is None:
            return viewed
        unit = normalize(vectors, dim=1)
        share = torch.softmax(self.gate(unit), dim=1)
        mixed = sum(share[:, k : k + 1] * expert(unit) for k, expert in enumerate((*self._shared, *self.own)))
        mapped: Tensor = viewed + vectors.norm(dim=1, keepdim=True) * mixed
        return mapped
