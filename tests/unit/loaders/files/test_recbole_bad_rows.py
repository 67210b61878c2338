"""A row that cannot be used is set aside with its file, line and reason, and the rest of the file is used."""

import pytest

from tests.whole_tables import read_tables

INTER = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
ITEM = "item_id:token\ttitle:token\tyear:float\n"
KG = "head_id:token\trelation_id:token\ttail_id:token\n"
LINK = "item_id:token\tentity_id:token\n"
GOOD = "u\ti\t1\t1\n"


def set_aside(tables):
    return tables.set_aside.rows()


def interactions(tables):
    return tables.edges[0].frame.rows()


@pytest.mark.parametrize("cell", ["five", "nan", "inf", "-inf", "1,5", "0x10", "1 2"])
def test_a_rating_that_is_no_number_sets_its_row_aside(folder, cell):
    tables = read_tables(folder({"a.inter": INTER + GOOD + f"v\ti\t{cell}\t7\n"}))
    assert set_aside(tables) == [("a.inter", 3, "rating is not a number", f"v\ti\t{cell}\t7")]
    assert interactions(tables) == [("u", "i", 1.0, 1)]


@pytest.mark.parametrize(("row", "column"), [("v\ti\t1e300\t7", "rating"), ("v\ti\t1\t-1e30", "timestamp")])
def test_a_number_too_large_sets_its_row_aside(folder, row, column):
    tables = read_tables(folder({"a.inter": INTER + GOOD + row + "\n"}))
    assert set_aside(tables) == [("a.inter", 3, f"{column} is too large a number", row)]


def test_an_item_with_a_wrong_type_in_a_cell_is_set_aside_and_so_are_its_interactions(folder):
    tables = read_tables(folder({"a.inter": INTER + GOOD + "u\tj\t1\t1\n", "a.item": ITEM + "i\tx\t1999\nj\ty\tMCMXCIX\n"}))
    assert set_aside(tables) == [
        ("a.inter", 3, "item_id is not in a.item", "u\tj\t1\t1"),
        ("a.item", 3, "year is not a number", "j\ty\tMCMXCIX"),
    ]


@pytest.mark.parametrize("row", ["v\ti\t1", "v\ti\t1\t1\t1", "v", "v\ti\t1\t1\t"])
def test_a_ragged_row_is_set_aside(folder, row):
    tables = read_tables(folder({"a.inter": INTER + row + "\n" + GOOD}))
    assert set_aside(tables) == [("a.inter", 2, "ragged row: expected 4 fields", row)]
    assert interactions(tables) == [("u", "i", 1.0, 1)]


@pytest.mark.parametrize(("row", "column"), [("\ti\t1\t1", "user_id"), ("u\t \t1\t1", "item_id")])
def test_an_interaction_without_an_id_is_set_aside(folder, row, column):
    tables = read_tables(folder({"a.inter": INTER + GOOD + row + "\n"}))
    assert set_aside(tables) == [("a.inter", 3, f"empty {column}", row)]


def test_an_interaction_with_an_unknown_item_is_set_aside(folder):
    tables = read_tables(folder({"a.inter": INTER + GOOD + "u\tghost\t1\t1\n", "a.item": ITEM + "i\tx\t1999\n"}))
    assert set_aside(tables) == [("a.inter", 3, "item_id is not in a.item", "u\tghost\t1\t1")]


def test_an_interaction_with_an_unknown_user_is_set_aside(folder):
    tables = read_tables(folder({"a.inter": INTER + GOOD + "ghost\ti\t1\t1\n", "a.user": "user_id:token\nu\n"}))
    assert set_aside(tables) == [("a.inter", 3, "user_id is not in a.user", "ghost\ti\t1\t1")]


def test_of_duplicate_ids_the_first_is_kept(folder):
    tables = read_tables(folder({"a.inter": INTER + GOOD, "a.item": ITEM + "i\tfirst\t1\nj\tother\t2\ni\tsecond\t3\n"}))
    assert set_aside(tables) == [("a.item", 4, "item_id came before, the first is kept", "i\tsecond\t3")]
    assert tables.nodes[1].frame["title"].to_list() == ["first", "other"]


def test_of_repeated_interactions_the_latest_by_time_is_kept(folder):
    tables = read_tables(folder({"a.inter": INTER + "u\ti\t1\t10\nu\ti\t2\t30\nu\ti\t3\t20\nu\ti\t4\t\n"}))
    assert interactions(tables) == [("u", "i", 2.0, 30)]
    assert [(line, reason) for _, line, reason, _ in set_aside(tables)] == [
        (line, "repeated interaction, the latest is kept") for line in (2, 4, 5)
    ]


def test_of_repeated_interactions_without_times_the_last_line_is_kept(folder):
    header = "user_id:token\titem_id:token\trating:float\n"
    tables = read_tables(folder({"a.inter": header + "u\ti\t1\nu\ti\t2\n"}))
    assert interactions(tables) == [("u", "i", 2.0)]
    assert [line for _, line, _, _ in set_aside(tables)] == [2]


def knowledge(folder, links, facts="m1\tr\tm2\n"):
    files = {"a.inter": INTER + GOOD + "u\tj\t1\t1\n", "a.kg": KG + facts, "a.link": LINK + links}
    return read_tables(folder(files))


def test_a_link_to_no_entity_is_set_aside(folder):
    tables = knowledge(folder, "i\tm1\nj\tm404\n")
    assert set_aside(tables) == [("a.link", 3, "entity_id is not in the .kg file", "j\tm404")]


def test_a_link_to_no_item_is_set_aside(folder):
    tables = knowledge(folder, "i\tm1\nghost\tm2\n")
    assert set_aside(tables) == [("a.link", 3, "item_id is not in the .item file or any interaction", "ghost\tm2")]
    assert tables.nodes[2].frame["id"].to_list() == ["m2"]


def test_of_two_links_of_one_item_the_first_is_kept(folder):
    tables = knowledge(folder, "i\tm1\ni\tm2\n")
    assert set_aside(tables) == [("a.link", 3, "item_id came before, the first is kept", "i\tm2")]


def test_two_items_of_one_entity_both_have_its_facts(folder):
    tables = knowledge(folder, "i\tm1\nj\tm1\n")
    assert tables.edges[1].frame.rows() == [("i", "m2"), ("j", "m2")]
    assert tables.set_aside.is_empty()


def test_a_fact_stated_twice_is_kept_once_and_the_other_set_aside(folder):
    tables = knowledge(folder, "i\tm1\n", "m1\tr\tm2\nm1\tr\tm2\nm2\tr\tm1\n")
    reason = "head_id and relation_id and tail_id came before, the first is kept"
    assert set_aside(tables) == [("a.kg", 3, reason, "m1\tr\tm2")]


@pytest.mark.parametrize(("row", "column"), [("\tr\tm1", "head_id"), ("m1\t\tm2", "relation_id"), ("m1\tr\t", "tail_id")])
def test_a_fact_that_lacks_a_part_is_set_aside(folder, row, column):
    tables = knowledge(folder, "i\tm1\n", f"m1\tr\tm2\n{row}\n")
    assert set_aside(tables) == [("a.kg", 3, f"empty {column}", row)]
