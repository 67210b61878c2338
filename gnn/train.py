"""The training loop: joint steps, validation, early stopping, checkpoints, and going on after a crash."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, Field

from gnn import checkpoint
from gnn.allocator import freed_memory_kept
from gnn.averaging import Averaging
from gnn.checkpoint import EpochRecord, Progress
from gnn.determinism import same_bits
from gnn.divergence import Watch, check_total
from gnn.encoder import EncoderConfig, whole_graph_bytes
from gnn.errors import TrainingError
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.model import JointLoss, MultiTaskModel, TasksConfig
from gnn.schedule import Schedule, rate_factor
from gnn.tasks import Ranking
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff, ranking_metric, watched
from loaders.sampling.held_out import HeldEdges
from loaders.sampling.joint_sampler import Batch, JointSampler, SubgraphSampler, WholeGraph
from loaders.sampling.learning_graph import EdgeType, LearningGraph


class TrainConfig(BaseModel):
    """How training runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int = Field(default=30, ge=1, description="passes over the users, at most; of ten steps or more each")
    learning_rate: float = Field(default=0.02, gt=0, description="step size of Adam")
    schedule: Schedule = Field(
        default="constant",
        description="how the learning rate goes on: constant, cosine (falling over all of `epochs`) or warmup-cosine",
    )
    reg: float = Field(default=0.0, ge=0, description="L2 penalty on all parameters")
    average: float = Field(
        default=0.0,
        ge=0,
        description="epochs that weights are averaged over, the newest counting most, to be validated and served; 0: none",
    )
    whole_graph_gib: float = Field(
        default=4.0, ge=0, description="memory up to which every step propagates over the whole graph; beyond, over a sample"
    )
    fanout: int = Field(default=25, ge=-1, description="neighbours sampled of each node, edge type and layer; -1: all")
    patience: int = Field(default=3, ge=1, description="validations without a better metric before stopping")
    validate_every: int = Field(default=2, ge=1, description="epochs between validations")
    metric: str = Field(
        default="ranking",
        description="what validation decides by: ndcg@20, click.auc, …, or a task's name, for the metric that it declares",
    )
    refit: bool = Field(
        default=True,
        description="train again, as long as validation found best, on train and validation; false: what was validated serves",
    )
    seed: int = Field(default=0, ge=0)
    num_workers: int = Field(default=0, ge=0, description="sampling processes; changes speed, never the result")
    tensorboard: bool = Field(
        default=False, description="also write event files for TensorBoard; needs `pip install 'hopline[tensorboard]'`"
    )


@dataclass(frozen=True)
class Validation:
    """What training is measured on while it runs: rankings for users, and held-out edges for the other tasks."""

    ranking: Holdout
    edges: Mapping[EdgeType, HeldEdges] = field(default_factory=dict)

    def digest(self) -> bytes:
        """Return 16 bytes that differ as soon as anything that is measured differs."""
        digest = hashlib.blake2b(digest_size=16)
        found, seen = self.ranking, self.ranking.seen
        columns = [found.users, found.domain, found.offsets, found.items, seen.indptr, seen.indices]
        for etype, held in sorted(self.edges.items()):
            digest.update(" ".join(etype).encode())
            columns += [held.source, held.target, held.value, held.relation]
        for column in columns:
            digest.update(b"none" if column is None else column.tobytes())
        return digest.digest()


@dataclass(frozen=True)
class TrainedModel:
    """A model at its best validated epoch (the last one, without validation), and how it got there."""

    model: MultiTaskModel
    data: LearningGraph
    history: list[EpochRecord]
    best_epoch: int
    resumed_at: int

    def scorer(self) -> VectorScorer:
        """Return the ranking as a scorer over all users and items."""
        return self.model.scorer(self.data, self.model.shared_vectors(self.data))

    def people_scorer(self) -> VectorScorer | None:
        """Return the ranking of people as a scorer of users for users; None where it was not learnt."""
        return self.model.people_scorer(self.data, self.model.shared_vectors(self.data))


OnStep = Callable[[int, int, int], None]
OnEpoch = Callable[[EpochRecord], None]
OnBegin = Callable[[Sequence[EpochRecord]], None]


