"""The network's vectors fused with simpler models and distilled into small ones; where that is too much, of fitted lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
from scipy import sparse

from gnn.baselines import EASE, IALS, Baseline, ItemKNN, NearbyEASE, RP3beta, SocialKNN, tune
from gnn.compress import distil, shorten
from gnn.errors import TrainingError
from gnn.evaluate import Scorer, evaluate
from gnn.fitted_shares import fit_shares
from gnn.fuse import FuseConfig, Fused, choose, factorise
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.lengthen import lengthened
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff
from graph.progress import OnStage
from hopline.split_log import SplitLog

USUAL, FITTED = "1", "fitted"
"""Names of shares: those that are configured, by their scale, and those that validation fits."""
NEARBY = "nearby"
UNSOCIAL = "unsocial"
"""Names of the usual shares with NearbyEASE in EASE's place, and without SocialKNN."""
_REACHES = (30.0, 10.0, 100.0)  # items of a history; the first is what λ is chosen at
_PARTS_OF_REG = (1 / 4, 1 / 8, 1 / 2)  # of EASE's λ: of pairs that lie apart less is counted
AS_LEARNT = "0"
"""The name of lengths that stay, among the powers that are tried."""
KNOWN: dict[str, tuple[str, type[Baseline]]] = {
    "ease": ("EASE", EASE),
    "ials": ("iALS", IALS),
    "item_knn": ("ItemKNN", ItemKNN),
    "rp3beta": ("RP3beta", RP3beta),
}
"""What the network can be fused with: name and model, by the key of its share in ``[fuse]``."""


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


@dataclass(frozen=True)
class Pairs:
    """What models are fitted to, ``train`` and then ``learnt``, and judged on: ``valid``, as lists to rank in ``holdout``.

    Pairs of a user and an item, or of a user and another. ``ties``: who has whom, float32[num_users, num_users].
    """

    train: Interactions
    valid: Interactions
    learnt: Interactions
    holdout: Holdout
    ties: sparse.csr_array | None = None

    @classmethod
    def of(cls, parts: SplitLog, *, refit: bool, ties: sparse.csr_array | None = None) -> Pairs:
        """Return the interactions of liking; ``refit``: validation is learnt from in the end."""
        train, valid = parts.liked(parts.split.train), parts.liked(parts.split.valid)
        return cls(train, valid, parts.liked(parts.learnt) if refit else train, parts.valid(), ties)


@dataclass(frozen=True)
class Member:
    """A model beside the network, with the settings that validation chose; ``key`` is that of its share in ``[fuse]``."""

    name: str
    key: str
    baseline: Callable[..., Baseline]
    params: dict[str, float]

    def fit(self, pairs: Interactions) -> Baseline:
        """Return the model, learnt from pairs."""
        model = self.baseline(**self.params)
        return model.fit(pairs.user_index, pairs.item_index, pairs.num_users, pairs.num_items, pairs.value, pairs.time)

    def share(self, config: FuseConfig) -> float:
        """Return its share of the sum."""
        return float(getattr(config, self.key))


