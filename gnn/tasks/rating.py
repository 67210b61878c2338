"""Predict the value that a user gives an item, such as a rating.

In brief, with unit-length task vectors t, of all the values r of a user's, N(u)::

    r̂(u, i) = mean + deviation · (usual(u) + usual(i) + b · t(u) + c · t(i) + p(u) · q(i))
    p(u)    = x(u) + Σ_(j in N(u)) [surprise(u, j) y(j) + c(j)] / sqrt(|N(u)| + 1)

``q``, ``x``, ``y`` and ``c`` are linear maps of the task vectors: nothing is learnt that is a node's own. ``usual`` is the
mean of what a user gave or an item got, ``surprise`` what a value is beyond both. While training,
the value that is predicted is left out of all three, as it is unknown when it is asked for.

Source: Koren 2008, Factorization meets the neighborhood (KDD), eq. 15 (asymmetric SVD and SVD++), with vectors of
the graph in place of parameters an item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from scipy import sparse
from torch import Tensor, nn
from torch.nn.functional import normalize

from gnn.encoder import gate_name
from gnn.experts import Tower
from gnn.once_per_graph import OncePerGraph
from gnn.tasks.task import Calibrations, Predictors, Task, TaskConfig, Vectors
from graph.behaviours import behaviour_of
from graph.pair_predictor import PairPredictor, PairVectors
from graph.schema import EdgeKind, EdgeRole
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import VALUE, EdgeType, LearningGraph
from loaders.sampling.lists import Lists
from loaders.sampling.rated_source import RatedExamples, RatedSource, UsualValues

_MAP_UNIT = 0.1
"""What a number of a map counts. Adam moves each number by about the learning rate, whatever its gradient: of sums over a
hundred values of a user's that was so much that errors jumped tenfold, and shook the vectors that all tasks share."""


class RatingConfig(TaskConfig):
    """What the rating task can be told."""

    metric: Literal["rmse", "mae"] = Field(default="rmse", description="what the task is judged by")
    weight: float = Field(default=0.05, gt=0, description="share of this task in the joint loss")
    batch_size: int = Field(default=65536, ge=1, description="values a step")
    size: int = Field(default=32, ge=1, le=1024, description="dimensions that users and items are compared in")
    reg: float = Field(default=3e-4, ge=0, description="L2 penalty on the task's maps, beside a squared error of variance 1")


