from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from gnn.tasks.softmax import list_cross_entropy
from loaders.sampling.list_source import ListExamples

ETYPE = ("User", "RATED", "Item")
CHOSEN = ListExamples(
    ETYPE, np.arange(3), np.arange(5), np.array([0, 0, 1, 2, 2, 2]), np.array([1, 4, 0, 2, 3, 4]), weight=None, log_rate=None
)


def vectors(dtype=torch.float32):
    generator = torch.manual_seed(0)
    return [torch.randn(size, 4, generator=generator, dtype=dtype, requires_grad=True) for size in (3, 5)]


def by_torch(users, items, lists):
    scores = users @ items.T if lists.log_rate is None else users @ items.T + torch.from_numpy(lists.log_rate)
    each = cross_entropy(scores[lists.row], torch.from_numpy(lists.column), reduction="none")
    return (each if lists.weight is None else each * torch.from_numpy(lists.weight)).mean()


WEIGHED = replace(CHOSEN, weight=np.array([0.5, 2, 1, 0, 1.5, 1], np.float32))
SAMPLED = replace(WEIGHED, log_rate=np.array([0, 0, 1.2, 0, 0], np.float32))


@pytest.mark.parametrize("lists", [CHOSEN, WEIGHED, SAMPLED])
def test_it_is_the_softmax_of_each_choice_one_by_one_and_so_is_its_gradient(lists):
    one, other = vectors(), vectors()
    loss, expected = list_cross_entropy(*one, lists), by_torch(*other, lists)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    (3 * loss).backward()
    (3 * expected).backward()
    for mine, theirs in zip(one, other, strict=True):
        assert torch.allclose(mine.grad, theirs.grad, atol=1e-6)


def test_large_scores_do_not_overflow():
    users, items = (100 * tensor.detach() for tensor in vectors())
    assert torch.isfinite(list_cross_entropy(users.requires_grad_(), items, CHOSEN))
