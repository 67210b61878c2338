"""Embeddings of the knowledge graph beside PyKEEN's: filtered MRR and seconds to train, for four models.

Equal for both: the triples and their split (90 : 5 : 5 of the joined pairs of nodes, a fact and its inverse together), the
score, 64 real numbers an entity, passes over the triples, softmax cross-entropy of true facts against uniform negatives, Adam
and the seed. Both train by their own means: ours shares a pool of 1,024 negatives among 1,024 facts; PyKEEN, by its sLCWA loop,
draws 32 for each of 512 facts. Its step size is, for each model, the best on the validation triples of those tried, from
0.01 to 0.1 for TransE, 0.0015 to 0.05 for DistMult, 0.0015 to 0.1 for ComplEx and 0.02 to 0.1 for RotatE, whose best was the
smallest tried. It neither holds entities to length one nor penalises lengths, and begins ComplEx with the small numbers of its
DistMult, which served it better than its default.

Figures are on test triples, taken once after the last epoch: both ends ranked among all entities, known facts left out, ties by
the mean ("realistic"). PyKEEN's vectors are ranked by our evaluator, which is faster; ``evaluators_differ`` is how far its MRR
is at most from that of PyKEEN's own evaluator, on 256 of the triples. ``train_s`` are the seconds of the training loops alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.data_sets import find
from gnn.kge import KgeConfig, KnowledgeModel, evaluate_facts, train_embedding
from gnn.kge.models import MODELS, ModelName
from hopline.errors import InputError
from loaders.files import open_data_set
from loaders.triples import Triples, TripleSplit, split_triples

EPOCHS = 6
SIZE = 64
SEED = 0
CHECKED_FACTS = 256
PEER_BATCH, PEER_NEGATIVES = 512, 32
PEER_LEARNING_RATE = {"transe": 0.02, "distmult": 0.003, "complex": 0.003, "rotate": 0.02}


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of each model, ours and PyKEEN's; seconds are wall-clock."""
    _check_peer()
    data = find(dataset or "ml100k")
    split = split_triples(_triples(data.folder), seed=SEED)
    say(f"{len(split.train):,} facts to learn from, {len(split.test):,} to measure on, {split.train.num_entities:,} entities")
    models, differences = {}, []
    for name in MODELS:
        trained = train_embedding(split.train, KgeConfig(model=name, embedding_size=SIZE, epochs=EPOCHS, seed=SEED))
        ours = evaluate_facts(trained.model, split.test, [split.train, split.valid])
        peer, peer_train_s = train_peer(name, split, PEER_LEARNING_RATE[name])
        as_ours = _copy(name, peer, split.train)
        theirs = evaluate_facts(as_ours, split.test, [split.train, split.valid])
        differences.append(_evaluators_differ(peer, as_ours, split))
        models[name] = {
            "mrr": ours["mrr"],
            "hits@10": ours["hits@10"],
            "train_s": sum(record.seconds for record in trained.history),
            "peer_mrr": theirs["mrr"],
            "peer_hits@10": theirs["hits@10"],
            "peer_train_s": peer_train_s,
        }
        say(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in models[name].items()))
    return {
        "dataset": data.name,
        "facts": len(split.train),
        "entities": split.train.num_entities,
        "embedding_size": SIZE,
        "epochs": EPOCHS,
        "evaluators_differ": max(differences),
        "models": models,
    }


