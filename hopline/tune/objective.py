"""How good a configuration is: trained on the train split, fused, and ranked for the users of the validation split."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from gnn.evaluate import Scorer, evaluate
from gnn.fuse import FuseConfig
from gnn.train import OnEpoch, OnStep, train
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff, watched
from graph.progress import OnStage
from hopline.config import Config
from hopline.fusion import choose_lengths
from hopline.members import Members
from hopline.node_properties import OnFeatures
from hopline.pairs import Pairs
from hopline.retrieval import TriedNeighbours
from hopline.split_log import Prepared
from hopline.validated_part import hold_out

_JUDGED = "by shares and lengths that validation chooses"
"""What a trial's figure is of; another one makes another search."""


@dataclass(frozen=True)
class Measured:
    """``value`` of the metric, as what would be served has it, ``alone``, that of the network, and what it took.

    More is better: an error is negative. ``per_user``: float64[n], what a ranking's figure is the mean of; None for others.
    """

    value: float
    alone: float
    best_epoch: int
    seconds: float
    per_user: NDArray[np.float64] | None


class Objective:
    """Measures configurations on one graph. What is the same for all, inputs and models beside the network, is made once.

    ``fused_with``: keys in ``[fuse]`` of the models that could be fitted. What is measured of a ranking is what would be
    served: the sum by the shares that training would choose; where nothing can be fused, vectors of the lengths that it would
    choose, with neighbours where these surely gain by it.

    Raises:
        FeatureError: a text encoder that cannot be used.
        EvaluationError: nothing is left to find once what was seen is masked.
    """

    def __init__(self, prepared: Prepared, config: Config, on_stage: OnStage, on_features: OnFeatures) -> None:
        self._part = hold_out(prepared, config, on_stage, on_features)
        self._decides = watched(config.train.metric, config.tasks)
        key, is_of_ranking = self._decides.key, self._decides.is_of_ranking  # only rankings are served by fused vectors
        self._pairs = Pairs.of(prepared, refit=config.train.refit)
        self._beside = Members((), (), self._pairs, key)
        if is_of_ranking:
            # By a sum without the network, whose vectors differ from trial to trial.
            self._beside = Members.of(self._pairs, key, config.fuse, on_stage).with_nearby(None, config.fuse, on_stage)
        self._near = TriedNeighbours.of(prepared.split_log, self._pairs, key, config, on_stage) if is_of_ranking else None
        self.data = self._part.data
        self.fused_with = {member.key for member in self._beside.members}

    def digest(self) -> str:
        """Return a text that differs as soon as what is learnt from, what is measured on, or the program differs."""
        digest = hashlib.blake2b(f"{version('hopline')}, {_JUDGED}".encode(), digest_size=16)
        digest.update(self.data.digest() + self._part.validation.digest())
        if self._near is not None:
            digest.update(f"{self._near.number} neighbours by {sorted(self._near.params.items())}".encode())
        return digest.hexdigest()

    def measure(self, config: Config, on_step: OnStep, on_epoch: OnEpoch) -> Measured:
        """Train with a configuration; what ``on_epoch`` raises ends it.

        Raises:
            TrainingError: training diverged.
            EvaluationError: the vectors cannot be ranked by.
        """
        started = time.perf_counter()
        trained = train(
            self.data,
            config.model,
            config.tasks,
            config.train,
            validation=self._part.validation,
            on_step=on_step,
            on_epoch=on_epoch,
        )
        value = alone = self._decides.gain(trained.history[trained.best_epoch - 1].metrics)
        per_user = None
        if self._decides.is_of_ranking:
            served = self._as_served(trained.scorer(), config.fuse)
            found = evaluate(served, self._part.validation.ranking, ks=(cutoff(self._decides.key),))
            value, per_user = self._decides.gain(found.metrics), found.per_user[self._decides.key]
        return Measured(value, alone, trained.best_epoch, time.perf_counter() - started, per_user)

    def _as_served(self, vectors: VectorScorer, config: FuseConfig) -> Scorer:
        """Return what would find recommendations."""
        key = self._decides.key
        if self._beside.members:
            _, shares = self._beside.choose(vectors, config)
            return self._beside.sum(vectors, shares)
        if self._pairs.is_too_much(config) and config.lengths:
            vectors, _, _ = choose_lengths(vectors, self._pairs, key, config)
        if self._near is None or self._near.chosen(vectors, key).taken == "vectors":
            return vectors
        return self._near.beside(vectors, cutoff(key))
