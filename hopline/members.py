"""What the network is fused with: models fitted to the same pairs, and which shares of a sum are best on validation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from gnn.baselines import EASE, IALS, Baseline, ItemKNN, NearbyEASE, RP3beta, SocialKNN, tune
from gnn.errors import TrainingError
from gnn.evaluate import Scorer, evaluate
from gnn.fitted_shares import fit_shares
from gnn.fuse import Choice, FuseConfig, Fused, choose
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff
from graph.progress import OnStage
from hopline.pairs import Pairs

USUAL, FITTED = "1", "fitted"
"""Names of shares: those that are configured, by their scale, and those that validation fits."""
NEARBY = "nearby"
UNSOCIAL = "unsocial"
"""Names of the usual shares with NearbyEASE in EASE's place, and without SocialKNN."""
_REACHES = (30.0, 10.0, 100.0)  # items of a history; the first is what λ is chosen at
_PARTS_OF_REG = (1 / 4, 1 / 8, 1 / 2)  # of EASE's λ: of pairs that lie apart less is counted
KNOWN: dict[str, tuple[str, type[Baseline]]] = {
    "ease": ("EASE", EASE),
    "ials": ("iALS", IALS),
    "item_knn": ("ItemKNN", ItemKNN),
    "rp3beta": ("RP3beta", RP3beta),
}
"""What the network can be fused with wherever there are interactions: name and model, by the key of its share in ``[fuse]``."""


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


@dataclass(frozen=True)
class Members:
    """Models beside the network, ``fitted`` to what is learnt from alone while validation chooses."""

    members: tuple[Member, ...]
    fitted: tuple[Baseline, ...]
    pairs: Pairs
    metric: str

    @classmethod
    def of(cls, pairs: Pairs, metric: str, config: FuseConfig, on_stage: OnStage) -> Members:
        """Return the models that ``[fuse]`` asks for, tuned on validation; none where there is too much to score."""
        none = cls((), (), pairs, metric)
        if pairs.is_too_much(config):
            num_scores = pairs.train.num_users * pairs.train.num_items
            on_stage(f"the network alone: {num_scores:,} users times items are more than [fuse] max_scores", 0, 0)
            return none
        members = []
        for key, (name, baseline) in KNOWN.items():
            if not getattr(config, key):
                continue
            on_stage(f"tuning {name}, to be fused with, on validation", 0, 0)
            try:
                members.append(Member(name, key, baseline, tune(baseline, pairs.train, pairs.valid, metric).best.params))
            except TrainingError as error:
                on_stage(f"not fused with {name}: {error}", 0, 0)
        if members and pairs.ties is not None and pairs.ties.nnz and config.social_knn:
            members.append(Member("SocialKNN", "social_knn", partial(SocialKNN, pairs.ties), {}))
        return none.with_members(members)

    def with_members(self, members: Sequence[Member]) -> Members:
        """Return them with more."""
        more = tuple(member.fit(self.pairs.train) for member in members)
        return Members((*self.members, *members), (*self.fitted, *more), self.pairs, self.metric)

    def with_nearby(self, vectors: VectorScorer | None, config: FuseConfig, on_stage: OnStage) -> Members:
        """Return them with NearbyEASE by what does best in EASE's place, λ first, then the reach, where it can be fitted.

        It is tuned within the sum, where less regularised members do better than by themselves; ``vectors`` None: within
        that of the others.
        """
        reg = next((member.params["reg"] for member in self.members if member.key == "ease"), None)
        if reg is None or not config.nearby_ease or self.pairs.train.time is None:
            return self
        on_stage("tuning NearbyEASE, to be fused with, on validation", 0, 0)

        def judged(reg: float, reach: float) -> tuple[float, Members]:
            found = self.with_members([Member("NearbyEASE", "nearby_ease", NearbyEASE, {"reg": reg, "reach": reach})])
            summed = found.sum(vectors, found.shares(config, without={"ease"}))
            return evaluate(summed, self.pairs.holdout, ks=(cutoff(self.metric),)).metrics[self.metric], found

        try:
            best = max((judged(part * reg, _REACHES[0]) for part in _PARTS_OF_REG), key=itemgetter(0))
            others = (judged(best[1].members[-1].params["reg"], reach) for reach in _REACHES[1:])
            return max(best, *others, key=itemgetter(0))[1]
        except TrainingError as error:
            on_stage(f"not fused with NearbyEASE: {error}", 0, 0)
            return self

    def shares(self, config: FuseConfig, without: Collection[str] = ("nearby_ease",)) -> list[float]:
        """Return the share of each that is configured, 0 of those ``without`` whom the sum is; keys of ``[fuse]``."""
        return [0.0 if member.key in without else member.share(config) for member in self.members]

    def sum(self, vectors: VectorScorer | None, shares: Sequence[float]) -> Scorer:
        """Return the network's vectors with the models, each by its share, as a scorer; None: without the network."""
        heard = [(model, share) for model, share in zip(self.fitted, shares, strict=True) if share]
        return summed(vectors, heard)

    def candidates(self, vectors: VectorScorer, config: FuseConfig) -> dict[str, list[float]]:
        """Return the shares that are tried, by name; what they leave of 1 is that of the network's ``vectors``."""
        usual = self.shares(config)
        tried = {f"{scale:g}": [scale * share for share in usual] for scale in (float(USUAL), *config.scales)}
        keys = {member.key for member in self.members}
        if "nearby_ease" in keys:
            tried[NEARBY] = self.shares(config, without={"ease"})
        if "social_knn" in keys:
            tried[UNSOCIAL] = self.shares(config, without={"nearby_ease", "social_knn"})
        if {"nearby_ease", "social_knn"} <= keys:
            tried[f"{NEARBY}, {UNSOCIAL}"] = self.shares(config, without={"ease", "social_knn"})
        if config.fitted:
            found = fit_shares([vectors, *self.fitted], self.pairs.holdout)
            if found is not None:
                tried[FITTED] = found[1:].tolist()
        return tried

    def choose(self, vectors: VectorScorer, config: FuseConfig) -> tuple[Choice, list[float]]:
        """Return what validation says of the shares that are tried, and those taken: the usual, or what is surely better."""
        tried = self.candidates(vectors, config)
        choice = choose(
            {name: self.sum(vectors, shares) for name, shares in tried.items()}, USUAL, self.pairs.holdout, self.metric
        )
        return choice, tried[choice.taken]


def summed(vectors: VectorScorer | None, models: Sequence[tuple[Baseline, float]]) -> Scorer:
    """Return the network's vectors with ``models``, each by its share, as a scorer; None: without the network."""
    if vectors is None:
        return Fused(models)
    return Fused([(vectors, 1 - sum(share for _, share in models)), *models]) if models else vectors
