import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from gnn.tasks.softmax import pool_cross_entropy
from loaders.sampling.edge_source import EdgeExamples


def examples(target, pool, pool_of):
    ids = np.arange(len(target))
    return EdgeExamples(("User", "RATED", "Item"), ids, ids, np.asarray(target), np.asarray(pool), pool_of, None, False)


def test_a_pool_of_all_targets_gives_the_full_softmax():
    logits, target = torch.randn(5, 7, generator=torch.manual_seed(0)), np.array([0, 3, 6, 3, 1])
    positive = logits[torch.arange(5), torch.from_numpy(target)]
    loss = pool_cross_entropy(positive, logits.clone(), examples(target, np.arange(7), 7))
    assert loss.item() == pytest.approx(cross_entropy(logits, torch.from_numpy(target)).item(), rel=1e-6)


def test_its_gradient_is_that_of_the_full_softmax():
    target = np.array([2, 0, 2])
    one, other = (torch.randn(3, 4, generator=torch.manual_seed(1), requires_grad=True) for _ in range(2))
    own = one[torch.arange(3), torch.from_numpy(target)]
    pool_cross_entropy(own, one * 1.0, examples(target, np.arange(4), 4)).backward()
    cross_entropy(other, torch.from_numpy(target)).backward()
    assert torch.allclose(one.grad, other.grad, atol=1e-6)


def test_a_smaller_pool_is_weighed_up_and_never_counts_the_true_target_twice():
    positive, pool = torch.tensor([1.0, 2.0]), torch.tensor([[5.0, 0.5], [0.1, 0.2]])
    loss = pool_cross_entropy(positive, pool.clone(), examples([4, 9], [4, 8], 10))
    first = math.log(math.exp(1.0) + 5 * math.exp(0.5)) - 1.0
    second = math.log(math.exp(2.0) + 5 * (math.exp(0.1) + math.exp(0.2))) - 2.0
    assert loss.item() == pytest.approx((first + second) / 2, rel=1e-6)


def test_no_other_target_is_no_loss():
    assert pool_cross_entropy(torch.tensor([3.0]), torch.tensor([[3.0]]), examples([0], [0], 1)).item() == 0