class Rating(Task[RatedExamples]):
    """See the module. Values of each kind of relationship are learnt apart, in units of their deviation."""

    name = "rating"
    config: RatingConfig

    def __init__(self, config: RatingConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__(config, size, data, tower)
        self._values = OncePerGraph(_valued)
        self.heads = nn.ModuleDict({gate_name(etype): _Head(config, size) for etype in self._values(data)})

    @classmethod
    def learns_from(cls, kind: EdgeKind) -> bool:
        """Take ratings and reviews that have a value; plays and seconds are amounts, which tell how much, not how good."""
        return kind.role is EdgeRole.INTERACTION and kind.value is not None and behaviour_of(kind) == "rating"

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether some kind of rating carries a value, and not always the same one."""
        return bool(_valued(data))

    def head(self, etype: EdgeType) -> _Head:
        """Return what is learnt of one kind of rating."""
        head = self.heads[gate_name(etype)]
        assert isinstance(head, _Head)  # noqa: S101
        return head

    def sources(self, data: LearningGraph) -> Sequence[RatedSource]:
        """Users with all the values they gave."""
        return [
            RatedSource(etype, lists, usual, self.config.batch_size) for etype, (lists, usual) in self._values(data).items()
        ]

    def loss(self, vectors: Vectors, examples: RatedExamples) -> Tensor:
        """Squared error in units of the values' variance, and the penalty."""
        users = normalize(self.tower(vectors[examples.etype[0]][torch.from_numpy(examples.source)]), dim=1)
        items = normalize(self.tower(vectors[examples.etype[2]][torch.from_numpy(examples.items)]), dim=1)
        return self.head(examples.etype).loss(users, items, examples)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Root mean squared and mean absolute error, in the data's unit."""
        with torch.no_grad():
            return self.measure(self.predictors(vectors, data, {}), held, data)

    def measure(self, predictors: Predictors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Return the same of predictors."""
        errors = []
        for etype, predictor in predictors.items():
            of_kind = held.get(etype)
            if of_kind is not None and of_kind.value is not None:
                errors.append(predictor.predict(of_kind.source, of_kind.target) - of_kind.value)
        error = np.concatenate([np.zeros(0, np.float32), *errors])
        error = error[~np.isnan(error)]
        if not len(error):
            return {}
        return {"rating/rmse": float(np.sqrt(np.square(error).mean())), "rating/mae": float(np.abs(error).mean())}

    def predictors(self, vectors: Vectors, data: LearningGraph, calibrations: Calibrations) -> Predictors:
        """Return the expected value of any pair, by kind of rating, cut to the values that were seen."""
        with torch.no_grad():
            return {
                etype: PairPredictor(
                    (
                        self.head(etype).pair_vectors(
                            self.unit_vectors(etype[0], vectors, data), self.unit_vectors(etype[2], vectors, data), lists, usual
                        ),
                    ),
                    usual.lowest,
                    usual.highest,
                )
                for etype, (lists, usual) in self._values(data).items()
            }


class _Head(nn.Module):
    """What is learnt of one kind of rating: maps of the task vectors, none of them a node's own."""

    def __init__(self, config: RatingConfig, size: int) -> None:
        super().__init__()
        self.reg = config.reg
        self._numbers = nn.ParameterDict({name: torch.randn(size, config.size) * 0.05 / _MAP_UNIT for name in "qxyc"})
        self.user_bias = nn.Parameter(torch.zeros(size))
        self.item_bias = nn.Parameter(torch.zeros(size))

    @property
    def maps(self) -> dict[str, Tensor]:
        """The maps by their letters in the module's pseudo-code, float32[d, k]."""
        return {name: _MAP_UNIT * numbers for name, numbers in self._numbers.items()}

    def loss(self, users: Tensor, items: Tensor, examples: RatedExamples) -> Tensor:
        """Return the mean squared error and the penalty, a scalar; unit vectors float32[b, d] and float32[p, d]."""
        row, column, maps = torch.from_numpy(examples.row), torch.from_numpy(examples.column), self.maps
        surprise = torch.from_numpy(examples.surprise).unsqueeze(1)
        told = surprise * (items @ maps["y"])[column] + (items @ maps["c"])[column]
        profile = told.new_zeros(len(users), told.shape[1]).index_add(0, row, told)
        count = torch.bincount(row, minlength=len(users)).float()
        # Without what the value that is predicted tells.
        others = (profile[row] - told) * count[row].rsqrt().unsqueeze(1) + (users @ maps["x"])[row]
        bias = (users @ self.user_bias)[row] + (items @ self.item_bias)[column] + torch.from_numpy(examples.expected)
        error = bias + (others * (items @ maps["q"])[column]).sum(dim=1) - torch.from_numpy(examples.value)
        penalty = torch.stack([one.square().sum() for one in (*maps.values(), self.user_bias, self.item_bias)]).sum()
        loss: Tensor = error.square().mean() + self.reg * penalty
        return loss

    def pair_vectors(self, users: Tensor, items: Tensor, lists: Lists, usual: UsualValues) -> PairVectors:
        """Return all users and items, unit vectors float32[n, d] and float32[m, d], as a product that is the value."""
        maps = self.maps
        owners = np.repeat(lists.owners, np.diff(lists.offsets))
        surprise = usual.surprise(owners, lists.members, lists.number)
        shape = (len(users), len(items))
        told = sparse.csr_array((surprise, (owners, lists.members)), shape=shape) @ (items @ maps["y"]).numpy()
        told += sparse.csr_array((np.ones_like(surprise), (owners, lists.members)), shape=shape) @ (items @ maps["c"]).numpy()
        profile = told / np.sqrt(usual.user_count + 1.0)[:, None] + (users @ maps["x"]).numpy()
        of_user = usual.mean + usual.deviation * (usual.user + (users @ self.user_bias).numpy())
        of_item = usual.deviation * (usual.item + (items @ self.item_bias).numpy())
        return PairVectors(
            np.column_stack([usual.deviation * profile, of_user, np.ones_like(of_user)]).astype(np.float32),
            np.column_stack([(items @ maps["q"]).numpy(), np.ones_like(of_item), of_item]).astype(np.float32),
            "identity",
        )


def _valued(data: LearningGraph) -> dict[EdgeType, tuple[Lists, UsualValues]]:
    """Return the ratings that have a value, which may be missing on some, by kind; none of a kind that has but one value."""
    found = {}
    for kind in data.schema.interactions:
        values = data.graph.edges[kind.triple].data.get(VALUE)
        if values is None or not Rating.learns_from(kind):
            continue
        value = values.numpy()
        known = np.flatnonzero(np.isfinite(value))
        if len(known) and value[known].min() < value[known].max():
            source, target = (ends.numpy()[known] for ends in data.graph.edges(etype=kind.triple, order="eid"))
            num_users, num_items = data.graph.num_nodes(kind.source), data.graph.num_nodes(kind.target)
            lists = Lists.gather(source, target, value[known], num_items, "mean")
            found[kind.triple] = lists, UsualValues.of(lists, num_users, num_items)
    return found
