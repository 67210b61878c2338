"""The network's vectors fused with simpler models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from gnn.baselines import EASE, IALS, Baseline, tune
from gnn.errors import TrainingError
from gnn.fuse import FuseConfig, Fused, choose_scale, factorise
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from gnn.watched import ranking_metric
from graph.progress import OnStage
from hopline.config import Config
from hopline.split_log import SplitLog

USUAL = 1.0  # scale of the shares


@dataclass(frozen=True)
class FusedVectors:
    """Vectors to serve; ``told``: shares, settings and figures on validation that decided, empty where nothing was tried."""

    vectors: VectorScorer
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """A model beside the network, with the settings that validation chose; ``key`` is that of its share in ``[fuse]``."""

    name: str
    key: Literal["ease", "ials"]
    baseline: type[Baseline]
    params: dict[str, float]

    def fit(self, pairs: Interactions) -> Baseline:
        """Return the model, learnt from pairs."""
        model = self.baseline(**self.params)
        return model.fit(pairs.user_index, pairs.item_index, pairs.num_users, pairs.num_items, pairs.value)

    def share(self, config: FuseConfig) -> float:
        """Return its share of the sum."""
        return float(getattr(config, self.key))


def fuse(validated: VectorScorer, trained: VectorScorer, parts: SplitLog, config: Config, on_stage: OnStage) -> FusedVectors:
    """Return ``trained``, fused with models that learnt from the same: train and, with ``train.refit``, validation.

    ``trained`` is returned as it is where nothing is asked for, nothing can be fitted, or there is too much to score.
    ``validated`` was learnt from train alone. Each scale of the shares is judged by the vectors it would be served as.
    """
    members = choose_members(parts, config, on_stage)
    if not members:
        return FusedVectors(trained)
    metric = ranking_metric(config.train.metric, config.tasks)
    train = parts.liked(parts.split.train)
    both = parts.liked(parts.learnt) if config.train.refit else train
    shares = [member.share(config.fuse) for member in members]
    on_train = [member.fit(train) for member in members]
    choice = choose_scale(
        {
            scale: fused_vectors(validated, on_train, [scale * share for share in shares])
            for scale in {USUAL, *config.fuse.scales}
        },
        USUAL,
        parts.valid(),
        metric,
    )
    shares = [choice.scale * share for share in shares]
    vectors = fused_vectors(trained, [member.fit(both) for member in members], shares) if choice.scale else trained
    told = {
        "shares": {member.name: share for member, share in zip(members, shares, strict=True)},
        "params": {member.name: member.params for member in members},
        f"valid/{metric}": {f"{scale:g}": value for scale, value in choice.tried.items()},
    }
    return FusedVectors(vectors, told)


def choose_members(parts: SplitLog, config: Config, on_stage: OnStage) -> list[Member]:
    """Return the models that ``[fuse]`` asks for, tuned on validation; none where there is too much to score."""
    train, valid = parts.liked(parts.split.train), parts.liked(parts.split.valid)
    num_scores = train.num_users * train.num_items
    if num_scores > config.fuse.max_scores:
        on_stage(f"the network alone: {num_scores:,} users times items are more than [fuse] max_scores", 0, 0)
        return []
    metric = ranking_metric(config.train.metric, config.tasks)
    known: list[tuple[str, Literal["ease", "ials"], type[Baseline]]] = [("EASE", "ease", EASE), ("iALS", "ials", IALS)]
    members = []
    for name, key, baseline in known:
        if not getattr(config.fuse, key):
            continue
        on_stage(f"tuning {name}, to be fused with, on validation", 0, 0)
        try:
            members.append(Member(name, key, baseline, tune(baseline, train, valid, metric).best.params))
        except TrainingError as error:
            on_stage(f"not fused with {name}: {error}", 0, 0)
    return members


def fused_vectors(vectors: VectorScorer, models: Sequence[Baseline], shares: Sequence[float]) -> VectorScorer:
    """Return the network's vectors with those of ``models``, each by its share, as vectors of the same size."""
    if not any(shares):
        return vectors
    scorer = Fused([(vectors, 1 - sum(shares)), *zip(models, shares, strict=True)])
    return factorise(scorer, len(vectors.users), len(vectors.items), vectors.items.shape[1])
