"""Friends, followers and groups, from a graph to an answer."""

import json
from pathlib import Path

import polars as pl
import pytest

from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from graph.write import write_tables
from hopline.run_folder import read_run
from loaders import set_aside
from tests.small_releases import rows

pytestmark = pytest.mark.integration

SIZE = 24
USER, SONG, GROUP = (
    NodeKind(label="User", role=NodeRole.USER, title="name"),
    NodeKind(label="Song", role=NodeRole.ITEM),
    NodeKind(label="Group", role=NodeRole.ITEM),
)
PLAYED = EdgeKind(source="User", type="PLAYED", target="Song", role=EdgeRole.INTERACTION)
JOINED = EdgeKind(source="User", type="JOINED", target="Group", role=EdgeRole.INTERACTION)
FRIEND = EdgeKind(source="User", type="FRIEND", target="User", role=EdgeRole.SOCIAL)
SCHEMA = Schema(nodes=(USER, SONG, GROUP), edges=(PLAYED, JOINED, FRIEND))


def withheld(user):
    return (user + 6) % SIZE


def pairs(found):
    return pl.DataFrame({SOURCE: [f"u{one}" for one, _ in found], TARGET: [other for _, other in found]})


@pytest.fixture
def published(recommender, database):
    """Even users are friends, play and join alike, odd ones too; a song, a group and a friend of each user's kind are left."""
    alike = [(u, n) for u in range(SIZE) for n in range(SIZE) if u % 2 == n % 2 and n != withheld(u)]
    friends = [(f"u{u}", f"u{n}") for u, n in alike if u < n and u != withheld(n)]
    tables = Tables(
        SCHEMA,
        (
            NodeTable("User", pl.DataFrame({"id": [f"u{u}" for u in range(SIZE)], "name": [f"User {u}" for u in range(SIZE)]})),
            NodeTable("Song", pl.DataFrame({"id": [f"s{n}" for n in range(SIZE)]})),
            NodeTable("Group", pl.DataFrame({"id": [f"g{n}" for n in range(SIZE)]})),
        ),
        (
            EdgeTable(PLAYED, pairs([(u, f"s{n}") for u, n in alike])),
            EdgeTable(JOINED, pairs([(u, f"g{n}") for u, n in alike])),
            EdgeTable(FRIEND, pl.DataFrame({SOURCE: [one for one, _ in friends], TARGET: [other for _, other in friends]})),
        ),
        set_aside.empty(),
    )
    write_tables(database, tables)
    recommender.compile(tasks={"people": {}, "ranking": {"batch_size": 32}}, train={"epochs": 15}).fit().publish()
    return recommender


def test_friends_and_groups_of_ones_kind_are_suggested(published, hopline):
    for user in range(SIZE):
        found = published.people(f"u{user}", 2)
        kind = {int(one.id[1:]) % 2 for one in found.items}
        assert kind == {user % 2}
        assert found.items[0].title == f"User {found.items[0].id[1:]}"
        (group,) = published.recommend(f"u{user}", 1, domain="Group").items
        assert group.id == f"g{withheld(user)}"
    run = read_run(published.config.run_folder)
    assert run.metrics["valid/people/recall@20"] == 1
    assert set(run.fused["people"]["shares"]) == {"EASE", "iALS"}
    assert published.evaluate(peers=False).tasks["validation"]["people/ndcg@20"] > 0.5

    status, out, _ = hopline("people", "--user", "u0", "--k", "2", "--json")
    told = json.loads(out)
    assert (status, told["domain"], len(told["items"])) == (0, "User", 2)
    assert "SEARCH" in hopline("people", "--user", "u0", "--cypher")[1]
    assert "User 1" in hopline("people", "--user", "u0")[1]
    with Path("hopline.toml").open("a") as file:
        file.write('[ask.people_filters]\nname = "text"\nteam = "number"\n')
    rows(published.database, "MATCH (u:User) SET u.team = toInteger(substring(u.id, 1)) % 3")
    status, out, _ = hopline("people", "--user", "u0", "--where", "team>=1", "--where", "team<=1", "--json")
    assert (status, {int(one["id"][1:]) % 3 for one in json.loads(out)["items"]}) == (0, {1})
    assert "nobody is left to suggest who is as asked for" in hopline("people", "--user", "u0", "--where", "team=7")[1]
    status, _, err = hopline("people", "--user", "u0", "--where", "age=7")
    assert (status, "of ['name', 'team'], as [ask.people_filters] of hopline.toml" in err) == (1, True)
    status, _, err = hopline("people", "--user", "nobody")
    assert (status, err) == (1, "error: there is no User whose id is 'nobody'; check the id\n")


def test_a_graph_without_ties_says_so(workplace, hopline):
    assert hopline("import", "films", "--quiet")[0] == 0
    status, _, err = hopline("people", "--user", "u0")
    assert status == 1
    assert "the graph has no relationship between two User nodes" in err
