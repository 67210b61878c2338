import numpy as np
import pytest
import torch

from gnn.errors import EvaluationError
from gnn.kge.evaluate import evaluate_facts, rank_ends
from gnn.kge.models import MODELS
from loaders.triples import Triples

NUM_ENTITIES, NUM_RELATIONS = 12, 2


def random_facts(count, seed):
    rng = np.random.default_rng(seed)
    found = np.unique(rng.integers(0, [NUM_ENTITIES, NUM_RELATIONS, NUM_ENTITIES], (count, 3)), axis=0)
    return Triples(*rng.permutation(found).T.copy(), NUM_ENTITIES, NUM_RELATIONS)


def brute_force(model, facts, known):
    """The definition, one fact and one entity at a time."""
    true = set()
    for part in (facts, *known):
        true |= set(zip(part.head.tolist(), part.relation.tolist(), part.tail.tolist(), strict=True))

    def score(*fact):
        return model.score(*(torch.tensor([index]) for index in fact)).item()

    def rank(own, others):
        better = sum(score(*other) > score(*own) for other in others if other not in true)
        equal = sum(score(*other) == score(*own) for other in others if other not in true)
        return 1 + better + equal / 2

    ranks = [[], []]
    for h, r, t in zip(facts.head.tolist(), facts.relation.tolist(), facts.tail.tolist(), strict=True):
        ranks[0].append(rank((h, r, t), [(h, r, other) for other in range(NUM_ENTITIES)]))
        ranks[1].append(rank((h, r, t), [(other, r, t) for other in range(NUM_ENTITIES)]))
    return ranks


@pytest.mark.parametrize("name", MODELS)
def test_ranks_are_those_of_brute_force(name, monkeypatch):
    monkeypatch.setattr("gnn.kge.evaluate._SCORES_AT_A_TIME", 5 * NUM_ENTITIES)
    torch.manual_seed(0)
    model = MODELS[name](NUM_ENTITIES, NUM_RELATIONS, 6)
    facts, known = random_facts(40, 0), random_facts(60, 1)
    found = rank_ends(model, facts, [known])
    assert found.tolist() == brute_force(model, facts, [known])
    figures = evaluate_facts(model, facts, [known])
    assert figures["mrr"] == pytest.approx(np.mean(1 / found))
    assert figures["hits@3"] == pytest.approx(np.mean(found <= 3))


def test_a_model_that_knows_nothing_earns_nothing():
    model = MODELS["distmult"](NUM_ENTITIES, NUM_RELATIONS, 6)
    with torch.no_grad():
        model.entity.zero_()
    fact = Triples(np.array([0]), np.array([0]), np.array([1]), NUM_ENTITIES, NUM_RELATIONS)
    assert rank_ends(model, fact, []).tolist() == [[(1 + NUM_ENTITIES) / 2]] * 2


def test_scores_that_are_no_numbers_are_never_ranked():
    model = MODELS["transe"](NUM_ENTITIES, NUM_RELATIONS, 6)
    with torch.no_grad():
        model.entity[1] = torch.nan
    fact = Triples(np.array([0]), np.array([0]), np.array([1]), NUM_ENTITIES, NUM_RELATIONS)
    with pytest.raises(EvaluationError, match=r"transe scored facts with NaN.*lower kge\.learning_rate"):
        rank_ends(model, fact, [])


def test_nothing_to_measure_on_is_said():
    empty = random_facts(5, 0).take(np.arange(0))
    with pytest.raises(EvaluationError, match="no facts to measure on"):
        evaluate_facts(MODELS["transe"](NUM_ENTITIES, NUM_RELATIONS, 6), empty, [])