def train(
    data: LearningGraph,
    encoder: EncoderConfig,
    tasks: TasksConfig,
    config: TrainConfig,
    *,
    validation: Validation | None = None,
    epochs: int | None = None,
    folder: Path | None = None,
    on_begin: OnBegin = lambda _done: None,
    on_step: OnStep = lambda _epoch, _step, _steps: None,
    on_epoch: OnEpoch = lambda _record: None,
) -> TrainedModel:
    """Train on ``data`` and return the best model.

    ``epochs``: how many to stop after, at most those configured, which None stands for; the learning rate falls as if it
    were those. With a ``folder``, each epoch is saved there; an unfinished run of the same configuration and data found there
    goes on to the result it would have had, a finished one is returned as it is, any other is written over.
    ``on_begin(done)``, told the epochs that were found done, ``on_step(epoch, step, steps)`` and ``on_epoch(record)`` hear how
    it goes.

    Raises:
        TrainingError: nothing to learn from, a metric that is not known, or training diverged: the message says by what, and
            where the last good state is.
    """
    if tasks.ranking is not None and not Ranking.applies(data):
        raise TrainingError(
            "the graph has no interaction of liking to learn from; load some, or check the split and [behaviours]"
        )
    decides = watched(config.metric, tasks)
    ranked_by = None if tasks.ranking is None else ranking_metric(config.metric, tasks)
    model = _begin(data, encoder, tasks, config.seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, weight_decay=config.reg)
    num_epochs = config.epochs if epochs is None else min(epochs, config.epochs)
    sampler = make_sampler(model, data, config)
    averaging = Averaging(model, config.average * len(sampler))
    progress = Progress(fingerprint=_fingerprint(data, encoder, tasks, config, num_epochs, validation))
    resumed_at = 0
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        found = checkpoint.peek(folder / checkpoint.LAST, progress.fingerprint)
        if found is not None:
            progress, resumed_at = found, found.epochs_done
            checkpoint.restore(folder / checkpoint.LAST, model, optimizer, averaging.average)
    on_begin(progress.history)
    best = _Best(averaging.kept, folder)
    watch = Watch(model, progress.first_loss)
    while not progress.finished and progress.epochs_done < num_epochs:
        try:
            with freed_memory_kept(), same_bits():
                record = _run_epoch(model, optimizer, sampler, progress.epochs_done, config, watch, averaging, on_step)
        except TrainingError as error:
            raise TrainingError(f"{error}; {_last_good(folder, progress)}") from error
        progress.first_loss = watch.first_loss
        progress.epochs_done += 1
        last = progress.epochs_done == num_epochs
        if validation is not None and (last or progress.epochs_done % config.validate_every == 0):
            record.metrics = _validate(averaging.kept, data, validation, ranked_by)
            gain = decides.gain(record.metrics)
            if gain > progress.best_metric:
                progress.best_metric, progress.best_epoch = gain, progress.epochs_done
                best.keep(progress)
            waited = progress.epochs_done - progress.best_epoch
            last = last or waited >= config.patience * config.validate_every
        progress.history.append(record)
        progress.finished = last
        if folder is not None:
            checkpoint.save(folder / checkpoint.LAST, model, progress, optimizer, averaging.average)
        on_epoch(record)
    if validation is None:
        progress.best_epoch = progress.epochs_done
    else:
        best.recall()
    return TrainedModel(averaging.kept, data, progress.history, progress.best_epoch, resumed_at)


def _begin(data: LearningGraph, encoder: EncoderConfig, tasks: TasksConfig, seed: int) -> MultiTaskModel:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = MultiTaskModel(data, encoder, tasks)
    if not model.each_task():
        raise TrainingError(
            f"the graph has no example of any task that is asked for: {_names(tasks)}; ask for others in [tasks]"
        )
    return model


def recall(
    data: LearningGraph,
    encoder: EncoderConfig,
    tasks: TasksConfig,
    config: TrainConfig,
    *,
    folder: Path,
    validation: Validation | None = None,
    epochs: int | None = None,
) -> TrainedModel | None:
    """Return what :func:`train` of the same arguments returned when it was last called; None where it has not ended so.

    Nothing is trained or written.

    Raises:
        TrainingError: the file is not a checkpoint of Hopline's.
    """
    num_epochs = config.epochs if epochs is None else min(epochs, config.epochs)
    progress = checkpoint.peek(folder / checkpoint.LAST, _fingerprint(data, encoder, tasks, config, num_epochs, validation))
    if progress is None or not progress.finished:
        return None
    with torch.random.fork_rng():
        model = MultiTaskModel(data, encoder, tasks)
    kept, best_epoch = (checkpoint.LAST, progress.epochs_done) if validation is None else (checkpoint.BEST, progress.best_epoch)
    checkpoint.restore_kept(folder / kept, model)
    return TrainedModel(model, data, progress.history, best_epoch, progress.epochs_done)


def take_step(model: MultiTaskModel, optimizer: torch.optim.Optimizer, batch: Batch, data: LearningGraph) -> JointLoss:
    """Learn from one batch of ``data``, and return the loss before it.

    Raises:
        TrainingError: the loss, or a part of it, is not a finite number; nothing was learnt from the batch.
    """
    loss = model.joint_loss(batch, data)
    check_total(loss, model, _rate(optimizer))
    optimizer.zero_grad(set_to_none=True)
    loss.total.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return loss


