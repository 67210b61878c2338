"""From a snapshot to a fitted model: how long to train is found on validation, then all but the test split is learnt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.train import OnEpoch, OnStep, Validation, train
from graph.embeddings import Embeddings
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.encoder_inputs import encoder_inputs
from hopline.errors import EvaluationError, TrainingError
from hopline.run_folder import Run
from loaders.features import FittedFeatures, PropertyReport, TextEncoders
from loaders.interactions import InteractionLog, read_interactions
from loaders.sampling.held_out import held_interactions, hold_out_facts
from loaders.sampling.learning_graph import build_learning_graph
from loaders.splits import Split

NUM_POPULAR = 200  # popular items of each domain kept with a release, for users it does not know
FACTS_HELD_OUT = 0.05  # share of the joined pairs of nodes, at most a thousand, that link prediction is validated on
CUTOFFS = (10, 20)

OnFeatures = Callable[[list[PropertyReport]], None]
"""Told once, before training, what was found in the properties that are learnt from."""


@dataclass(frozen=True)
class SplitLog:
    """All interactions, and which part each is of."""

    log: InteractionLog
    split: Split

    def pairs(self, rows: NDArray[np.int64]) -> Interactions:
        """Return interactions by row as user–item pairs."""
        log = self.log
        return Interactions(
            log.user_index[rows], log.item_index[rows], len(log.user_ids), len(log.items), domains=log.items.sizes
        )

    @property
    def learnt(self) -> NDArray[np.int64]:
        """Rows of train and validation."""
        return np.sort(np.concatenate([self.split.train, self.split.valid]))

    def test(self) -> Holdout:
        """Return what there is to find: the test split, with all that was learnt from masked.

        Raises:
            EvaluationError: the split has no test part.
        """
        if not len(self.split.test):
            raise EvaluationError("the split has no test interactions; give it some (see [split] in hopline.toml)")
        return Holdout(self.pairs(self.learnt), self.pairs(self.split.test))

    def popular(self) -> dict[str, list[Any]]:
        """Return the ids of each domain's items with most interactions among those learnt from, the most popular first."""
        counts = np.bincount(self.log.item_index[self.learnt], minlength=len(self.log.items))
        return {label: _most_popular(ids, counts[self.log.items.places[label]]) for label, ids in self.log.items.ids.items()}


def _most_popular(ids: NDArray[Any], counts: NDArray[np.int64]) -> list[Any]:
    popular = np.argsort(-counts, kind="stable")[:NUM_POPULAR]
    found: list[Any] = ids[popular[counts[popular] > 0]].tolist()
    return found


def fit(
    snapshot: Snapshot, config: Config, on_stage: OnStage, on_features: OnFeatures, on_step: OnStep, on_epoch: OnEpoch
) -> Run:
    """Train with validation to find how many epochs are best, then as many on train and validation together.

    The test split is measured on once, at the end. Cut off and called again with the same configuration
    and graph, it goes on where it was.

    Raises:
        InputError: the graph cannot be split as configured.
        FeatureError: a text encoder that cannot be used.
        TrainingError: nothing to learn from or to validate on, or a loss that is no longer a number.
    """
    log = read_interactions(snapshot)
    split = config.split.splitter().split(log)
    if not len(split.valid):
        raise TrainingError(
            f"of {len(log)} interactions none is held out to validate on: a user with n of them gives split.valid × n, rounded "
            f"down, and split.valid is {config.split.valid:g}; raise it in [split] of hopline.toml, or load more interactions"
        )
    split_log = SplitLog(log, split)
    started = time.perf_counter()
    features = FittedFeatures.fit(snapshot, TextEncoders(config.features.text_encoders))
    on_features(features.report)
    inputs = features.encode_all(snapshot)
    kept, held = hold_out_facts(snapshot, FACTS_HELD_OUT, config.train.seed)
    on_stage("finding how many epochs are best, on validation", 0, 0)
    validated = train(
        build_learning_graph(snapshot, split.train, kept, encoder_inputs(snapshot, inputs, config.kge, on_stage, kept)),
        config.model,
        config.tasks,
        config.train,
        validation=Validation(
            Holdout(split_log.pairs(split.train), split_log.pairs(split.valid)),
            held | held_interactions(snapshot, split.valid),
        ),
        folder=config.run_folder / "validate",
        on_step=on_step,
        on_epoch=on_epoch,
    )
    on_stage(f"training {validated.best_epoch} epochs on train and validation", 0, 0)
    trained = train(
        build_learning_graph(snapshot, split_log.learnt, features=encoder_inputs(snapshot, inputs, config.kge, on_stage)),
        config.model,
        config.tasks,
        config.train.model_copy(update={"epochs": validated.best_epoch}),
        folder=config.run_folder / "refit",
        on_step=on_step,
        on_epoch=on_epoch,
    )
    train_s = time.perf_counter() - started
    vectors = trained.scorer()
    metrics = {f"valid/{name}": value for name, value in validated.history[validated.best_epoch - 1].metrics.items()}
    if len(split.test):
        metrics |= evaluate(vectors, split_log.test(), ks=CUTOFFS).metrics
    return Run(
        users=Embeddings(snapshot.schema.user.label, log.user_ids, vectors.users),
        items=tuple(
            Embeddings(label, ids, vectors.items[log.items.places[label]]) for label, ids in log.items.ids.items() if len(ids)
        ),
        popular=split_log.popular(),
        config=config.model_dump(mode="json"),
        metrics=metrics,
        best_epoch=validated.best_epoch,
        train_s=train_s,
        interactions=log.digest(),
        features=features.to_json(),
    )
