"""What every model of a knowledge graph keeps, and what tells each from the others."""

import math

import pytest
import torch

from gnn.kge.models import MODELS

NUM_ENTITIES, NUM_RELATIONS, SIZE = 17, 5, 8
EACH = pytest.mark.parametrize("name", MODELS)


def make(name, seed=0):
    torch.manual_seed(seed)
    return MODELS[name](NUM_ENTITIES, NUM_RELATIONS, SIZE).double()


def some_facts(count=11, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randint(0, top, (count,), generator=generator) for top in (NUM_ENTITIES, NUM_RELATIONS, NUM_ENTITIES))


def complex_of(vectors):
    return torch.complex(*vectors.chunk(2, dim=-1))


EQUATIONS = {
    "transe": lambda h, r, t: -(h + r - t).norm(dim=1),
    "distmult": lambda h, r, t: (h * r * t).sum(dim=1),
    "complex": lambda h, r, t: (complex_of(h) * complex_of(r) * complex_of(t).conj()).sum(dim=1).real,
    "rotate": lambda h, r, t: (
        -(complex_of(h) * torch.polar(torch.ones_like(r), r) - complex_of(t)).abs().square().sum(1).sqrt()
    ),
}


@EACH
def test_a_score_is_that_of_the_equation(name):
    model, (head, relation, tail) = make(name), some_facts()
    expected = EQUATIONS[name](model.entity[head], model.relation[relation], model.entity[tail])
    assert torch.allclose(model.score(head, relation, tail), expected)


@EACH
def test_scores_against_all_entities_are_those_of_single_facts(name):
    model, (head, relation, tail) = make(name), some_facts()
    tails, heads = model.score_tails(head, relation), model.score_heads(relation, tail)
    assert tails.shape == heads.shape == (len(head), NUM_ENTITIES)
    for entity in range(NUM_ENTITIES):
        same = torch.full_like(head, entity)
        assert torch.allclose(tails[:, entity], model.score(head, relation, same), atol=1e-6)
        assert torch.allclose(heads[:, entity], model.score(same, relation, tail), atol=1e-6)


@EACH
def test_a_model_has_a_name_a_paper_and_an_equation(name):
    assert MODELS[name].name == name
    assert "Source: " in MODELS[name].__doc__
    assert "Score = " in MODELS[name].__doc__


def swapped(model, head, relation, tail):
    return torch.allclose(model.score(head, relation, tail), model.score(tail, relation, head))


def test_only_distmult_cannot_tell_a_fact_from_its_inverse():
    head, relation, tail = some_facts()
    assert [name for name in MODELS if swapped(make(name), head, relation, tail)] == ["distmult"]


@pytest.mark.parametrize(
    ("name", "inverse"),
    [
        ("transe", lambda relation: -relation),
        ("rotate", lambda relation: -relation),
        ("complex", lambda relation: torch.cat([relation[:, : SIZE // 2], -relation[:, SIZE // 2 :]], dim=1)),
    ],
)
def test_the_inverse_relation_scores_the_fact_turned_round_alike(name, inverse):
    model, (head, relation, tail) = make(name), some_facts()
    forward = model.score(head, relation, tail)
    with torch.no_grad():
        model.relation.copy_(inverse(model.relation))
    assert torch.allclose(model.score(tail, relation, head), forward)


def test_rotations_keep_lengths_and_follow_one_another():
    model = make("rotate")
    head = model.entity[:5]
    one, other = model.relation[:1], model.relation[1:2]
    turned = model.move_head(head, one)
    assert torch.allclose(turned.norm(dim=1), head.norm(dim=1))
    assert torch.allclose(model.move_head(turned, other), model.move_head(head, one + other))
    assert torch.allclose(model.move_head(head, one + 2 * math.pi), turned)
    assert torch.allclose(model.move_tail(turned, one), head)
