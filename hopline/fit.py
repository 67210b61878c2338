"""From a snapshot to vectors: how long to train is found on validation, then all but the test split is learnt, then fused."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from gnn.checkpoint import EpochRecord
from gnn.evaluate import evaluate
from gnn.foretell import foretell, measure_all
from gnn.train import OnEpoch, OnStep, TrainedModel, Validation, train
from gnn.watched import ranking_metric
from graph.embeddings import Embeddings
from graph.progress import OnStage, silent
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.event_files import FOLDER as EVENT_FOLDER
from hopline.event_files import EventFiles
from hopline.fusion import fuse
from hopline.liked import Liked
from hopline.neighbours import near_as_chosen
from hopline.node_properties import OnFeatures
from hopline.pairs import Pairs
from hopline.people import rank_people
from hopline.refitted_graph import refitted_graph
from hopline.retrieval import choose_retrieval, retrieved
from hopline.run_folder import Run
from hopline.run_record import RunRecord
from hopline.split_log import Prepared, prepare
from hopline.student import learn_student, weighed_histories
from hopline.unmet_items import UnmetOfDomains
from hopline.validated_part import ValidatedPart, check_learnable, hold_out
from loaders.sampling.held_out import held_interactions
from loaders.sampling.learning_graph import LearningGraph

CUTOFFS = (10, 20)
VALIDATED, REFITTED = "validate", "refit"  # the phases of training, and folders of their checkpoints in the run's
CLEANED_FILE = "cleaned.parquet"  # in the run's folder: rows that cleaning dropped or changed


def fit(
    snapshot: Snapshot,
    config: Config,
    read_at: int,
    on_stage: OnStage,
    on_features: OnFeatures,
    on_step: OnStep,
    on_epoch: OnEpoch,
) -> Run:
    """Train with validation to find how many epochs are best, then, with ``train.refit``, as many on train and validation.

    ``read_at`` is when the snapshot was read, in seconds since 1970: rules of cleaning know the future by it. What they dropped
    or changed is told, and written to the run's folder. The test split is measured on once, at the end. Cut off and
    called again with the same configuration and graph, it goes on where it was. All of it is told in ``record.jsonl`` there.

    Raises:
        InputError: the graph cannot be cleaned or split as configured.
        FeatureError: a text encoder that cannot be used.
        TrainingError: nothing to learn from or to validate on, or training diverged.
        ConfigError: event files are asked for, and TensorBoard is not installed.
    """
    events = EventFiles(config.run_folder / EVENT_FOLDER) if config.train.tensorboard else None
    prepared = prepare(snapshot, config.clean, config.behaviours, config.split, read_at)
    prepared.cleaning.write(config.run_folder / CLEANED_FILE)
    if prepared.cleaning.summary():
        on_stage(prepared.cleaning.summary(), 0, 0)
    check_learnable(prepared, config)
    record = RunRecord(config.run_folder, _start(prepared, config), events)
    with record:
        run = _fit(prepared, snapshot, config, read_at, on_stage, on_features, on_step, on_epoch, record)
        record.end(best_epoch=run.best_epoch, metrics=run.metrics, train_s=run.train_s, fused=run.fused)
    return run


def _fit(
    prepared: Prepared,
    as_read: Snapshot,
    config: Config,
    read_at: int,
    on_stage: OnStage,
    on_features: OnFeatures,
    on_step: OnStep,
    on_epoch: OnEpoch,
    record: RunRecord,
) -> Run:
    def told(phase: str, epoch: EpochRecord) -> None:
        record.epoch(phase, epoch)
        on_epoch(epoch)

    snapshot, split_log = prepared.snapshot, prepared.split_log
    log, split = split_log.log, split_log.split
    started = time.perf_counter()
    part = hold_out(prepared, config, on_stage, on_features)
    validated, trained = learn(prepared, part, config, on_stage, on_step, record.begin, told)
    pairs = Pairs.of(prepared, refit=config.train.refit)
    metric = ranking_metric(config.train.metric, config.tasks)
    fused = fuse(validated.scorer(), trained.scorer(), pairs, metric, config.fuse, on_stage)
    retrieval = choose_retrieval(fused, split_log, pairs, metric, config, on_stage)
    people = rank_people(validated, trained, part.validation, config, on_stage)
    foretold = foretell(validated, trained, part.validation.edges)
    learnt = split_log.learnt if config.train.refit else split.train
    inputs = part.properties.inputs
    unmet = UnmetOfDomains.of(prepared, lambda label: inputs[label].of_rows, learnt)
    vectors = unmet.place(fused.vectors)
    weighed = weighed_histories(prepared, learnt)
    liked = Liked.of(as_read, weighed[0].whole())
    fitted = part.properties.features
    student = learn_student(vectors.items, prepared, fitted, unmet, weighed, on_stage)
    train_s = time.perf_counter() - started
    on_validation = validated.history[validated.best_epoch - 1].metrics | foretold.metrics
    if people is not None:
        on_validation = on_validation | people.metrics
    metrics = {f"valid/{name}": value for name, value in on_validation.items()} | retrieval.metrics(metric)
    if len(split.test):
        test = split_log.test()
        near = near_as_chosen(retrieval.retrieve, retrieval.similar, config.publish.similar)
        metrics |= evaluate(retrieved(vectors, near, split_log, learnt, test, max(CUTOFFS)), test, ks=CUTOFFS).metrics
        metrics |= measure_all(trained, foretold.predictors, held_interactions(snapshot, split.test))
    beside = {"people": {} if people is None else people.told, "similar": retrieval.told}
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
        interactions=prepared.interactions,
        read_at=read_at,
        cleaning=prepared.cleaning.as_dict(),
        features=fitted.to_json(),
        fused=fused.told | {name: told for name, told in beside.items() if told},
        predictors=foretold.predictors,
        people=None if people is None else people.vectors,
        teacher=fused.teacher,
        student=student,
        known=np.asarray(liked.number.sum(axis=1), np.int64).ravel(),
        liked=liked,
        similar=retrieval.similar,
        retrieve=retrieval.retrieve,
    )


def learn(
    prepared: Prepared,
    part: ValidatedPart,
    config: Config,
    on_stage: OnStage = silent,
    on_step: OnStep = lambda _e, _s, _n: None,
    on_begin: Callable[[str, Sequence[EpochRecord]], None] = lambda _p, _d: None,
    on_epoch: Callable[[str, EpochRecord], None] = lambda _p, _r: None,
) -> tuple[TrainedModel, TrainedModel]:
    """Return the model at its best epoch on validation, and one trained as long on train and validation together.

    With ``train.refit`` off, both are the first. ``on_begin`` and ``on_epoch`` hear of the phase too: validate or refit.

    Raises:
        TrainingError: nothing to learn from or to validate on, or training diverged.
    """

    def phase(name: str, data: LearningGraph, validation: Validation | None = None, epochs: int | None = None) -> TrainedModel:
        return train(
            data,
            config.model,
            config.tasks,
            config.train,
            validation=validation,
            epochs=epochs,
            folder=config.run_folder / name,
            on_begin=partial(on_begin, name),
            on_step=on_step,
            on_epoch=partial(on_epoch, name),
        )

    on_stage("finding how many epochs are best, on validation", 0, 0)
    validated = phase(VALIDATED, part.data, validation=part.validation)
    if not config.train.refit:
        return validated, validated
    on_stage(f"training {validated.best_epoch} epochs on train and validation", 0, 0)
    refitted = refitted_graph(prepared, part.properties, config, on_stage)
    return validated, phase(REFITTED, refitted, epochs=validated.best_epoch)


def _start(prepared: Prepared, config: Config) -> dict[str, Any]:
    """Return what tells a run from others: its configuration, what computes, and how much it learns from."""
    snapshot, split = prepared.snapshot, prepared.split_log.split
    kinds = {kind.triple: f"({kind.stored[0]})-[{kind.type}]->({kind.stored[1]})" for kind in snapshot.schema.edges}
    return {
        "versions": {name: version(name) for name in ("hopline", "torch", "dgl", "numpy")},
        "seed": config.train.seed,
        "nodes": {label: len(columns.ids) for label, columns in snapshot.nodes.items()},
        "edges": {kinds[triple]: len(columns.source) for triple, columns in snapshot.edges.items()},
        "split": {"train": len(split.train), "valid": len(split.valid), "test": len(split.test)},
        "interactions": prepared.interactions,
        "config": config.model_dump(mode="json"),
    }
