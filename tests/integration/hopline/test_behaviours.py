"""A shop's graph, with clicks, carts, purchases and dislikes, through cleaning, training and evaluation."""

import json

import polars as pl
import pytest

from hopline.config import read_config
from hopline.run_folder import read_run
from tests.small_releases import rows

TOML = """
[graph_schema]
nodes = [
    { label = "Person", role = "user" },
    { label = "Good", role = "item" },
]
edges = [
    { source = "Person", type = "CLICKED", target = "Good", role = "interaction", time = "at" },
    { source = "Person", type = "ADDED_TO_CART", target = "Good", role = "interaction", time = "at" },
    { source = "Person", type = "BOUGHT", target = "Good", role = "interaction", time = "at" },
    { source = "Person", type = "DISLIKED", target = "Good", role = "interaction", time = "at" },
]
[model]
embedding_size = 8
[train]
epochs = 2
fanout = 5
[split]
target = ["purchase"]
[behaviours]
half_life_days = 30
session_decay = 0.9
"""


@pytest.fixture
def shop(workplace, database):
    (workplace / "hopline.toml").write_text(TOML)
    rows(
        database,
        "UNWIND range(0, 19) AS n CREATE (:Person {id: 'p' + n}), (:Good {id: 'g' + n}) ",
    )
    for type_, often in (("CLICKED", 1), ("ADDED_TO_CART", 3), ("BOUGHT", 1), ("DISLIKED", 0)):
        rows(
            database,
            "MATCH (p:Person), (g:Good) WITH p, g, toInteger(substring(p.id, 1)) AS u, toInteger(substring(g.id, 1)) AS i "
            "WHERE CASE $often WHEN 0 THEN u = i + 1 ELSE u % 2 = i % 2 AND (u + i) % $often = 0 END "
            f"CREATE (p)-[:{type_} {{at: 1600000000 + 86400 * i + u}}]->(g)",
            often=often,
        )
    rows(database, "MATCH (p:Person {id: 'p0'})-[r:BOUGHT]->(g) WITH p, g, r LIMIT 1 CREATE (p)-[:BOUGHT {at: r.at}]->(g)")
    rows(database, "MATCH (p:Person {id: 'p1'})-[r:CLICKED]->(g) WITH r LIMIT 1 SET r.at = 9999999999")
    return workplace


def test_a_shop_is_cleaned_trained_on_and_measured_by_its_purchases(shop, hopline):
    status, out, _ = hopline("clean", "--json", "--rows", "aside.parquet")
    told = json.loads(out)
    counts = {rule["rule"]: rule for rule in told["rules"]}
    assert status == 0
    assert (counts["time_travel"]["dropped"], counts["duplicates"]["dropped"]) == (1, 1)
    assert pl.read_parquet("aside.parquet")["source_id"].to_list() == ["p1", "p0"]
    status, out, _ = hopline("describe", "--json")
    tasks = {edge["type"]: (edge["behaviour"], edge["weight"], edge["tasks"]) for edge in json.loads(out)["edges"]}
    assert tasks["BOUGHT"] == ("purchase", 1, ["ranking"])
    assert tasks["DISLIKED"] == ("dislike", 0, [])
    status, _, err = hopline("train")
    assert status == 0
    assert "time_travel 1 dropped" in err
    run = read_run(read_config().run_folder)
    assert run.cleaning["kept"] == told["kept"] == told["interactions"] - 2
    assert (read_config().run_folder / "cleaned.parquet").is_file()
    status, out, _ = hopline("evaluate", "--no-tune", "--json")
    assert status == 0
    assert json.loads(out)["models"]["hopline"]["metrics"]["ndcg@20"] == pytest.approx(run.metrics["ndcg@20"])
    status, out, _ = hopline("clean")
    assert "training would learn from" in out


def test_a_target_that_nobody_does_is_refused(shop, hopline):
    (shop / "hopline.toml").write_text(TOML.replace('["purchase"]', '["purchas"]'))
    status, _, err = hopline("train")
    assert status == 1
    assert "[split] target names ['purchas']" in err
