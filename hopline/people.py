"""Whom to suggest to whom: the people task's vectors, fused with simpler models of the same ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gnn.tasks.people import people_metrics
from gnn.ties import ends_in, ends_of, people_holdout, ties
from gnn.train import TrainedModel, Validation
from gnn.vector_scorer import VectorScorer
from graph.embeddings import Embeddings, PeopleVectors
from graph.progress import OnStage
from hopline.config import Config
from hopline.fusion import fuse
from hopline.pairs import Pairs


@dataclass(frozen=True)
class RankedPeople:
    """Vectors whose products rank users for users, the task's figures on validation by them, and what they were fused with."""

    vectors: VectorScorer
    metrics: dict[str, float]
    told: dict[str, Any]


def people_draft(users: Embeddings, ranking: VectorScorer) -> PeopleVectors | None:
    """Return what to publish of a ranking of ``users`` for each other; None where nothing is known of anyone.

    A user nothing is known of has a vector of zeros, which finds nobody: it is left out of those who ask.
    """
    known = np.flatnonzero(ranking.users.any(axis=1))
    if not len(known):
        return None
    return PeopleVectors(
        Embeddings(users.label, users.ids[known], ranking.users[known]), Embeddings(users.label, users.ids, ranking.items)
    )


def rank_people(
    validated: TrainedModel, trained: TrainedModel, validation: Validation, config: Config, on_stage: OnStage
) -> RankedPeople | None:
    """Return the vectors to serve people by; None where the people task was not learnt.

    ``validated`` has not seen the ties of ``validation``; which shares are best is judged on them.
    """
    before, now = validated.people_scorer(), trained.people_scorer()
    if config.tasks.people is None or before is None or now is None:
        return None
    schema, number = validated.data.schema, len(now.users)
    known, held = ends_in(validated.data), ends_of(validation.edges, schema)
    holdout = people_holdout(known, held, schema, number)
    if holdout is None:
        return RankedPeople(now, {}, {})
    train, valid, learnt = (ties(ends, schema, number) for ends in (known, held, ends_in(trained.data)))
    pairs = Pairs(train, valid, learnt, holdout)
    on_stage("ranking people", 0, 0)
    fused = fuse(before, now, pairs, config.tasks.people.metric, config.fuse, on_stage)
    return RankedPeople(fused.vectors, people_metrics(fused.validated, holdout), fused.told)
