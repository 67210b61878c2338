"""How well an embedding finds the missing end of facts that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from gnn.errors import EvaluationError
from gnn.kge.model import KnowledgeModel
from gnn.known_facts import KnownFacts, filtered_ranks
from loaders.triples import Triples

_SCORES_AT_A_TIME = 2**23  # 32 MiB
_KS = (1, 3, 10)


def evaluate_facts(model: KnowledgeModel, facts: Triples, known: Sequence[Triples]) -> dict[str, float]:
    """Return the mean reciprocal rank ``mrr`` and ``hits@1``, ``hits@3``, ``hits@10`` over both ends of every fact.

    See :func:`rank_ends`.
    """
    ranks = rank_ends(model, facts, known)
    return {"mrr": float((1 / ranks).mean()), **{f"hits@{k}": float((ranks <= k).mean()) for k in _KS}}


def rank_ends(model: KnowledgeModel, facts: Triples, known: Sequence[Triples]) -> NDArray[np.float64]:
    """Return the rank, from 1, of each fact's tail and then of its head among all entities, float64[2, n].

    Other true answers, by ``facts`` and ``known``, are left out. A tie counts half: the rank is the mean of the best and the
    worst possible.

    Raises:
        EvaluationError: no facts, or scores that are not numbers.
    """
    if not len(facts):
        raise EvaluationError("there are no facts to measure on; hold some out")
    true = [facts, *known]
    head, relation, tail = (
        torch.from_numpy(np.concatenate([getattr(part, name) for part in true])) for name in ("head", "relation", "tail")
    )
    tails = KnownFacts(head, relation, tail, facts.num_relations)
    heads = KnownFacts(tail, relation, head, facts.num_relations)
    ranks: list[list[torch.Tensor]] = [[], []]
    size = max(1, _SCORES_AT_A_TIME // facts.num_entities)
    with torch.no_grad():
        for first in range(0, len(facts), size):
            part = slice(first, min(first + size, len(facts)))
            h, r, t = head[part], relation[part], tail[part]
            ranks[0].append(filtered_ranks(model.score_tails(h, r), t, tails, h, r))
            ranks[1].append(filtered_ranks(model.score_heads(r, t), h, heads, t, r))
    found = torch.stack([torch.cat(side) for side in ranks])
    if not torch.isfinite(found).all():
        raise EvaluationError(
            f"{model.name} scored facts with NaN; expected numbers. Train again with a lower kge.learning_rate"
        )
    return found.double().numpy()
