"""Learn an embedding of the knowledge graph: each end of a fact against a pool of entities that the whole batch shares.

A shared pool turns the scores of a step into one matrix product a side, where negatives drawn for each fact would have to be
gathered one by one: a thousand cost less than a few dozen do so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from gnn.allocator import freed_memory_kept
from gnn.checkpoint import EpochRecord
from gnn.determinism import same_bits
from gnn.errors import TrainingError
from gnn.kge.evaluate import evaluate_facts
from gnn.kge.model import KnowledgeModel
from gnn.kge.models import MODELS, ModelName
from gnn.kge.row_adam import RowAdam
from gnn.tasks.softmax import pool_cross_entropy
from gnn.train import OnEpoch, OnStep
from loaders.triples import Triples


class KgeConfig(BaseModel):
    """How the knowledge graph is embedded by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: ModelName = Field(default="rotate", description="how a relation joins two entities")
    input: bool = Field(default=False, description="whether the vectors are inputs of the encoder, beside the nodes' features")
    embedding_size: int = Field(default=64, ge=2, le=4096, multiple_of=2, description="numbers of every entity's vector")
    epochs: int = Field(default=20, ge=1, description="passes over the facts, at most where there is validation")
    learning_rate: float | None = Field(default=None, gt=0, description="step size of Adam; unset: what serves the model well")
    batch_size: int = Field(default=1024, ge=1, description="facts a step")
    num_negatives: int = Field(default=1024, ge=1, description="entities a step that serve as negatives for all its facts")
    validate_every: int = Field(default=2, ge=1, description="epochs between validations")
    patience: int = Field(default=2, ge=1, description="validations without a better MRR before stopping")
    seed: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class TrainedEmbedding:
    """A model at its best validated epoch (the last one, without validation), what it learnt from, and how it got there."""

    model: KnowledgeModel
    facts: Triples
    history: list[EpochRecord]
    best_epoch: int

    def vectors(self) -> NDArray[np.float32]:
        """Return float32[num_entities, d]; zeros for an entity without a fact, whose vector is what it began with."""
        found: NDArray[np.float32] = self.model.entity.detach().numpy() * self.facts.joined()[:, None]
        return found


@dataclass(frozen=True)
class _Candidates:
    """The true ends int64[b] of a batch, and the pool int64[p] of distinct ascending entities they are told from."""

    target: NDArray[np.int64]
    pool: NDArray[np.int64]
    pool_of: int

    def drawn_targets(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        place = np.minimum(np.searchsorted(self.pool, self.target), len(self.pool) - 1)
        rows = np.flatnonzero(self.pool[place] == self.target)
        return rows, place[rows]


def train_embedding(
    facts: Triples,
    config: KgeConfig,
    *,
    valid: Triples | None = None,
    on_step: OnStep = lambda _epoch, _step, _steps: None,
    on_epoch: OnEpoch = lambda _record: None,
) -> TrainedEmbedding:
    """Learn from ``facts``; with ``valid``, stop when its MRR no longer gains and return the best epoch's model.

    Raises:
        TrainingError: no facts, or a loss that is no longer a number.
    """
    if not len(facts):
        raise TrainingError(
            "the graph has no facts to embed: no relationship kind with the role 'knowledge' has relationships; load some, or "
            "give kinds that role in the schema"
        )
    kind = MODELS[config.model]
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        model = kind(facts.num_entities, facts.num_relations, config.embedding_size)
    model.entity.requires_grad_(False)  # a step makes gradients for the rows it touches alone
    learning_rate = config.learning_rate or kind.learning_rate
    learner = _Learner(model, facts, config, learning_rate)
    history: list[EpochRecord] = []
    best_epoch, best_mrr, best_state = 0, -1.0, {}
    for epoch in range(config.epochs):
        with freed_memory_kept(), same_bits():
            record = learner.run_epoch(epoch, on_step)
        history.append(record)
        last = epoch + 1 == config.epochs
        if valid is not None and (last or (epoch + 1) % config.validate_every == 0):
            record.metrics = evaluate_facts(model, valid, [facts])
            if record.metrics["mrr"] > best_mrr:
                best_epoch, best_mrr = epoch + 1, record.metrics["mrr"]
                best_state = {name: value.clone() for name, value in model.state_dict().items()}
            last = last or epoch + 1 - best_epoch >= config.patience * config.validate_every
        on_epoch(record)
        if last:
            break
    if valid is None:
        best_epoch = len(history)
    else:
        model.load_state_dict(best_state)
    return TrainedEmbedding(model, facts, history, best_epoch)


class _Learner:
    """A model and its optimisers; an epoch is a function of the seed and its number alone."""

    def __init__(self, model: KnowledgeModel, facts: Triples, config: KgeConfig, learning_rate: float) -> None:
        self._model, self._facts, self._config, self._learning_rate = model, facts, config, learning_rate
        self._entities = RowAdam(model.entity.data, learning_rate)
        self._relations = torch.optim.Adam([model.relation], lr=learning_rate)

    def run_epoch(self, epoch: int, on_step: OnStep) -> EpochRecord:
        started, total = time.perf_counter(), 0.0
        rng = np.random.default_rng((self._config.seed, epoch))
        order, size = rng.permutation(len(self._facts)), self._config.batch_size
        steps = -(-len(order) // size)
        for step in range(steps):
            rows = order[step * size : (step + 1) * size]
            loss = self._step(self._facts.take(rows), rng)
            if not np.isfinite(loss):
                raise TrainingError(
                    f"the loss of {self._model.name} became {loss} in epoch {epoch + 1}, step {step + 1}; "
                    "lower kge.learning_rate"
                )
            total += loss * len(rows)
            on_step(epoch, step + 1, steps)
        seconds = time.perf_counter() - started
        losses = {self._model.name: total / len(order)}
        return EpochRecord(epoch + 1, losses, {}, seconds, len(order) / seconds, self._learning_rate)

    def _step(self, batch: Triples, rng: np.random.Generator) -> float:
        """Take one step: the softmax of each true end against the pool, and the mean over both ends."""
        model, num_entities = self._model, self._facts.num_entities
        num_negatives = min(self._config.num_negatives, num_entities)
        pool = np.sort(rng.choice(num_entities, num_negatives, replace=False, shuffle=False))
        touched, place = np.unique(np.concatenate([batch.head, batch.tail, pool]), return_inverse=True)
        rows = torch.from_numpy(touched)
        vectors = model.entity[rows].requires_grad_()
        of_head, of_tail, of_pool = np.split(place, [len(batch), 2 * len(batch)])
        head, tail, others = (vectors[torch.from_numpy(part)] for part in (of_head, of_tail, of_pool))
        relation = model.relation[torch.from_numpy(batch.relation)]
        loss = torch.zeros(())
        for query, true, ends in (
            (model.move_head(head, relation), tail, batch.tail),
            (model.move_tail(tail, relation), head, batch.head),
        ):
            candidates = _Candidates(ends, pool, num_entities)
            loss = loss + pool_cross_entropy(model.compare_rows(query, true), model.compare(query, others), candidates) / 2
        model.relation.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        assert vectors.grad is not None  # noqa: S101 - backward made it
        self._entities.step(rows, vectors.grad)
        self._relations.step()
        return float(loss.detach())
