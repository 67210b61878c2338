"""``hopline explore`` on a real server, and the example that runs from top to bottom on the same films."""

import json
import runpy

import polars as pl
import pytest

from tests.small_files import SIZE
from tests.small_releases import rows

pytestmark = pytest.mark.integration


@pytest.fixture
def explore(hopline, workplace):
    assert hopline("import", "films", "--quiet")[0] == 0

    def run(*arguments):
        return hopline("explore", *arguments)

    return run


def as_json(result):
    status, out, err = result
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    return json.loads(out)


def shown(result):
    status, out, err = result
    assert (status, err) == (0, "")
    return " ".join(out.split())


def test_neighbours_are_shown_told_and_given_as_a_statement(explore, database):
    told = as_json(explore("neighbours", "Item:f2", "--limit", "3", "--json"))
    assert told["centre"] == ["Item", "f2"]
    assert sorted(one["type"] for one in told["relationships"]) == ["DIRECTED_BY", "RATED", "RATED", "RATED"]
    assert f"which has {SIZE // 2} relationships" in shown(explore("neighbours", "Item:f2"))
    assert len(rows(database, explore("neighbours", "Item:f2", "--cypher")[1])) == 1


def test_paths_are_shown_and_no_path_is_said(explore):
    told = as_json(explore("paths", "Item:f0", "Item:f4", "--type", "DIRECTED_BY", "--json"))
    assert [path["types"] for path in told["paths"]] == [["DIRECTED_BY", "DIRECTED_BY"]]
    assert "Item f0 (Film number 0 [0])" in shown(explore("paths", "Item:f0", "Item:f4"))
    nothing = shown(explore("paths", "Item:f0", "Item:f1", "--type", "DIRECTED_BY"))
    assert nothing == "no path of at most 4 relationships leads from Item:f0 to Item:f1"


def test_degrees_and_popularity_are_shown_and_told(explore):
    told = as_json(explore("degrees", "--type", "RATED", "--json"))
    assert [row["nodes"] for row in told["degrees"]] == [SIZE, SIZE]
    assert "gini" in shown(explore("degrees"))
    assert "from" in shown(explore("degrees", "--histogram"))
    told = as_json(explore("popularity", "--k", "3", "--by", "day", "--json"))
    assert len(told["items"]) == 3
    assert sum(row["interactions"] for row in told["over_time"]) == told["summary"]["interactions"]
    assert "Film number" in shown(explore("popularity", "--k", "2"))
    assert "2023-11" in shown(explore("popularity", "--by", "month"))


def test_communities_are_the_two_colours_of_the_board(explore):
    told = as_json(explore("communities", "--json"))
    assert [one["size"] for one in told["communities"]] == [SIZE // 2, SIZE // 2]
    assert {one["typical"][0]["value"] for one in told["communities"]} <= {"even", "odd"} | {f"director {n}" for n in range(4)}
    assert "by who met them; modularity 0.5" in shown(explore("communities"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("neighbours", "f2"), "got 'f2'; expected LABEL:ID, such as User:1"),
        (("neighbours", "Item:Film number 2"), "near it are 'f2' (Film number 2 [2])"),
        (("neighbours", "Item:f2", "--depth", "9"), "got depth 9; expected 1 to 3"),
        (("paths", "Item:f2", "Item:f2"), "both ends are Item 'f2'; expected two nodes"),
        (("communities", "--by", "vectors"), "nothing is published yet"),
    ],
)
def test_mistakes_are_one_message(explore, arguments, message):
    status, out, err = explore(*arguments, "--json")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert message in err


def test_the_example_runs_from_top_to_bottom(explore, pytestconfig, capsys):
    with pl.Config():  # the example sets how wide frames are shown
        runpy.run_path(str(pytestconfig.rootpath / "examples" / "explore" / "explore.py"))
    out = capsys.readouterr().out
    assert "flowchart LR" in out
    assert "by interactions, modularity 0.50" in out
    assert f"{SIZE // 2} items, such as Film number" in out
    assert "relationships: DIRECTED_BY, RATED" in out
