"""Nothing is lost: every line of a file is either in a table or set aside, whatever the file holds."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.files.lines import read_rows
from loaders.set_aside import SetAsideFile
from tests.whole_tables import read_tables

IDS = st.sampled_from(["1", "2", "a b", "`", "'", '"', "東京", "🎬", "\u2028x", "x\r", "NaN", " ", ""])
NUMBERS = st.sampled_from(["1", "-2.5", "1e9", "", " 3 ", "1e300", "inf", "nan", "two", "5\x85"])
ANY = st.text(st.characters(exclude_characters="\n\t", exclude_categories=["Cs"]), max_size=4)


def lines(*columns):
    """Rows of a file, most of them with a cell a column, some ragged; the first is usable."""
    whole = st.tuples(*columns).map("\t".join)
    ragged = st.lists(ANY, min_size=1, max_size=6).map("\t".join)
    return st.lists(st.one_of(whole, whole, whole, ragged), max_size=25)


def read(files):
    with tempfile.TemporaryDirectory() as name:
        for file, rows in files.items():
            Path(name, file).write_bytes(("\n".join(rows) + "\n").encode())
        return read_tables(Path(name))


def check(tables, file, rows, used):
    """``used`` rows of ``file`` are in tables, the others are set aside with their line and text."""
    data = {number: row.removesuffix("\r") for number, row in enumerate(rows[1:], 2)}
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
    used = [row.split("\t") for number, row in enumerate(files["x.link"], 1) if number > 1 and row and number not in apart]
    check(tables, "x.link", files["x.link"], len(used))
    assert len({item for item, _ in used}) == len(used)
    entities = next(table.frame["id"].to_list() for table in tables.nodes if table.label == "Entity")
    assert not {entity.removesuffix("\r") for _, entity in used} & set(entities)


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
