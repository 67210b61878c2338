"""How likely it is that a user goes from one step to the next with an item: what tasks of probabilities have in common.

A pair's level is how many steps were taken, 0 for those that never met. Of pairs that took step k − 1, the logit of taking
step k is::

    l_k(u, i) = a_k cos(t(u), t(i)) + b_k · t(u) / |t(u)| + c_k · t(i) / |t(i)| + e_k

The chain of these is the likelihood of the level, so a step that few take learns from the vectors that many shaped. Asked
for, the probability of all steps is the product along the chain, over all pairs, met or not.

Training sees a pair's own edge in the graph, so what it takes for certain is not. The log odds are therefore fitted anew to
held-out pairs, from the logit, how often user and item took the step, and their mean odds: still a product of vectors.

Source: the chain: Ma et al. 2018, Entire Space Multi-Task Model (SIGIR), eq. 1; the likelihood: Tutz 1991, sequential models.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, normalize

from gnn.calibration import Calibration, fit_calibration
from gnn.experts import Tower
from gnn.once_per_graph import OncePerGraph
from gnn.probability_metrics import auc, probability_metrics
from gnn.tasks.task import Calibrations, Predictors, Task, TaskConfig, Vectors
from graph.pair_predictor import PairPredictor, PairVectors
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.learning_graph import EdgeType, LearningGraph
from loaders.sampling.pair_source import PairExamples, Pairs, PairSource, draw_strangers, gather_pairs

Levels = Mapping[EdgeType, NDArray[np.int64]]
"""Of each kind of interaction, how many steps each edge shows to have been taken."""

_STRANGERS_SEED = 7  # of the pairs that never met which figures and calibrations are of
_MOST_OTHERS = 4096  # items, or users, that mean odds are taken over
_BLOCK = 1024


class FunnelConfig(TaskConfig):
    """What tasks of probabilities can be told."""

    weight: float = Field(default=0.1, gt=0, description="share of this task in the joint loss")
    batch_size: int = Field(default=16384, ge=1, description="pairs a step that met")
    num_negatives: int = Field(default=1, ge=1, description="pairs that never met for each that did")


@dataclass(frozen=True)
class _StepScores:
    """One step's logits as products, ``users`` float32[n, k] and ``items`` float32[m, k], and what else the odds are told from.

    ``*_count``: log(1 + how many pairs of a node took the step); ``*_mean``: the log of a node's mean odds. Both are less their
    mean over the nodes, as a graph that has grown is no reason for other odds.
    """

    users: NDArray[np.float32]
    items: NDArray[np.float32]
    user_count: NDArray[np.float32]
    item_count: NDArray[np.float32]
    user_mean: NDArray[np.float32]
    item_mean: NDArray[np.float32]

    def features(self, user: NDArray[np.int64], item: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32[b, 6] of pairs."""
        logit = np.einsum("bk,bk->b", self.users[user], self.items[item])
        return np.column_stack(
            [
                logit,
                logit * self.item_count[item],
                self.item_count[item],
                self.user_count[user],
                self.item_mean[item],
                self.user_mean[user],
            ]
        )

    def calibrated(self, by: Calibration | None) -> PairVectors:
        """Return the step's probability as a product of vectors."""
        if by is None:
            return PairVectors(self.users, self.items, "logistic")
        slope, by_count, item_count, user_count, item_mean, user_mean = by.weight
        scaled = self.items * (slope + by_count * self.item_count)[:, None]
        of_item = item_count * self.item_count + item_mean * self.item_mean
        of_user = by.bias + user_count * self.user_count + user_mean * self.user_mean
        return PairVectors(
            np.column_stack([self.users, of_user, np.ones_like(of_user)]).astype(np.float32),
            np.column_stack([scaled, np.ones_like(of_item), of_item]).astype(np.float32),
            "logistic",
        )