def train_peer(name: ModelName, split: TripleSplit, learning_rate: float) -> tuple[Any, float]:
    """Return PyKEEN's model after as many epochs as ours, and the seconds of its training loop."""
    from pykeen import models  # noqa: PLC0415 - only this benchmark needs it
    from pykeen.losses import CrossEntropyLoss  # noqa: PLC0415
    from pykeen.training import SLCWATrainingLoop  # noqa: PLC0415

    logging.getLogger("pykeen").setLevel(logging.ERROR)
    peers: dict[ModelName, tuple[Any, dict[str, Any]]] = {
        "transe": (models.TransE, {"embedding_dim": SIZE, "scoring_fct_norm": 2, "entity_constrainer": None}),
        "distmult": (models.DistMult, {"embedding_dim": SIZE, "entity_constrainer": None, "regularizer": None}),
        "complex": (models.ComplEx, {"embedding_dim": SIZE // 2, "regularizer": None, "entity_initializer": "xavier_uniform"}),
        "rotate": (models.RotatE, {"embedding_dim": SIZE // 2}),
    }
    kind, settings = peers[name]
    factory = _factory(split.train)
    model = kind(triples_factory=factory, loss=CrossEntropyLoss(), random_seed=SEED, **settings)
    loop = SLCWATrainingLoop(
        model=model,
        triples_factory=factory,
        optimizer=torch.optim.Adam(model.get_grad_params(), lr=learning_rate),
        negative_sampler="basic",
        negative_sampler_kwargs={"num_negs_per_pos": PEER_NEGATIVES},
    )
    started = time.perf_counter()
    loop.train(factory, num_epochs=EPOCHS, batch_size=PEER_BATCH, use_tqdm=False, use_tqdm_batch=False)
    return model, time.perf_counter() - started


def _copy(name: ModelName, peer: Any, facts: Triples) -> KnowledgeModel:
    """Return our model with PyKEEN's vectors."""
    model = MODELS[name](facts.num_entities, facts.num_relations, SIZE)
    with torch.no_grad():
        entity, relation = peer.entity_representations[0](), peer.relation_representations[0]()
        if torch.is_complex(entity):
            entity = torch.cat([entity.real, entity.imag], dim=1)
            relation = relation.angle() if name == "rotate" else torch.cat([relation.real, relation.imag], dim=1)
        model.entity.copy_(entity)
        model.relation.copy_(relation)
    return model


def _evaluators_differ(peer: Any, as_ours: KnowledgeModel, split: TripleSplit) -> float:
    """Return how far our evaluator's MRR is from PyKEEN's, on some test triples of one model."""
    from pykeen.evaluation import RankBasedEvaluator  # noqa: PLC0415

    some = split.test.take(np.arange(min(CHECKED_FACTS, len(split.test))))
    known = [split.train, split.valid, split.test]
    found = RankBasedEvaluator(filtered=True).evaluate(
        peer,
        _factory(some).mapped_triples,
        additional_filter_triples=[_factory(part).mapped_triples for part in known],
        batch_size=64,
        use_tqdm=False,
    )
    theirs = float(found.get_metric("both.realistic.inverse_harmonic_mean_rank"))
    return abs(evaluate_facts(as_ours, some, known)["mrr"] - theirs)


def _factory(facts: Triples) -> Any:
    from pykeen.triples import CoreTriplesFactory  # noqa: PLC0415

    return CoreTriplesFactory(
        mapped_triples=torch.from_numpy(np.stack([facts.head, facts.relation, facts.tail], axis=1)),
        num_entities=facts.num_entities,
        num_relations=facts.num_relations,
    )


def _triples(folder: Any) -> Triples:
    """Return the data set's facts as they would be in the graph, relation by relation."""
    with open_data_set(folder) as data:
        tables = next(data.tables())  # nodes and facts come first, whole
    facts = [table for table in tables.edges if table.kind in tables.schema.knowledge]
    columns = [(t.kind, t.frame["source"].to_list(), t.frame["target"].to_list()) for t in facts]
    ends = [{(k.source, s) for s in source} | {(k.target, t) for t in target} for k, source, target in columns]
    index = {end: number for number, end in enumerate(sorted(set().union(*ends), key=str))}
    head = [index[kind.source, one] for kind, source, _ in columns for one in source]
    tail = [index[kind.target, one] for kind, _, target in columns for one in target]
    relation = np.repeat(np.arange(len(columns)), [len(source) for _, source, _ in columns])
    return Triples(np.array(head), relation, np.array(tail), len(index), len(columns))


def _check_peer() -> None:
    try:
        import pykeen  # noqa: F401, PLC0415
    except ImportError as error:
        raise InputError(
            f"this benchmark measures PyKEEN in the same run, and it cannot be imported ({error}); pip install 'hopline[bench]'"
        ) from error
