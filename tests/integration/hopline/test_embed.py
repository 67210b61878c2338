"""Embedding the knowledge graph as a step of its own, and as input of the network."""

import json

import numpy as np
import polars as pl
import pytest

from hopline.errors import ConfigError, InputError, SchemaError, TrainingError
from hopline.run_folder import read_run
from tests.small_files import SIZE
from tests.small_releases import rows

pytestmark = pytest.mark.integration

DIRECTORS = 4


@pytest.fixture
def facts(workplace):
    """Every film has two more facts, so that some can be held out."""
    with (workplace / "films" / "films.kg").open("a") as kg:
        kg.writelines(f"e{film}\tshot_in\ttown {film % 4}\ne{film}\ttold_in\tlanguage {film % 2}\n" for film in range(SIZE))
    return workplace


def test_vectors_are_in_the_run_folder_and_on_the_nodes_and_the_figures_are_told(hopline, facts, database):
    hopline("import", "films", "--quiet")
    status, out, err = hopline("embed", "--model", "transe", "--size", "8", "--epochs", "4", "--write", "my kge", "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert (told["model"], told["num_facts"], told["num_relations"]) == ("transe", 3 * SIZE, 3)
    assert told["test"].keys() == told["valid"].keys() == {"mrr", "hits@1", "hits@3", "hits@10"}
    assert told["num_vectors"] == {"Item": SIZE, "Entity": DIRECTORS + 4 + 2}
    frame = pl.read_parquet(facts / told["file"])
    assert frame.columns == ["label", "id", "vector"]
    on_nodes = rows(
        database, "MATCH (n) WHERE n.`my kge` IS NOT NULL RETURN labels(n)[0] AS label, n.id AS id, n.`my kge` AS v"
    )
    assert len(on_nodes) == frame.height == sum(told["num_vectors"].values())
    vector_of = {(row["label"], str(row["id"])): row["v"] for row in on_nodes}
    for label, key, vector in frame.iter_rows():
        assert np.allclose(vector_of[label, key], vector)
    nearest = (
        "MATCH (a:Item {id: 'f0'}), (b:Item) RETURN b.id AS id ORDER BY vector.similarity.cosine(a.`my kge`, b.`my kge`) DESC"
    )
    assert rows(database, nearest)[0]["id"] == "f0"


def test_the_table_tells_both_parts(hopline, facts):
    hopline("import", "films", "--quiet")
    status, out, err = hopline("embed", "--size", "8", "--epochs", "2", "--quiet")
    assert (status, err) == (0, "")
    assert all(word in out for word in ("rotate", "validation", "test", "mrr", "kge.parquet"))


def test_embedding_is_repeatable_and_the_seed_changes_it(recommender, facts):
    recommender.load("films")

    def vectors(seed):
        return recommender.compile(kge={"epochs": 2, "embedding_size": 8, "seed": seed}).embed().vectors[0].vectors.tobytes()

    assert vectors(0) == vectors(0) != vectors(1)


def test_the_network_can_take_the_vectors_as_input(recommender, facts):
    recommender.load("films")

    def items(**kge):
        recommender.compile(train={"epochs": 1}, kge={"epochs": 2, "embedding_size": 8} | kge).fit()
        return read_run(recommender.config.run_folder).items[0].vectors

    without, with_vectors, again = items(), items(input=True), items(input=True)
    assert not np.array_equal(without, with_vectors)
    assert np.array_equal(with_vectors, again)


def test_what_cannot_be_embedded_is_said(recommender, facts):
    with pytest.raises(SchemaError, match="no schema yet"):
        recommender.embed()
    with pytest.raises(ConfigError, match=r"\[kge\] has a mistake: model: Input should be 'transe', 'distmult'"):
        recommender.compile(kge={"model": "nothing"})
    with pytest.raises(ConfigError, match=r"\[kge\] has a mistake: embedding_size: Input should be a multiple of 2"):
        recommender.compile(kge={"embedding_size": 7})
    recommender.load("films")
    for taken, why in (("title", "uses it for Item"), ("id", "uses it for User, Item, Entity"), ("hopline_v1", "begins with")):
        with pytest.raises(SchemaError, match=why):
            recommender.embed(write=taken)


def test_too_few_facts_and_none_are_told_apart(recommender, database):
    recommender.load("films")
    with pytest.raises(InputError, match=r"24 facts between 24 pairs of nodes, of which 0 can be spared"):
        recommender.embed()
    rows(database, "MATCH (:Item)-[fact]->(:Entity) DELETE fact")
    with pytest.raises(TrainingError, match="no facts to embed"):
        recommender.embed()