class Funnel(Task[PairExamples]):
    """See the module. Subclasses say which steps there are, and which of them an edge shows to have been taken."""

    config: FunnelConfig

    def __init__(self, config: FunnelConfig, size: int, data: LearningGraph, tower: Tower | None = None) -> None:
        super().__init__(config, size, data, tower)
        self.num_steps = max(self.steps_of(data).values(), default=1)
        self.slope = nn.Parameter(torch.full((self.num_steps,), 4.0))
        self.constant = nn.Parameter(torch.full((self.num_steps,), -1.0))
        self.of_user = nn.Parameter(torch.zeros(size, self.num_steps))
        self.of_item = nn.Parameter(torch.zeros(size, self.num_steps))
        self._pairs = OncePerGraph(self._gather)

    @classmethod
    @abstractmethod
    def level_of(cls, data: LearningGraph) -> dict[EdgeType, int]:
        """Return the level that an edge of each kind of interaction shows; only kinds that have a say."""

    @classmethod
    def levels(cls, data: LearningGraph) -> Levels:
        """Return the level that each edge shows, int64[m] by kind of interaction."""
        return {etype: np.full(data.graph.num_edges(etype), level) for etype, level in cls.level_of(data).items()}

    @classmethod
    def held_levels(cls, data: LearningGraph, held: Mapping[EdgeType, HeldEdges]) -> Levels:
        """Return the level that each held-out edge shows, as :meth:`levels` does."""
        return {etype: np.full(len(held[etype].source), level) for etype, level in cls.level_of(data).items() if etype in held}

    @classmethod
    def is_of_met(cls, label: str, data: LearningGraph) -> bool:
        """Whether the probability is one of pairs that met; else, of as many that never did too. By label of items."""
        return False

    @classmethod
    def steps_of(cls, data: LearningGraph) -> dict[str, int]:
        """Return how many steps there are, by label of items."""
        steps: dict[str, int] = {}
        for etype, level in cls.levels(data).items():
            steps[etype[2]] = max(steps.get(etype[2], 0), int(level.max(initial=0)))
        return {label: count for label, count in steps.items() if count}

    @classmethod
    def applies(cls, data: LearningGraph) -> bool:
        """Tell whether anybody took a step."""
        return bool(cls.steps_of(data))

    def _gather(self, data: LearningGraph) -> dict[EdgeType, Pairs]:
        """Return the pairs that met, by (label of users, the task's name, label of items)."""
        levels = self.levels(data)
        ends = {etype: tuple(end.numpy() for end in data.graph.edges(etype=etype, order="eid")) for etype in levels}
        return _gathered(self.name, levels, ends, data)

    def sources(self, data: LearningGraph) -> Sequence[PairSource]:
        """Pairs that met, and as many as asked for that never did, of each label of items."""
        return [
            PairSource(key, pairs, self.config.batch_size, self.config.num_negatives)
            for key, pairs in self._pairs(data).items()
        ]

    def loss(self, vectors: Vectors, examples: PairExamples) -> Tensor:
        """Negative log-likelihood of the levels, a pair's mean."""
        users = normalize(self.tower(vectors[examples.etype[0]][torch.from_numpy(examples.source)]), dim=1)
        items = normalize(self.tower(vectors[examples.etype[2]][torch.from_numpy(examples.target)]), dim=1)
        cosine = (users * items).sum(dim=1, keepdim=True)
        logits = self.slope * cosine + users @ self.of_user + items @ self.of_item + self.constant
        level = torch.from_numpy(examples.level).unsqueeze(1)
        step = torch.arange(self.num_steps)
        asked = level >= step
        lost = binary_cross_entropy_with_logits(logits, (level > step).float(), reduction="none")
        return (lost * asked).sum() / len(level)

    def figures(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Area under the ROC curve of taking all steps, among held-out pairs and as many that never met.

        With several steps, also of the last step among pairs that took the one before.
        """
        scores = self._step_scores(vectors, data)
        found: dict[str, list[float]] = {}
        for key, pairs in self._held_pairs(held, data).items():
            steps = scores[key]
            logits = [np.einsum("bk,bk->b", s.users[pairs.source], s.items[pairs.target]) for s in steps]
            log_odds = sum(-np.logaddexp(0, -logit) for logit in logits)
            found.setdefault("auc", []).append(auc(np.asarray(log_odds), pairs.level >= len(steps)))
            if len(steps) > 1:
                before = pairs.level >= len(steps) - 1
                last = auc(logits[-1][before], pairs.level[before] >= len(steps))
                found.setdefault("auc_last_step", []).append(last)
        return {
            f"{self.name}/{name}": float(np.nanmean(values)) for name, values in found.items() if not np.isnan(values).all()
        }

    def calibrate(self, vectors: Vectors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> Calibrations:
        """Fit each step's odds to held-out pairs that took the step before."""
        scores = self._step_scores(vectors, data)
        fitted: Calibrations = {}
        for key, pairs in self._held_pairs(held, data).items():
            of_step = []
            for step, of_pairs in enumerate(scores[key]):
                asked = pairs.level >= step
                inputs = of_pairs.features(pairs.source[asked], pairs.target[asked])
                of_step.append(fit_calibration(inputs, pairs.level[asked] > step))
            fitted[key] = tuple(of_step)
        return fitted

    def predictors(self, vectors: Vectors, data: LearningGraph, calibrations: Calibrations) -> Predictors:
        """Return the probability of all steps, by (label of users, the task's name, label of items)."""
        predictors = {}
        for key, steps in self._step_scores(vectors, data).items():
            by = calibrations.get(key, ())
            if len(by) != len(steps):  # a step that nobody had taken in what calibrations are of
                by = (None,) * len(steps)
            predictors[key] = PairPredictor(tuple(step.calibrated(one) for step, one in zip(steps, by, strict=True)))
        return predictors

    def measure(self, predictors: Predictors, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[str, float]:
        """Order, truth and calibration of the probability of all steps, a mean over labels of items."""
        found: dict[str, list[float]] = {}
        steps = self.steps_of(data)
        for key, pairs in self._held_pairs(held, data).items():
            probability = predictors[key].predict(pairs.source, pairs.target)
            for name, value in probability_metrics(probability, pairs.level >= steps[key[2]]).items():
                found.setdefault(name, []).append(value)
        return {f"{self.name}/{name}": float(np.mean(values)) for name, values in found.items()}

    def _held_pairs(self, held: Mapping[EdgeType, HeldEdges], data: LearningGraph) -> dict[EdgeType, Pairs]:
        """Return held-out pairs by the task's edge types, with as many of the same users that never met if these have a say."""
        known = self._pairs(data)
        levels = self.held_levels(data, held)
        ends = {etype: (held[etype].source, held[etype].target) for etype in levels}
        found = {}
        for key, pairs in _gathered(self.name, levels, ends, data).items():
            if key not in known:
                continue
            if self.is_of_met(key[2], data) and pairs.level.min() == 0:
                found[key] = pairs
                continue
            rng = np.random.default_rng(_STRANGERS_SEED)
            met = np.union1d(known[key].keys(), pairs.keys())
            users, items = draw_strangers(pairs.source, met, pairs.num_targets, rng)
            found[key] = Pairs(
                np.concatenate([pairs.source, users]),
                np.concatenate([pairs.target, items]),
                np.concatenate([pairs.level, np.zeros(len(users), np.int64)]),
                pairs.num_targets,
            )
        return found

    def _step_scores(self, vectors: Vectors, data: LearningGraph) -> dict[EdgeType, list[_StepScores]]:
        steps, found = self.steps_of(data), {}
        with torch.no_grad():
            for key, pairs in self._pairs(data).items():
                users, items = (self.unit_vectors(key[end], vectors, data) for end in (0, 2))
                found[key] = [self._scores_of(step, users, items, pairs) for step in range(steps[key[2]])]
        return found

    def _scores_of(self, step: int, users: Tensor, items: Tensor, pairs: Pairs) -> _StepScores:
        of_user = (users @ self.of_user[:, step] + self.constant[step]).unsqueeze(1)
        of_item = (items @ self.of_item[:, step]).unsqueeze(1)
        left = torch.cat([self.slope[step] * users, of_user, torch.ones_like(of_user)], dim=1).numpy()
        right = torch.cat([items, torch.ones_like(of_item), of_item], dim=1).numpy()
        took = pairs.level > step
        return _StepScores(
            left,
            right,
            _about_mean(np.log1p(np.bincount(pairs.source[took], minlength=len(left)))),
            _about_mean(np.log1p(np.bincount(pairs.target[took], minlength=len(right)))),
            _about_mean(_log_mean_odds(left, right)),
            _about_mean(_log_mean_odds(right, left)),
        )


def _gathered(
    name: str,
    levels: Levels,
    ends: Mapping[EdgeType, tuple[NDArray[np.int64], ...]],
    data: LearningGraph,
) -> dict[EdgeType, Pairs]:
    found = {}
    for label in sorted({etype[2] for etype in levels}):
        etypes = [etype for etype in levels if etype[2] == label]
        source, target = (np.concatenate([ends[etype][end] for etype in etypes]) for end in (0, 1))
        level = np.concatenate([levels[etype] for etype in etypes])
        if level.any():
            pairs = gather_pairs(source, target, level, data.graph.num_nodes(label))
            found[data.schema.user.label, name, label] = pairs
    return found


def _about_mean(of_nodes: NDArray[np.floating]) -> NDArray[np.float32]:
    about: NDArray[np.float32] = (of_nodes - of_nodes.mean()).astype(np.float32)
    return about


def _log_mean_odds(rows: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the log of each row's mean odds with others, at most so many of them, float32[n]."""
    if len(others) > _MOST_OTHERS:
        others = others[np.sort(np.random.default_rng(0).choice(len(others), _MOST_OTHERS, replace=False))]
    parts = [np.log(np.exp(rows[first : first + _BLOCK] @ others.T).mean(axis=1)) for first in range(0, len(rows), _BLOCK)]
    return np.concatenate([np.zeros(0, np.float32), *parts]).astype(np.float32)
