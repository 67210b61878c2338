"""The network's vectors fused with simpler models and distilled into small ones; where that is too much, of fitted lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.baselines import EASE, Baseline
from gnn.fuse import Choice, FuseConfig, choose, factorise
from gnn.interactions import Interactions
from gnn.lengthen import lengthened
from gnn.vector_scorer import VectorScorer
from graph.progress import OnStage
from hopline.distilled import distilled
from hopline.members import Members, summed
from hopline.pairs import Pairs

AS_LEARNT = "0"
"""The name of lengths that stay, among the powers that are tried."""


@dataclass(frozen=True)
class TeacherVectors:
    """What small vectors are to rank as: ``learnt``, of all that was learnt from, and ``validated``, of train alone."""

    learnt: VectorScorer
    validated: VectorScorer


@dataclass(frozen=True)
class FusedVectors:
    """Vectors to serve, and ``validated``, made in the same way of what was learnt from train alone.

    ``teacher``: what either was distilled from, as vectors of the network's size. ``told``: shares, or the power of lengths,
    settings and figures on validation that decided, empty where nothing was tried. ``ease``: the closed-form model that
    ``vectors`` are fused with, None where they are not.
    """

    vectors: VectorScorer
    validated: VectorScorer
    teacher: TeacherVectors
    told: dict[str, Any] = field(default_factory=dict)
    ease: EASE | None = None


def fuse(
    validated: VectorScorer, trained: VectorScorer, pairs: Pairs, metric: str, config: FuseConfig, on_stage: OnStage
) -> FusedVectors:
    """Return ``trained``, fused with models that learnt from the same, ``pairs.learnt``.

    ``trained`` is returned as it is where nothing is asked for or nothing can be fitted. Where there is too much to score, it
    may have other lengths of items instead. ``validated`` was learnt from train alone. Each scale of the shares is judged by
    ``metric``, of the sum; the one taken is distilled.
    """
    beside = Members.of(pairs, metric, config, on_stage)
    if pairs.is_too_much(config) and config.lengths:
        return _lengthened(validated, trained, pairs, metric, config, on_stage)
    if not beside.members:
        return FusedVectors(trained, validated, TeacherVectors(trained, validated))
    beside = beside.with_nearby(validated, config, on_stage)
    choice, shares = beside.choose(validated, config)
    told = {
        "shares": {member.name: share for member, share in zip(beside.members, shares, strict=True)},
        "params": {member.name: member.params for member in beside.members},
        f"valid/{metric}": dict(choice.tried),
        "taken": choice.taken,
    }
    heard = [  # the others need not be fitted again
        (member, model, share) for member, model, share in zip(beside.members, beside.fitted, shares, strict=True) if share
    ]
    models = [(model, share) for _, model, share in heard]
    on_valid = on_all = _Sum(validated, models)
    before = now = on_valid.distilled(pairs.train.matrix(), config, on_stage)
    if trained is not validated or pairs.learnt is not pairs.train:
        models = [(member.fit(pairs.learnt), share) for member, _, share in heard]
        on_all = _Sum(trained, models)
        now = on_all.distilled(pairs.learnt.matrix(), config, on_stage)
    of_ease = [(share, model) for model, share in models if isinstance(model, EASE)]
    ease = max(of_ease, key=itemgetter(0))[1] if of_ease else None
    return FusedVectors(now, before, TeacherVectors(on_all.factorised, on_valid.factorised), told, ease)


def _lengthened(
    validated: VectorScorer, trained: VectorScorer, pairs: Pairs, metric: str, config: FuseConfig, on_stage: OnStage
) -> FusedVectors:
    """Return the network's vectors alone, items longer the more often they were met where validation surely gains by it."""
    on_stage("trying other lengths of items, on validation", 0, 0)
    before, power, choice = choose_lengths(validated, pairs, metric, config)
    now = before
    if trained is not validated or pairs.learnt is not pairs.train:
        now = lengthened(trained, _how_often_met(pairs.learnt), power)
    return FusedVectors(now, before, TeacherVectors(now, before), {"length": power, f"valid/{metric}": dict(choice.tried)})


def choose_lengths(
    validated: VectorScorer, pairs: Pairs, metric: str, config: FuseConfig
) -> tuple[VectorScorer, float, Choice]:
    """Return vectors with the lengths of items that validation chooses, the power of how often each was met, and why."""
    met = _how_often_met(pairs.train)
    powers = {AS_LEARNT: 0.0} | {f"{power:g}": power for power in config.lengths}
    found = {name: lengthened(validated, met, power) for name, power in powers.items()}
    choice = choose(found, AS_LEARNT, pairs.holdout, metric)
    return found[choice.taken], powers[choice.taken], choice


def _how_often_met(pairs: Interactions) -> NDArray[np.int64]:
    return np.bincount(pairs.item_index, minlength=pairs.num_items)


class _Sum:
    """The network's vectors with ``models``, each by its share: ``factorised``, vectors of the network's size."""

    def __init__(self, vectors: VectorScorer, models: Sequence[tuple[Baseline, float]]) -> None:
        self._scorer = summed(vectors, models)
        self.factorised = vectors
        if models:
            self.factorised = factorise(self._scorer, len(vectors.users), len(vectors.items), vectors.items.shape[1])

    def distilled(self, seen: sparse.csr_array, config: FuseConfig, on_stage: OnStage) -> VectorScorer:
        """Return vectors of the size that is asked for, which rank what users have not ``seen`` as the sum does."""
        return distilled(self._scorer, self.factorised, seen, config.size, config.distil, on_stage)
