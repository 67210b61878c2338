"""From a snapshot to a fitted model: how long to train is found on validation, then all but the test split is learnt."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.checkpoint import EpochRecord
from gnn.evaluate import compare
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.train import OnEpoch, OnStep, TrainedModel, Validation, train
from graph.embeddings import Embeddings
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.errors import EvaluationError, TrainingError
from hopline.run_folder import Run
from loaders.interactions import InteractionLog, read_interactions
from loaders.sampling.held_out import held_interactions, hold_out_facts
from loaders.sampling.learning_graph import build_learning_graph
from loaders.splits import Split

NUM_POPULAR = 200  # popular items kept with a release, for users it does not know
FACTS_HELD_OUT = 0.05  # share of the joined pairs of nodes, at most a thousand, that link prediction is validated on
CUTOFFS = (10, 20)


@dataclass(frozen=True)
class Fitted:
    """A fitted model, what it was fitted on, and its record at the best validated epoch."""

    snapshot: Snapshot
    log: InteractionLog
    split: Split
    trained: TrainedModel
    validated: EpochRecord
    train_s: float

    def pairs(self, rows: NDArray[np.int64]) -> Interactions:
        """Return interactions by row as user–item pairs."""
        return _pairs(self.log, rows)

    def learnt(self) -> NDArray[np.int64]:
        """Return the rows of train and validation."""
        return np.sort(np.concatenate([self.split.train, self.split.valid]))

    def test(self) -> Holdout:
        """Return what there is to find: the test split, with all that was learnt from masked.

        Raises:
            EvaluationError: the split has no test part.
        """
        if not len(self.split.test):
            raise EvaluationError("the split has no test interactions; give it some (see [split] in hopline.toml)")
        return Holdout(self.pairs(self.learnt()), self.pairs(self.split.test))

    def run(self, config: Config) -> Run:
        """Return what is kept of it: vectors, popular items, and figures on test and (``valid/…``) on validation."""
        schema, vectors = self.snapshot.schema, self.trained.scorer()
        figures = {f"valid/{name}": value for name, value in self.validated.metrics.items()}
        if len(self.split.test):
            figures |= compare({"hopline": vectors}, self.test(), ks=CUTOFFS)[0].metrics
        counts = np.bincount(self.log.item_index, minlength=len(self.log.item_ids))
        popular = np.argsort(-counts, kind="stable")[:NUM_POPULAR]
        return Run(
            users=Embeddings(schema.user.label, self.log.user_ids, vectors.users),
            items=Embeddings(schema.item.label, self.log.item_ids, vectors.items),
            popular=self.log.item_ids[popular[counts[popular] > 0]].tolist(),
            config=config.model_dump(mode="json"),
            metrics=figures,
            best_epoch=self.validated.epoch,
            train_s=self.train_s,
        )


def fit(snapshot: Snapshot, config: Config, on_stage: OnStage, on_step: OnStep, on_epoch: OnEpoch) -> Fitted:
    """Train with validation to find how many epochs are best, then as many on train and validation together.

    Cut off and called again with the same configuration and graph, it goes on where it was.

    Raises:
        InputError: the graph cannot be split as configured.
        TrainingError: nothing to learn from or to validate on, or a loss that is no longer a number.
    """
    log = read_interactions(snapshot)
    split = config.split.splitter().split(log)
    if not len(split.valid):
        raise TrainingError(
            f"of {len(log)} interactions none is held out to validate on: a user with n of them gives split.valid × n, rounded "
            f"down, and split.valid is {config.split.valid:g}; raise it in [split] of hopline.toml, or load more interactions"
        )
    started = time.perf_counter()
    folder = config.run_folder
    kept, held = hold_out_facts(snapshot, FACTS_HELD_OUT, config.train.seed)
    on_stage("finding how many epochs are best, on validation", 0, 0)
    validated = train(
        build_learning_graph(snapshot, split.train, kept),
        config.model,
        config.tasks,
        config.train,
        validation=Validation(
            Holdout(_pairs(log, split.train), _pairs(log, split.valid)), held | held_interactions(snapshot, split.valid)
        ),
        folder=folder / "validate",
        on_step=on_step,
        on_epoch=on_epoch,
    )
    on_stage(f"training {validated.best_epoch} epochs on train and validation", 0, 0)
    trained = train(
        build_learning_graph(snapshot, np.sort(np.concatenate([split.train, split.valid]))),
        config.model,
        config.tasks,
        config.train.model_copy(update={"epochs": validated.best_epoch}),
        folder=folder / "refit",
        on_step=on_step,
        on_epoch=on_epoch,
    )
    best = validated.history[validated.best_epoch - 1]
    return Fitted(snapshot, log, split, trained, best, time.perf_counter() - started)


def _pairs(log: InteractionLog, rows: NDArray[np.int64]) -> Interactions:
    return Interactions(log.user_index[rows], log.item_index[rows], len(log.user_ids), len(log.item_ids))
