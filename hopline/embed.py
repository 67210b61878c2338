"""From a snapshot to vectors of its facts alone: how long to train is found on validation, then all facts are learnt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gnn.kge import KgeConfig, evaluate_facts, train_embedding
from gnn.train import OnEpoch, OnStep
from graph.embeddings import Embeddings
from graph.progress import OnStage
from graph.snapshot import Snapshot
from loaders.triples import KnowledgeGraph, read_triples, split_triples

FILE = "kge.parquet"


@dataclass(frozen=True)
class EmbeddedFacts:
    """Vectors of the knowledge graph's nodes, by label, and how well they find facts that were held out.

    ``vectors`` were learnt from all facts, and leave out nodes without one; ``valid`` and ``test`` hold ``mrr``, ``hits@1``,
    ``hits@3`` and ``hits@10``, filtered, over both ends, of the same training without those facts.
    """

    model: str
    vectors: tuple[Embeddings, ...]
    valid: dict[str, float]
    test: dict[str, float]
    best_epoch: int
    train_s: float
    num_facts: int
    num_relations: int


def embed(snapshot: Snapshot, config: KgeConfig, on_stage: OnStage, on_step: OnStep, on_epoch: OnEpoch) -> EmbeddedFacts:
    """Train with validation to find how many epochs are best, measure on the test facts once, then train on all facts.

    Raises:
        InputError: too few facts to hold any out.
        TrainingError: no facts at all, or a loss that is no longer a number.
    """
    known = read_triples(snapshot)
    if not len(known.triples):
        train_embedding(known.triples, config)  # says what is missing
    split = split_triples(known.triples, seed=config.seed)
    on_stage(f"finding how many epochs of {config.model} are best, on {len(split.valid):,} facts held out", 0, 0)
    validated = train_embedding(split.train, config, valid=split.valid, on_step=on_step, on_epoch=on_epoch)
    test = evaluate_facts(validated.model, split.test, [split.train, split.valid])
    on_stage(f"training {validated.best_epoch} epochs on all {len(known.triples):,} facts", 0, 0)
    rest = config.model_copy(update={"epochs": validated.best_epoch})
    trained = train_embedding(known.triples, rest, on_step=on_step, on_epoch=on_epoch)
    return EmbeddedFacts(
        model=config.model,
        vectors=_by_label(snapshot, known, trained.vectors(), known.triples.joined()),
        valid=validated.history[validated.best_epoch - 1].metrics,
        test=test,
        best_epoch=validated.best_epoch,
        train_s=sum(record.seconds for record in (*validated.history, *trained.history)),
        num_facts=len(known.triples),
        num_relations=known.triples.num_relations,
    )


def write_embedded(folder: Path, embedded: EmbeddedFacts) -> Path:
    """Write the vectors to ``kge.parquet`` in ``folder``, columns ``label``, ``id`` (as text), ``vector``; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = [
        pl.DataFrame({"label": [part.label] * len(part.ids), "id": part.ids.astype(str), "vector": part.vectors})
        for part in embedded.vectors
    ]
    draft = folder / f"{FILE}.tmp"
    pl.concat(frames).write_parquet(draft)
    return draft.replace(folder / FILE)


def _by_label(
    snapshot: Snapshot, known: KnowledgeGraph, vectors: NDArray[np.float32], joined: NDArray[np.bool_]
) -> tuple[Embeddings, ...]:
    return tuple(
        Embeddings(label, snapshot.nodes[label].ids[joined[place]], vectors[place][joined[place]])
        for label, place in known.labels.items()
        if joined[place].any()
    )
