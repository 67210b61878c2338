"""The true answers to a question asked of a knowledge graph, to be left out when one of them is ranked."""

from __future__ import annotations

import torch
from torch import Tensor


class KnownFacts:
    """All true answers of every (node, relation), to be masked in scores: the *filtered* setting.

    ``node``, ``relation``, ``answer``: int64[n]. Source: Bordes et al. 2013 (NeurIPS), section 4.
    """

    def __init__(self, node: Tensor, relation: Tensor, answer: Tensor, num_relations: int) -> None:
        self._num_relations = num_relations
        self._key, order = torch.sort(node * num_relations + relation, stable=True)
        self._answer = answer[order]

    def mask(self, scores: Tensor, node: Tensor, relation: Tensor) -> None:
        """Set the scores float32[b, k] of true answers to minus infinity, in place."""
        wanted = node * self._num_relations + relation
        first, last = torch.searchsorted(self._key, wanted), torch.searchsorted(self._key, wanted, right=True)
        count = last - first
        row = torch.repeat_interleave(torch.arange(len(node)), count)
        place = torch.arange(len(row)) + (first - (count.cumsum(0) - count))[row]
        scores[row, self._answer[place]] = -torch.inf


def filtered_ranks(scores: Tensor, true: Tensor, known: KnownFacts, node: Tensor, relation: Tensor) -> Tensor:
    """Return the rank of each true answer, float32[b], from 1, all other true ones left out; NaN where its score is.

    ``scores``, float32[b, k], are written over. ``known`` must hold the true answers too. A tie counts half: the rank is the
    mean of the best and the worst possible, so that equal scores for all earn nothing.
    """
    of_true = scores.gather(1, true.unsqueeze(1))
    known.mask(scores, node, relation)
    better, equal = (scores > of_true).sum(dim=1), (scores == of_true).sum(dim=1)
    return torch.where(of_true.isnan()[:, 0], torch.nan, 1 + better + equal / 2)
