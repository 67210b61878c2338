"""The network's vectors fused with a linear model of items, as far as that helps on validation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gnn.baselines import EASE, tune
from gnn.errors import TrainingError
from gnn.fuse import Fused, choose_weight, factorise
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from graph.progress import OnStage
from hopline.config import Config
from hopline.split_log import SplitLog


@dataclass(frozen=True)
class FusedVectors:
    """Vectors to serve; ``told``: what they were fused with, and the figures on validation that decided, empty where not."""

    vectors: VectorScorer
    told: dict[str, Any] = field(default_factory=dict)


def fuse(validated: VectorScorer, trained: VectorScorer, parts: SplitLog, config: Config, on_stage: OnStage) -> FusedVectors:
    """Return ``trained``, learnt from train and validation, fused with EASE on the same, by the share that validation chose.

    ``validated`` was learnt from train alone. Each share is judged by the vectors it would be served as; the network alone is
    among those tried.
    """
    if not config.fuse.ease:
        return FusedVectors(trained)
    train, valid, both = (parts.liked(rows) for rows in (parts.split.train, parts.split.valid, parts.learnt))
    if train.num_items > config.fuse.max_items:
        on_stage(f"not fused with EASE: {train.num_items:,} items are more than [fuse] max_items", 0, 0)
        return FusedVectors(trained)
    on_stage("fusing with EASE, by a share that validation chooses", 0, 0)
    metric, size = config.train.metric, trained.items.shape[1]
    try:
        params = tune(EASE, train, valid, metric).best.params
        shares = {weight: _fused(validated, _ease(params, train), weight, size) for weight in config.fuse.weights}
        choice = choose_weight({0.0: validated, **shares}, parts.valid(), metric)
        vectors = _fused(trained, _ease(params, both), choice.weight, size) if choice.weight else trained
    except TrainingError as error:
        on_stage(f"not fused with EASE: {error}", 0, 0)
        return FusedVectors(trained)
    told = {"with": "ease", "weight": choice.weight, **params, f"valid/{metric}": dict(choice.tried)}
    return FusedVectors(vectors, told)


def _ease(params: dict[str, float], pairs: Interactions) -> EASE:
    return EASE(reg=params["reg"]).fit(pairs.user_index, pairs.item_index, pairs.num_users, pairs.num_items, pairs.value)


def _fused(vectors: VectorScorer, ease: EASE, weight: float, size: int) -> VectorScorer:
    both = Fused([(vectors, 1 - weight), (ease, weight)])
    return factorise(both, len(vectors.users), len(vectors.items), size)