def fuse(
    validated: VectorScorer, trained: VectorScorer, pairs: Pairs, metric: str, config: FuseConfig, on_stage: OnStage
) -> FusedVectors:
    """Return ``trained``, fused with models that learnt from the same, ``pairs.learnt``.

    ``trained`` is returned as it is where nothing is asked for or nothing can be fitted. Where there is too much to score, it
    may have other lengths of items instead. ``validated`` was learnt from train alone. Each scale of the shares is judged by
    ``metric``, of the sum; the one taken is distilled.
    """
    members = choose_members(pairs, metric, config, on_stage)
    if is_too_much(pairs, config) and config.lengths:
        return _lengthened(validated, trained, pairs, metric, config, on_stage)
    if not members:
        return FusedVectors(trained, validated, TeacherVectors(trained, validated))
    on_train = [member.fit(pairs.train) for member in members]
    if pairs.ties is not None and pairs.ties.nnz and config.social_knn:
        members.append(Member("SocialKNN", "social_knn", partial(SocialKNN, pairs.ties), {}))
        on_train.append(members[-1].fit(pairs.train))
    nearby = _nearby(members, validated, on_train, pairs, metric, config, on_stage)
    if nearby is not None:
        members.append(nearby)
        on_train.append(nearby.fit(pairs.train))
    shares_by_name = _candidates(members, validated, on_train, pairs.holdout, config)
    sums = {name: _sum(validated, on_train, shares) for name, shares in shares_by_name.items()}
    choice = choose(sums, USUAL, pairs.holdout, metric)
    shares = shares_by_name[choice.taken]
    told = {
        "shares": {member.name: share for member, share in zip(members, shares, strict=True)},
        "params": {member.name: member.params for member in members},
        f"valid/{metric}": dict(choice.tried),
    }
    heard = [number for number, share in enumerate(shares) if share]  # the others need not be fitted again
    members, fitted, shares = [members[one] for one in heard], [on_train[one] for one in heard], [shares[one] for one in heard]
    on_valid = on_all = _Sum(validated, fitted, shares)
    before = now = on_valid.distilled(pairs.train.matrix(), config, on_stage)
    if trained is not validated or pairs.learnt is not pairs.train:
        fitted = [member.fit(pairs.learnt) for member in members]
        on_all = _Sum(trained, fitted, shares)
        now = on_all.distilled(pairs.learnt.matrix(), config, on_stage)
    of_ease = [(share, model) for share, model in zip(shares, fitted, strict=True) if isinstance(model, EASE)]
    ease = max(of_ease, key=lambda one: one[0])[1] if of_ease else None
    return FusedVectors(now, before, TeacherVectors(on_all.factorised, on_valid.factorised), told, ease)


def _candidates(
    members: Sequence[Member], validated: VectorScorer, models: Sequence[Baseline], holdout: Holdout, config: FuseConfig
) -> dict[str, list[float]]:
    """Return the members' shares that are tried, by name; what they leave of 1 is the network's."""
    usual = _shares(members, config, ("nearby_ease",))
    tried = {f"{scale:g}": [scale * share for share in usual] for scale in (float(USUAL), *config.scales)}
    has_nearby, has_social = (any(member.key == key for member in members) for key in ("nearby_ease", "social_knn"))
    if has_nearby:
        tried[NEARBY] = _shares(members, config, ("ease",))
    if has_social:
        tried[UNSOCIAL] = _shares(members, config, ("nearby_ease", "social_knn"))
    if has_nearby and has_social:
        tried[f"{NEARBY}, {UNSOCIAL}"] = _shares(members, config, ("ease", "social_knn"))
    if config.fitted:
        found = fit_shares([validated, *models], holdout)
        if found is not None:
            tried[FITTED] = found[1:].tolist()
    return tried


def _shares(members: Sequence[Member], config: FuseConfig, without: Sequence[str]) -> list[float]:
    return [0.0 if member.key in without else member.share(config) for member in members]


def _nearby(
    members: Sequence[Member],
    validated: VectorScorer,
    on_train: Sequence[Baseline],
    pairs: Pairs,
    metric: str,
    config: FuseConfig,
    on_stage: OnStage,
) -> Member | None:
    """Return NearbyEASE with what does best in EASE's place, λ first, then the reach; None: not asked for or not to be fitted.

    It is tuned within the sum, where less regularised members do better than by themselves.
    """
    reg = next((member.params["reg"] for member in members if member.key == "ease"), None)
    if reg is None or not config.nearby_ease or pairs.train.time is None:
        return None
    on_stage("tuning NearbyEASE, to be fused with, on validation", 0, 0)

    def judged(reg: float, reach: float) -> tuple[float, Member]:
        member = Member("NearbyEASE", "nearby_ease", NearbyEASE, {"reg": reg, "reach": reach})
        models, shares = [*on_train, member.fit(pairs.train)], _shares([*members, member], config, ("ease",))
        return evaluate(_sum(validated, models, shares), pairs.holdout, ks=(cutoff(metric),)).metrics[metric], member

    try:
        found = max((judged(part * reg, _REACHES[0]) for part in _PARTS_OF_REG), key=itemgetter(0))
        others = (judged(found[1].params["reg"], reach) for reach in _REACHES[1:])
        return max(found, *others, key=itemgetter(0))[1]
    except TrainingError as error:
        on_stage(f"not fused with NearbyEASE: {error}", 0, 0)
        return None