def make_sampler(model: MultiTaskModel, data: LearningGraph, config: TrainConfig) -> JointSampler:
    """Return what draws the batches: on the whole graph where a step on it keeps within the memory allowed."""
    sources, encoder, graph = model.sources(data), model.encoder.config, data.graph
    num_nodes = {label: graph.num_nodes(label) for label in graph.ntypes}
    if whole_graph_bytes(encoder, num_nodes, graph.canonical_etypes, graph.num_edges()) <= config.whole_graph_gib * 2**30:
        return WholeGraph(data, sources, config.seed)
    return SubgraphSampler(data, sources, config.seed, [config.fanout] * encoder.num_layers)


class _Best:
    """The best state so far: in the run's folder where there is one, else in memory."""

    def __init__(self, model: MultiTaskModel, folder: Path | None) -> None:
        self._model = model
        self._path = None if folder is None else folder / checkpoint.BEST
        self._state: dict[str, torch.Tensor] = {}

    def keep(self, progress: Progress) -> None:
        if self._path is not None:
            checkpoint.save(self._path, self._model, progress)
        else:
            self._state = {name: value.clone() for name, value in self._model.state_dict().items()}

    def recall(self) -> None:
        if self._path is not None:
            checkpoint.restore(self._path, self._model)
        else:
            self._model.load_state_dict(self._state)


def _run_epoch(
    model: MultiTaskModel,
    optimizer: torch.optim.Optimizer,
    sampler: JointSampler,
    epoch: int,
    config: TrainConfig,
    watch: Watch,
    averaging: Averaging[MultiTaskModel],
    on_step: OnStep,
) -> EpochRecord:
    started, num_edges = time.perf_counter(), 0
    sums: defaultdict[str, float] = defaultdict(float)
    weights: defaultdict[str, float] = defaultdict(float)
    for step, batch in enumerate(sampler.batches(epoch, config.num_workers)):
        factor = rate_factor(config.schedule, epoch + step / len(sampler), config.epochs)
        optimizer.param_groups[0]["lr"] = config.learning_rate * factor
        try:
            loss = take_step(model, optimizer, batch, sampler.data)
            watch.step(loss, _rate(optimizer))
        except TrainingError as error:
            raise TrainingError(f"in epoch {epoch + 1}, step {step + 1}: {error}") from error
        averaging.step()
        num_edges += batch.num_edges
        for name, value in loss.by_task.items():
            sums[name] += value
            if model.weights.by != "fixed":
                weights[name] += loss.weights[name]
        on_step(epoch, step + 1, len(sampler))
    try:
        watch.state(optimizer, _rate(optimizer))
    except TrainingError as error:
        raise TrainingError(f"in epoch {epoch + 1}: {error}") from error
    seconds = time.perf_counter() - started
    losses, weighed = ({name: value / len(sampler) for name, value in of.items()} for of in (sums, weights))
    return EpochRecord(epoch + 1, losses, {}, seconds, num_edges / seconds, _rate(optimizer), weighed)


def _rate(optimizer: torch.optim.Optimizer) -> float:
    rate: float = optimizer.param_groups[0]["lr"]
    return rate


def _last_good(folder: Path | None, progress: Progress) -> str:
    """Say where the state before a failed epoch is; with a better one of the epochs before, where that is."""
    if folder is None or not progress.epochs_done:
        return "no epoch was finished"
    told = f"the last good state is {folder / checkpoint.LAST}, of epoch {progress.epochs_done}"
    if progress.best_epoch:
        told += f", the best validated one {folder / checkpoint.BEST}, of epoch {progress.best_epoch}"
    return told


def _names(tasks: TasksConfig) -> str:
    return ", ".join(task.name for task in tasks.asked()) or "none"


def _validate(model: MultiTaskModel, data: LearningGraph, validation: Validation, ranked_by: str | None) -> dict[str, float]:
    """Measure every task; ``ranked_by``: the ranking's metric, None where it is not learnt."""
    shared = model.shared_vectors(data)
    metrics: dict[str, float] = {}
    if ranked_by is not None:
        metrics = evaluate(model.scorer(data, shared), validation.ranking, ks=(cutoff(ranked_by),)).metrics
    with torch.no_grad():
        for task in model.each_task():
            metrics |= task.figures(shared, validation.edges, data)
    return metrics


def _fingerprint(
    data: LearningGraph,
    encoder: EncoderConfig,
    tasks: TasksConfig,
    config: TrainConfig,
    num_epochs: int,
    validation: Validation | None,
) -> str:
    digest = hashlib.blake2b(digest_size=16)
    # Workers change speed only, and event files nothing; a resumed run may have others.
    settings = config.model_dump_json(exclude={"num_workers", "tensorboard"})
    for text in (encoder.model_dump_json(), tasks.model_dump_json(), settings, str(num_epochs)):
        digest.update(text.encode())
    digest.update(data.digest())
    if validation is not None:
        digest.update(validation.digest())
    return digest.hexdigest()
