"""The network's vectors fused with simpler models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gnn.baselines import EASE, IALS, Baseline, tune
from gnn.errors import TrainingError
from gnn.fuse import Fused, choose_scale, factorise
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
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
class _Member:
    """A model with the settings that validation chose, and its share beside the network's."""

    name: str
    baseline: type[Baseline]
    params: dict[str, float]
    share: float

    def fit(self, pairs: Interactions) -> Baseline:
        model = self.baseline(**self.params)
        return model.fit(pairs.user_index, pairs.item_index, pairs.num_users, pairs.num_items, pairs.value)


def fuse(validated: VectorScorer, trained: VectorScorer, parts: SplitLog, config: Config, on_stage: OnStage) -> FusedVectors:
    """Return ``trained``, learnt from train and validation, fused with models of the same.

    ``trained`` is returned as it is where nothing is asked for, nothing can be fitted, or there is too much to score.
    ``validated`` was learnt from train alone. Each scale of the shares is judged by the vectors it would be served as.
    """
    train, valid, both = (parts.liked(rows) for rows in (parts.split.train, parts.split.valid, parts.learnt))
    metric = config.train.metric
    num_scores = train.num_users * train.num_items
    if num_scores > config.fuse.max_scores:
        on_stage(f"the network alone: {num_scores:,} users times items are more than [fuse] max_scores", 0, 0)
        return FusedVectors(trained)
    members = _members(train, valid, config, on_stage)
    if not members:
        return FusedVectors(trained)
    on_train = [(member.fit(train), member.share) for member in members]
    choice = choose_scale(
        {scale: _fused(validated, on_train, scale) for scale in {USUAL, *config.fuse.scales}},
        USUAL,
        parts.valid(),
        metric,
    )
    vectors = _fused(trained, [(member.fit(both), member.share) for member in members] if choice.scale else [], choice.scale)
    told = {
        "shares": {member.name: choice.scale * member.share for member in members},
        "params": {member.name: member.params for member in members},
        f"valid/{metric}": {f"{scale:g}": value for scale, value in choice.tried.items()},
    }
    return FusedVectors(vectors, told)


def _members(train: Interactions, valid: Interactions, config: Config, on_stage: OnStage) -> list[_Member]:
    asked: list[tuple[str, type[Baseline], float]] = [("EASE", EASE, config.fuse.ease), ("iALS", IALS, config.fuse.ials)]
    members = []
    for name, baseline, share in asked:
        if not share:
            continue
        on_stage(f"tuning {name}, to be fused with, on validation", 0, 0)
        try:
            members.append(_Member(name, baseline, tune(baseline, train, valid, config.train.metric).best.params, share))
        except TrainingError as error:
            on_stage(f"not fused with {name}: {error}", 0, 0)
    return members


def _fused(vectors: VectorScorer, members: Sequence[tuple[Baseline, float]], scale: float) -> VectorScorer:
    if not scale:
        return vectors
    shares = [scale * share for _, share in members]
    scorer = Fused([(vectors, 1 - sum(shares)), *((member, share) for (member, _), share in zip(members, shares, strict=True))])
    return factorise(scorer, len(vectors.users), len(vectors.items), vectors.items.shape[1])
