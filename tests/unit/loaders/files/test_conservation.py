"""Nothing is lost: every line of a file is either in a table or set aside, whatever the file holds."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.schema import EdgeRole
from loaders.files.lines import read_rows
from loaders.set_aside import SetAsideFile
from tests.small_formats import AMAZON_2018, AMAZON_RATINGS, HIN, KGAT, ML_1M, ML_100K, ML_LATEST
from tests.whole_tables import read_tables

IDS = st.sampled_from(["1", "2", "a b", "`", "'", '"', "東京", "🎬", "\u2028x", "x\r", "NaN", " ", ""])
NUMBERS = st.sampled_from(["1", "-2.5", "1e9", "", " 3 ", "1e300", "inf", "nan", "two", "5\x85"])
ANY = st.text(st.characters(exclude_characters="\n\t", exclude_categories=["Cs"]), max_size=4)


def lines(*columns, separator="\t"):
    """Rows of a file, most of them with a cell a column, some ragged; the first is usable."""
    whole = st.tuples(*columns).map(separator.join)
    ragged = st.lists(ANY, min_size=1, max_size=6).map(separator.join)
    return st.lists(st.one_of(whole, whole, whole, ragged), max_size=25)


def read(files):
    with tempfile.TemporaryDirectory() as name:
        for file, rows in files.items():
            Path(name, file).write_bytes(("\n".join(rows) + "\n").encode())
        return read_tables(Path(name))


def check(tables, file, rows, used, headers=1):
    """``used`` rows of ``file`` are in tables, the others are set aside with their line and text."""
    data = {number: row.removesuffix("\r") for number, row in enumerate(rows[headers:], headers + 1)}
    data = {number: row for number, row in data.items() if row}
    apart = tables.set_aside.filter(tables.set_aside["file"] == file)
    assert used + apart.height == len(data)
    assert apart["line"].is_unique().all()
    assert all(data[line] == row for _, line, _, row in apart.iter_rows())
    assert (apart["reason"].str.len_chars() > 0).all()


@given(inter=lines(IDS, IDS, NUMBERS, NUMBERS), user=lines(IDS, NUMBERS), item=lines(IDS, ANY, ANY), kg=lines(IDS, IDS, IDS))
@settings(deadline=None, max_examples=60)
def test_every_line_of_recbole_files_is_used_or_set_aside(inter, user, item, kg):
    files = {
        "x.inter": ["user_id:token\titem_id:token\trating:float\ttimestamp:float", "u\ti\t1\t1", *inter],
        "x.user": ["user_id:token\tage:float", "u\t1", *user],
        "x.item": ["item_id:token\ttitle:token\tgenres:token_seq", "i\tTitle\tone two", *item],
        "x.kg": ["head_id:token\trelation_id:token\ttail_id:token", "m1\tr\tm2", *kg],
    }
    tables = read(files)
    interactions, *facts = (table.frame.height for table in tables.edges)
    heights = {table.label: table.frame.height for table in tables.nodes}
    for file, used in zip(files, (interactions, heights["User"], heights["Item"], sum(facts)), strict=True):
        check(tables, file, files[file], used)


@given(plays=lines(IDS, IDS, NUMBERS), kg=lines(IDS, IDS, IDS))
@settings(deadline=None, max_examples=40)
def test_every_line_of_kgcn_files_is_used_or_set_aside(plays, kg):
    files = {
        "user_artists.dat": ["userID\tartistID\tweight", "u\ti\t1", *plays],
        "kg.txt": ["m1\tr\tm2", *kg],
        "item_index2entity_id.txt": ["i\tm1"],
    }
    tables = read(files)
    interactions, *facts = (table.frame.height for table in tables.edges)
    check(tables, "user_artists.dat", files["user_artists.dat"], interactions)
    rows_of_kg = sum(bool(row.removesuffix("\r")) for row in files["kg.txt"])
    assert sum(facts) + (tables.set_aside["file"] == "kg.txt").sum() == rows_of_kg


@given(kg=lines(IDS, IDS, IDS), links=lines(IDS, IDS))
@settings(deadline=None, max_examples=40)
def test_every_link_is_used_or_set_aside(kg, links):
    files = {
        "x.inter": ["user_id:token\titem_id:token", *(f"u\t{item}" for item in ("i", "1", "2", "a b", "`", "東京"))],
        "x.kg": ["head_id:token\trelation_id:token\ttail_id:token", "m1\tr\tm2", *kg],
        "x.link": ["item_id:token\tentity_id:token", "i\tm1", *links],
    }
    tables = read(files)
    apart = tables.set_aside.filter(tables.set_aside["file"] == "x.link")["line"].to_list()
    said = {number: row for number, row in enumerate(files["x.link"], 1) if number > 1 and row.removesuffix("\r")}
    used = [row.split("\t") for number, row in said.items() if number not in apart]
    check(tables, "x.link", files["x.link"], len(used))
    assert len({item for item, _ in used}) == len(used)
    entities = next(table.frame["id"].to_list() for table in tables.nodes if table.label == "Entity")
    assert not {entity.removesuffix("\r") for _, entity in used} & set(entities)


def objects(**fields):
    """Rows of a file of JSON objects, some without a field, some no objects; none has two values that are one."""
    whole = st.fixed_dictionaries({}, optional=fields).map(json.dumps)
    return st.lists(st.one_of(whole, whole, whole, ANY), max_size=25)


def unquoted(rows):
    return rows.map(lambda found: [row.replace('"', "'") for row in found])  # what quotes do has tests of its own


def edges_of(*types):
    return lambda tables: sum(table.frame.height for table in tables.edges if table.kind.type in types)


def nodes_of(label):
    return lambda tables: next(table.frame.height for table in tables.nodes if table.label == label)


def titled(tables):
    return next(table.frame["title"].count() for table in tables.nodes if table.label == "Item")


def facts(tables):
    return sum(table.frame.height for table in tables.edges if table.kind.role is EdgeRole.KNOWLEDGE)


ENDS = st.sampled_from(["0", "1", "2", "x y", "東京", " 1", ""])
REVIEW = {"reviewerID": IDS, "asin": IDS, "overall": NUMBERS, "unixReviewTime": NUMBERS}
GOODS = {"asin": IDS, "title": st.just("T"), "brand": ANY, "price": NUMBERS, "category": st.lists(ANY, max_size=2)}
FLAGS = st.just("|".join("0" * 19))
FORMATS = {  # → files, the one that has rows added, these, how many of its rows are used, how many lines are no rows
    "100K ratings": (ML_100K, "u.data", lines(IDS, st.sampled_from(["242", "7", "9"]), NUMBERS, NUMBERS), edges_of("RATED"), 0),
    "100K films": (ML_100K, "u.item", lines(IDS, ANY, ANY, ANY, ANY, FLAGS, separator="|"), nodes_of("Movie"), 0),
    "100K users": (ML_100K, "u.user", lines(IDS, NUMBERS, ANY, ANY, ANY, separator="|"), nodes_of("User"), 0),
    "1M ratings": (ML_1M, "ratings.dat", lines(IDS, st.just("661"), NUMBERS, NUMBERS, separator="::"), edges_of("RATED"), 0),
    "1M films": (ML_1M, "movies.dat", lines(IDS, ANY, ANY, separator="::"), nodes_of("Movie"), 0),
    "latest ratings": (
        ML_LATEST,
        "ratings.csv",
        unquoted(lines(IDS, st.just("11"), NUMBERS, NUMBERS, separator=",")),
        edges_of("RATED"),
        1,
    ),
    "latest films": (ML_LATEST, "movies.csv", unquoted(lines(IDS, ANY, ANY, separator=",")), nodes_of("Movie"), 1),
    "latest tags": (ML_LATEST, "tags.csv", unquoted(lines(IDS, st.just("1"), ANY, ANY, separator=",")), edges_of("HAS_TAG"), 1),
    "Amazon reviews": (AMAZON_2018, "AMAZON_FASHION_5.json", objects(**REVIEW), edges_of("RATED"), 0),
    "Amazon goods": (AMAZON_2018, "meta_AMAZON_FASHION.json", objects(**GOODS), None, 0),
    "Amazon ratings": (
        AMAZON_RATINGS,
        "ratings_Books.csv",
        lines(IDS, IDS, NUMBERS, NUMBERS, separator=","),
        edges_of("RATED"),
        0,
    ),
    "KGAT facts": (KGAT, "kg_final.txt", lines(ENDS, ENDS, ENDS, separator=" "), facts, 0),
    "KGAT items": (KGAT, "item_list.txt", lines(IDS, ENDS, ANY, separator=" "), nodes_of("Item"), 1),
    "KGAT users": (KGAT, "user_list.txt", lines(IDS, ENDS, separator=" "), nodes_of("User"), 1),
    "HIN interactions": (HIN, "user_artist.dat", lines(IDS, IDS, NUMBERS), edges_of("INTERACTED"), 0),
    "HIN facts": (HIN, "artist_tag.dat", lines(IDS, IDS), edges_of("HAS_TAG"), 0),
}


def text_of(content):
    if isinstance(content, bytes):
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content.decode("latin-1")
    return content


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_every_line_of_a_format_is_used_or_set_aside(name, data):
    files, file, added, used, headers = FORMATS[name]
    rows = {other: text_of(content).removesuffix("\n").split("\n") for other, content in files.items()}
    rows[file] = [*rows[file], *data.draw(added)]
    tables = read(rows)
    if used is None:  # goods: one may lack a title, and others are known by reviews alone
        apart = (tables.set_aside["file"] == file).sum()
        used_rows = sum(bool(row.removesuffix("\r")) for row in rows[file]) - apart
        assert titled(tables) <= used_rows <= nodes_of("Item")(tables)
    else:
        used_rows = used(tables)
    check(tables, file, rows[file], used_rows, headers)


@pytest.mark.parametrize("lists", [False, True])
@given(train=st.lists(st.lists(ENDS, min_size=1, max_size=5).map(" ".join), max_size=15))
@settings(deadline=None, max_examples=40)
def test_every_item_of_a_line_is_used_or_set_aside(lists, train):
    rows = ["0 0 1", *train]
    named = {f"{part}_list.txt": ["org_id remap_id", "a 0", "b 1"] for part in ("user", "item") if lists}
    tables = read({"train.txt": rows} | named)
    items = [max(1, len(row.split()) - 1) for row in rows if row]
    assert edges_of("INTERACTED")(tables) + tables.set_aside.height == sum(items)
    assert (tables.set_aside["file"] == "train.txt").all()
    assert all(set(row.split()) <= set(rows[line - 1].split()) for _, line, _, row in tables.set_aside.iter_rows())


@given(rows=lines(IDS, NUMBERS))
@settings(deadline=None, max_examples=40)
def test_the_file_of_rows_set_aside_holds_each_as_it_was_read(rows):
    with tempfile.TemporaryDirectory() as name:
        source, kept = Path(name, "source.tsv"), Path(name, "kept", "set_aside.tsv")
        source.write_bytes(("\n".join(["id\tn", "a\t1", *rows]) + "\n").encode())
        read_back = read_rows(source, None)
        read_back.require_text("id")
        read_back.number("n")
        read_back.unique("id")
        apart = read_back.left_out()
        file = SetAsideFile(kept)
        file.add(apart)
        counts = file.counts
        assert sum(counts.values()) == apart.height
        assert kept.is_file() == bool(counts)
        if counts:
            header, *written = kept.read_bytes().decode().split("\n")[:-1]
            assert header == "file\tline\treason\trow"
            assert [tuple(row.split("\t", 3)) for row in written] == [
                (file, str(line), reason, row) for file, line, reason, row in apart.iter_rows()
            ]
