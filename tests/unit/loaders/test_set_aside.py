import polars as pl

from loaders.set_aside import SCHEMA, empty, write_set_aside


def rows(*reasons):
    return pl.DataFrame([("a.inter", n, reason, "u\ti") for n, reason in enumerate(reasons, 2)], schema=SCHEMA, orient="row")


def test_rows_are_counted_by_reason_the_most_frequent_first(tmp_path):
    counts = write_set_aside(rows("b", "c", "a", "c"), tmp_path / "set_aside.tsv")
    assert list(counts.items()) == [("c", 2), ("a", 1), ("b", 1)]


def test_the_folder_of_the_file_is_made(tmp_path):
    write_set_aside(rows("bad"), tmp_path / "new" / "deep" / "set_aside.tsv")
    assert (tmp_path / "new" / "deep" / "set_aside.tsv").read_text() == "file\tline\treason\trow\na.inter\t2\tbad\tu\ti\n"


def test_with_no_rows_the_file_of_an_earlier_load_goes(tmp_path):
    path = tmp_path / "set_aside.tsv"
    assert write_set_aside(rows("bad"), path)
    assert write_set_aside(empty(), path) == {}
    assert not path.exists()
