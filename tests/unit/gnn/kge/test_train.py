import numpy as np
import pytest
import torch

from gnn.errors import TrainingError
from gnn.kge import KgeConfig, evaluate_facts, train_embedding
from gnn.kge.models import MODELS
from gnn.kge.row_adam import RowAdam
from loaders.triples import Triples

EACH = pytest.mark.parametrize("name", MODELS)
PEOPLE, TOWNS = 40, 4


def planted(isolated=0):
    """People live in the town, and speak the language, of their number modulo 4: what is held out follows from the rest."""
    people = np.arange(PEOPLE)
    town, language = PEOPLE + people % TOWNS, PEOPLE + TOWNS + people % TOWNS
    held = people % 5 == 0
    heads = np.concatenate([people, people[~held]])
    tails = np.concatenate([town, language[~held]])
    relation = np.repeat([0, 1], [PEOPLE, int((~held).sum())])
    size = PEOPLE + 2 * TOWNS + isolated
    return (
        Triples(heads, relation, tails, size, 2),
        Triples(people[held], np.ones(int(held.sum()), np.int64), language[held], size, 2),
    )


QUICK = {"embedding_size": 16, "batch_size": 16, "num_negatives": 64, "epochs": 60, "learning_rate": 0.02}


@EACH
def test_the_language_that_follows_from_the_town_ranks_before_all_others(name):
    facts, held = planted()
    model = train_embedding(facts, KgeConfig(model=name, **QUICK)).model
    tails = model.score_tails(torch.from_numpy(held.head), torch.from_numpy(held.relation))
    languages = PEOPLE + TOWNS
    assert (languages + tails[:, languages:].argmax(dim=1)).tolist() == held.tail.tolist()
    assert evaluate_facts(model, held, [facts])["hits@10"] > 0.7


@EACH
def test_one_seed_gives_the_same_vectors_and_another_others(name):
    facts, _ = planted()
    config = KgeConfig(model=name, **QUICK | {"epochs": 3, "num_negatives": 8})
    one, same, other = (
        train_embedding(facts, config.model_copy(update={"seed": seed})).vectors().tobytes() for seed in (0, 0, 1)
    )
    assert one == same != other


def test_training_stops_when_validation_no_longer_gains_and_gives_the_best_epoch():
    facts, held = planted()
    config = KgeConfig(**QUICK | {"epochs": 200}, validate_every=1, patience=3)
    trained = train_embedding(facts, config, valid=held)
    assert len(trained.history) == trained.best_epoch + 3
    assert evaluate_facts(trained.model, held, [facts])["mrr"] == max(record.metrics["mrr"] for record in trained.history)


def test_an_entity_without_a_fact_has_no_vector():
    facts, _ = planted(isolated=3)
    vectors = train_embedding(facts, KgeConfig(**QUICK | {"epochs": 2})).vectors()
    assert vectors.shape == (PEOPLE + 2 * TOWNS + 3, 16)
    assert not vectors[-3:].any()
    assert vectors[:-3].any(axis=1).all()


@EACH
def test_one_relation_alone_can_be_learnt(name):
    facts, _ = planted()
    only = facts.take(facts.relation == 0)
    only = Triples(only.head, only.relation, only.tail, only.num_entities, 1)
    history = train_embedding(only, KgeConfig(model=name, **QUICK | {"epochs": 8})).history
    assert history[-1].losses[name] < history[0].losses[name]


def test_a_graph_without_facts_is_refused():
    with pytest.raises(TrainingError, match="no facts to embed: no relationship kind with the role 'knowledge'"):
        train_embedding(planted()[0].take(np.arange(0)), KgeConfig())


@EACH
def test_a_loss_that_is_no_number_stops_and_says_what_to_lower(name):
    with pytest.raises(TrainingError, match=rf"the loss of {name} became .* in epoch \d+, step \d+; lower kge\.learning_rate"):
        train_embedding(planted()[0], KgeConfig(model=name, **QUICK | {"learning_rate": 1e30}))


def test_a_row_moves_as_under_adam_and_the_others_stay():
    torch.manual_seed(0)
    table = torch.randn(5, 3)
    start = table.clone()
    reference = start[[1, 3]].clone().requires_grad_()
    adam, ours = torch.optim.Adam([reference], lr=0.1), RowAdam(table, 0.1)
    for _ in range(4):
        gradient = torch.randn(2, 3)
        reference.grad = gradient.clone()
        adam.step()
        ours.step(torch.tensor([1, 3]), gradient)
    assert torch.allclose(table[[1, 3]], reference.detach(), atol=1e-6)
    assert torch.equal(table[[0, 2, 4]], start[[0, 2, 4]])