def _lengthened(
    validated: VectorScorer, trained: VectorScorer, pairs: Pairs, metric: str, config: FuseConfig, on_stage: OnStage
) -> FusedVectors:
    """Return the network's vectors alone, items longer the more often they were met where validation surely gains by it."""
    on_stage("trying other lengths of items, on validation", 0, 0)
    met = np.bincount(pairs.train.item_index, minlength=pairs.train.num_items)
    powers = {AS_LEARNT: 0.0} | {f"{power:g}": power for power in config.lengths}
    found = {name: lengthened(validated, met, power) for name, power in powers.items()}
    choice = choose(found, AS_LEARNT, pairs.holdout, metric)
    before, power = found[choice.taken], powers[choice.taken]
    now = before
    if trained is not validated or pairs.learnt is not pairs.train:
        met = np.bincount(pairs.learnt.item_index, minlength=pairs.learnt.num_items)
        now = lengthened(trained, met, power)
    return FusedVectors(now, before, TeacherVectors(now, before), {"length": power, f"valid/{metric}": dict(choice.tried)})


def is_too_much(pairs: Pairs, config: FuseConfig) -> bool:
    """Whether there are too many users and items for every one of each to be scored some twenty times, as fusing does."""
    return pairs.train.num_users * pairs.train.num_items > config.max_scores


def _sum(vectors: VectorScorer, models: Sequence[Baseline], shares: Sequence[float]) -> Scorer:
    """Return the network's vectors with ``models``, each by its share, as a scorer."""
    members = [(model, share) for model, share in zip(models, shares, strict=True) if share]
    return Fused([(vectors, 1 - sum(shares)), *members]) if members else vectors


class _Sum:
    """The network's vectors with ``models``, each by its share: ``factorised``, vectors of the network's size."""

    def __init__(self, vectors: VectorScorer, models: Sequence[Baseline], shares: Sequence[float]) -> None:
        self._scorer = _sum(vectors, models, shares)
        self.factorised = fused_vectors(vectors, models, shares)

    def distilled(self, seen: sparse.csr_array, config: FuseConfig, on_stage: OnStage) -> VectorScorer:
        """Return vectors of the size that is asked for, which rank what users have not ``seen`` as the sum does."""
        start = shorten(self.factorised, config.size)
        stage = f"distilling into {start.items.shape[1]} numbers a vector"
        return distil(
            self._scorer,
            start,
            seen,
            config.distil,
            alike=self.factorised.items,
            on_batch=lambda done, total: on_stage(stage, done, total),
        )


def choose_members(pairs: Pairs, metric: str, config: FuseConfig, on_stage: OnStage) -> list[Member]:
    """Return the models that ``[fuse]`` asks for, tuned on validation; none where there is too much to score."""
    if is_too_much(pairs, config):
        num_scores = pairs.train.num_users * pairs.train.num_items
        on_stage(f"the network alone: {num_scores:,} users times items are more than [fuse] max_scores", 0, 0)
        return []
    members = []
    for key, (name, baseline) in KNOWN.items():
        if not getattr(config, key):
            continue
        on_stage(f"tuning {name}, to be fused with, on validation", 0, 0)
        try:
            members.append(Member(name, key, baseline, tune(baseline, pairs.train, pairs.valid, metric).best.params))
        except TrainingError as error:
            on_stage(f"not fused with {name}: {error}", 0, 0)
    return members


def fused_vectors(vectors: VectorScorer, models: Sequence[Baseline], shares: Sequence[float]) -> VectorScorer:
    """Return the network's vectors with those of ``models``, each by its share, as vectors of the same size."""
    if not any(shares):
        return vectors
    return factorise(_sum(vectors, models, shares), len(vectors.users), len(vectors.items), vectors.items.shape[1])
