"""Public data sets as they are, against the counts published with them.

The data may not be shipped, so it is looked for beside the repository and the tests skip without it.
"""

from pathlib import Path

import pytest

from graph.schema import EdgeRole
from tests.whole_tables import read_tables

DATA = Path(__file__).parents[5] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data sets are not beside the repository")


def counts(tables):
    facts = [table for table in tables.edges if table.kind.role is EdgeRole.KNOWLEDGE]
    return {table.label: table.frame.height for table in tables.nodes} | {
        "interactions": sum(table.frame.height for table in tables.edges if table.kind.role is EdgeRole.INTERACTION),
        "facts": sum(table.frame.height for table in facts),
        "relations": len({table.kind.type for table in facts}),
        "set aside": tables.set_aside.height,
    }


def test_movielens_100k_with_its_knowledge_graph():
    tables = read_tables(DATA / "ml100k")
    assert counts(tables) == {
        "User": 943,
        "Item": 1_682,
        "Entity": 34_628 - 1_598,  # of the entities, these are items
        "interactions": 100_000,
        "facts": 91_631,
        "relations": 24,
        "set aside": 0,
    }
    items = next(table.frame for table in tables.nodes if table.label == "Item")
    assert tables.schema.items[0].title == "movie_title"
    assert items["movie_title"][0] == "Toy Story"
    assert items["class"][0].to_list() == ["Animation", "Children's", "Comedy"]
    assert {feature.name for feature in tables.schema.user.features} == {"age", "gender", "occupation"}


def test_last_fm_in_the_layout_of_kgcn():
    tables = read_tables(DATA / "lastfm-kg")
    assert counts(tables) == {
        "User": 1_892,
        "Item": 17_632,
        "Entity": 9_366 - 3_846,
        "interactions": 92_834,
        "facts": 15_518,
        "relations": 60,
        "set aside": 0,
    }
    friends = next(table.frame for table in tables.edges if table.kind.role is EdgeRole.SOCIAL)
    assert friends.height == 25_434 // 2  # the file has each pair both ways round


def test_last_fm_in_pair_files():
    tables = read_tables(DATA / "lastfm-social")
    repeated = tables.set_aside.filter(tables.set_aside["file"] == "artist_tag.dat").height  # of other users, who are not named
    assert counts(tables) == {
        "User": 1_892,
        "Artist": 17_632,
        "Tag": 9_718,
        "interactions": 92_834,
        "facts": 184_941 - repeated,
        "relations": 1,
        "set aside": repeated,
    }
    friends = next(table.frame for table in tables.edges if table.kind.role is EdgeRole.SOCIAL)
    assert friends.height == 25_434 // 2


def test_taobao_with_its_carts():
    tables = read_tables(DATA / "taobao")
    found = {table.kind.type: table.frame for table in tables.edges}
    lines = {name: (DATA / "taobao" / f"{name}.txt").read_text().split("\n") for name in ("train", "test", "cart")}
    pairs = {name: {(line.split()[0], item) for line in found for item in line.split()[1:]} for name, found in lines.items()}
    assert set(found["BOUGHT"].rows()) == pairs["train"] | pairs["test"]
    assert set(found["ADDED_TO_CART"].rows()) == pairs["cart"]
    assert found["BOUGHT"]["source"].n_unique() == 48_749
    assert found["ADDED_TO_CART"]["source"].n_unique() == 37_689
