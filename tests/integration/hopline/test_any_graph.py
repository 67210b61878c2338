"""A graph that nobody prepared: awkward names, composite keys, mixed ids, odd values; no edit from init to recommend."""

import json

import pytest

from graph.inspect import propose_schema
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.snapshot import read_snapshot
from hopline.config import read_config
from hopline.config_file import config_text
from hopline.errors import SchemaError
from tests.small_releases import rows

pytestmark = pytest.mark.integration

CUSTOMERS = """
UNWIND range(0, 23) AS n
CREATE (:Person:`Web``shop user` {shop: ['eu|west', 'us'][n % 2], nr: n / 2, born: date('1980-01-01') + duration({months: n}),
                                  home: point({latitude: 50.0 + n, longitude: 8.0}), vip: n % 3 = 0})
"""
ARTICLES = """
UNWIND range(0, 23) AS n
CREATE (:`Good s` {`art no`: CASE WHEN n % 4 = 0 THEN n ELSE 'a' + n END, name: 'Thing ' + n, tags: [['even', 'odd'][n % 2]],
                   price: CASE WHEN n % 8 = 0 THEN 'on request' ELSE n * 1.5 END})
"""
BOUGHT = """
MATCH (u:`Web``shop user`), (g:`Good s`)
WITH u, g, toInteger(substring(g.name, 6)) AS i, u.nr * 2 + CASE u.shop WHEN 'us' THEN 1 ELSE 0 END AS p
WHERE p % 2 = i % 2 AND i <> (p + 6) % 24
CREATE (g)-[:`was bought by` {when: datetime({epochSeconds: 1700000000 + 3600 * i}), stars: toString(3 + (p + i) % 3)}]->(u)
"""
MAKERS = "MATCH (g:`Good s`) MERGE (m {name: 'Maker'}) SET m:Maker CREATE (g)-[:`made by`]->(m), (g)-[:RELATED]->(g)"


@pytest.fixture
def awkward(database):
    rows(database, "CREATE CONSTRAINT FOR (u:`Web``shop user`) REQUIRE (u.shop, u.nr) IS UNIQUE")
    for text in (CUSTOMERS, ARTICLES, BOUGHT, MAKERS):
        rows(database, text)


@pytest.fixture
def awkward_place(workplace, awkward):
    (workplace / "hopline.toml").unlink()
    return workplace


def as_json(result):
    status, out, err = result
    assert (status, err) == (0, ""), err
    return json.loads(out)


def test_from_init_to_recommend_without_an_edit(hopline, awkward_place, database):
    found = as_json(hopline("init", "--json"))
    assert {node["label"]: (node["role"], node["key"]) for node in found["nodes"]} == {
        "Web`shop user": ("user", "hopline_id"),
        "Good s": ("item", "art no"),
        "Maker": ("entity", "name"),
    }
    (bought,) = [edge for edge in found["edges"] if edge["role"] == "interaction"]
    assert (bought["value"], bought["time"], bought["reversed"]) == ("stars", "when", True)
    as_json(hopline("train", "--epochs", "6", "--json"))
    as_json(hopline("publish", "--json"))
    user = "eu\\|west|3"
    answer = as_json(hopline("recommend", "--user", user, "--k", "3", "--json"))
    assert answer["by_model"]
    met = {
        row["id"]
        for row in rows(
            database, "MATCH (:`Web``shop user` {hopline_id: $user})--(g:`Good s`) RETURN g.`art no` AS id", user=user
        )
    }
    assert len(met) == 11
    assert not {item["id"] for item in answer["items"]} & met
    assert answer["items"][0]["title"] == "Thing 12"  # the one of its parity that this user has not met
    for item in ("4", "a1"):  # a whole number and text, both as they are typed
        assert as_json(hopline("similar", "--item", item, "--json"))["items"]
    why = as_json(hopline("explain", "--user", user, "--item", answer["items"][0]["id"], "--json"))
    assert why["paths"]
    described = as_json(hopline("describe", "--json"))
    assert [edge["count"] for edge in described["edges"] if edge["role"] == "interaction"] == [bought["count"]]


def test_init_writes_no_file_over_another_and_nothing_to_the_graph(hopline, awkward_place, database):
    as_json(hopline("init", "--json"))
    status, _, err = hopline("init")
    assert status == 1
    assert "--force" in err
    assert not rows(database, "MATCH (n) WHERE n.hopline_id IS NOT NULL RETURN n")
    assert hopline("init", "--force")[0] == 0


def test_the_file_gives_back_the_schema_that_was_proposed(awkward_place, database):
    proposal = propose_schema(database)
    (awkward_place / "hopline.toml").write_text(config_text(proposal, "here"), encoding="utf-8")
    assert read_config().graph_schema == proposal.schema


def test_every_kind_says_what_its_guess_rests_on_and_no_name_ends_a_comment(awkward_place, database):
    proposal = propose_schema(database)
    text = config_text(proposal, "a\nb")
    guessed = [line for line in text.splitlines() if line.startswith(("label = ", "type = "))]
    assert len(guessed) == len(proposal.schema.nodes) + len(proposal.schema.edges)
    assert all("  # " in line for line in guessed)
    assert "# Written by `hopline init` for a b." in text


USER = NodeKind(label="U", key="k", role=NodeRole.USER)
ITEM = NodeKind(label="I", key="k", role=NodeRole.ITEM)
SAW = EdgeKind(source="U", type="SAW", target="I", role=EdgeRole.INTERACTION, value="v", time="t")
SMALL = Schema(nodes=(USER, ITEM), edges=(SAW,))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("CREATE (:U {k: 7}), (:U {k: '7'})", r"2 U nodes have the k 7 \(7, '7'\) and cannot be told apart"),
        ("CREATE (:U {k: 7}), (:U {k: 7.0})", "2 U nodes have the k 7"),
        ("CREATE (:U {k: date('2020-01-01')})", "an id must be text or a number"),
        ("CREATE (:U {k: true})", "an id must be text or a number"),
    ],
)
def test_ids_that_cannot_be_told_apart_or_are_none_are_refused(database, made, message):
    rows(database, made)
    with pytest.raises(SchemaError, match=message):
        read_snapshot(database, SMALL)


def test_values_and_times_of_any_kind_are_read_and_what_is_none_is_counted(database):
    rows(
        database,
        "CREATE (u:U {k: 1}), (:U), (i:I {k: 1}), (j:I {k: 2}), (l:I {k: 3}), (:I) "
        "CREATE (u)-[:SAW {v: '4.5', t: datetime('2024-01-01T00:00:00Z')}]->(i), (u)-[:SAW {v: 'bad', t: '2024-01-02'}]->(j), "
        "(u)-[:SAW {v: 2, t: 1704067200000}]->(l)",
    )
    snapshot = read_snapshot(database, SMALL)
    columns = snapshot.edges[SAW.triple]
    assert columns.time.tolist() == [1704067200, 1704153600, 1704067200]
    assert columns.value[[0, 2]].tolist() == [4.5, 2.0]
    assert snapshot.unusable == {(SAW.triple, "v"): 1}
    told = snapshot.left_out()
    assert told == [
        "1 U nodes have no k and were left out",
        "1 I nodes have no k and were left out",
        "1 SAW relationships have a v that is no number or moment; it is taken as missing",
    ]
