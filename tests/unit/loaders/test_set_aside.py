import polars as pl

from loaders.set_aside import SCHEMA, SetAsideFile, empty


def rows(*reasons, row="u\ti"):
    return pl.DataFrame([("a.inter", n, reason, row) for n, reason in enumerate(reasons, 2)], schema=SCHEMA, orient="row")


def test_rows_are_counted_by_reason_the_most_frequent_first(tmp_path):
    file = SetAsideFile(tmp_path / "set_aside.tsv")
    file.add(rows("b", "c"))
    file.add(rows("a", "c"))
    assert list(file.counts.items()) == [("c", 2), ("a", 1), ("b", 1)]


def test_the_folder_of_the_file_is_made_and_parts_follow_each_other(tmp_path):
    path = tmp_path / "new" / "deep" / "set_aside.tsv"
    file = SetAsideFile(path)
    file.add(rows("bad"))
    file.add(rows("worse", row="i\tj"))
    assert path.read_text() == "file\tline\treason\trow\na.inter\t2\tbad\tu\ti\na.inter\t2\tworse\ti\tj\n"


def test_with_no_rows_the_file_of_an_earlier_load_goes(tmp_path):
    path = tmp_path / "set_aside.tsv"
    SetAsideFile(path).add(rows("bad"))
    assert path.is_file()
    file = SetAsideFile(path)
    file.add(empty())
    assert file.counts == {}
    assert not path.exists()


def test_rows_of_a_stream_are_added_to_those_of_earlier_ones_under_one_header(tmp_path):
    path = tmp_path / "set_aside.tsv"
    SetAsideFile(path).add(rows("bad"))
    file = SetAsideFile(path, keep=True)
    file.add(rows("worse"))
    assert file.counts == {"worse": 1}
    assert path.read_text() == "file\tline\treason\trow\na.inter\t2\tbad\tu\ti\na.inter\t2\tworse\tu\ti\n"
