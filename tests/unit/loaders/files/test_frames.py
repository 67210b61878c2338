"""Columns of any type become text that the readers understand, be they in Parquet or in a frame of any library."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from loaders.errors import InputError
from loaders.files import open_frames
from loaders.files.foreign_frames import as_polars
from loaders.files.frames import ROWS_A_BATCH, FrameSource, text_rows, usable_columns
from loaders.files.parquet_file import ParquetFile
from loaders.files.rows import LINE, LIST_MARK, RAW

NOON = datetime(2024, 2, 29, 12, 0, 0, 500_000, timezone.utc)
COLUMNS = {
    "text": (pl.Series(["a", None]), ["a", ""]),
    "int": (pl.Series([7, None], dtype=pl.UInt8), ["7", ""]),
    "float": (pl.Series([7.0, 0.1]), ["7", "0.1"]),
    "float32": (pl.Series([4.1, float("nan")], dtype=pl.Float32), ["4.1", ""]),
    "large": (pl.Series([1e300, -0.0]), ["1e+300", "0"]),
    "bool": (pl.Series([True, None]), ["true", ""]),
    "date": (pl.Series([date(2024, 2, 29), None]), ["2024-02-29", ""]),
    "naive": (pl.Series([NOON.replace(tzinfo=None), None]), ["2024-02-29T12:00:00.500", ""]),
    "zoned": (
        pl.Series([NOON, None], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone("Asia/Tokyo"),
        ["2024-02-29T12:00:00.500", ""],
    ),
    "duration": (pl.Series([timedelta(minutes=2), timedelta(milliseconds=1500)]), ["120", "1.5"]),
    "binary": (pl.Series([b"\x00\xff", None]), ["00ff", ""]),
    "category": (pl.Series(["a", None], dtype=pl.Categorical), ["a", ""]),
    "list": (pl.Series([["a b", "c"], None]), [f"{LIST_MARK}a b{LIST_MARK}c", ""]),
    "numbers": (pl.Series([[1.5, 2.0], []], dtype=pl.List(pl.Float64)), [f"{LIST_MARK}1.5{LIST_MARK}2", LIST_MARK]),
    "array": (
        pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Int8, 2)),
        [f"{LIST_MARK}1{LIST_MARK}2", f"{LIST_MARK}3{LIST_MARK}4"],
    ),
    "null": (pl.Series([None, None]), ["", ""]),
}
FRAME = pl.DataFrame({name: column for name, (column, _) in COLUMNS.items()})


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_told_as_text(name):
    assert text_rows(FRAME.select(name), Path("a"), 1).frame[name].to_list() == COLUMNS[name][1]


def test_a_parquet_file_and_its_frame_have_the_same_rows(tmp_path):
    FRAME.write_parquet(tmp_path / "a.parquet")
    source = ParquetFile(tmp_path / "a.parquet")
    (stored,), (held,) = source.batches(), FrameSource(FRAME, Path("a")).batches()
    assert stored.frame.equals(held.frame)
    assert source.columns == tuple(FRAME.columns)
    assert source.size_bytes > 0


def test_columns_that_text_cannot_tell_are_not_there():
    frame = pl.DataFrame({"a": [1], "map": [{"x": 1}], "lists": [[[1]]], "object": pl.Series([object()], dtype=pl.Object)})
    assert usable_columns(frame.schema) == ("a",)
    assert text_rows(frame, Path("a"), 1).frame.columns == [LINE, "a", RAW]


def test_rows_are_numbered_through_all_batches():
    source = FrameSource(pl.DataFrame({"a": pl.int_range(ROWS_A_BATCH + 3, eager=True)}), Path("a"))
    first, second = source.batches()
    assert first.frame[LINE].to_list()[:2] == [1, 2]
    assert second.frame.select(LINE, "a").rows() == [(ROWS_A_BATCH + n + 1, str(ROWS_A_BATCH + n)) for n in range(3)]


@pytest.mark.parametrize("content", [b"", b"user_id,item_id\n1,2\n", b"PAR1 and no more PAR1"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        _ = ParquetFile(tmp_path / "a.parquet").columns


def load(frames, **how):
    with open_frames(frames, **how) as stage:
        tables = next(iter(stage.tables()))
        edges = [table for part in stage.tables() for table in part.edges]
    return {table.label: table.frame for table in tables.nodes}, edges


def test_frames_of_pandas_and_polars_are_loaded_alike():
    pandas = pytest.importorskip("pandas")
    when = ["2024-01-01 10:00", "2024-01-02 10:00", None]
    plays = pandas.DataFrame(
        {"user_id": [1, 2, 2], "song_id": ["a", "b", None], "plays": [3, 4, 5], "time": pandas.to_datetime(when)}
    )
    users = pandas.DataFrame({"user_id": [1, 2], "age": [30.0, None]}).set_index("user_id")
    same = pl.DataFrame({"user_id": [1, 2, 2], "song_id": ["a", "b", None], "plays": [3, 4, 5], "time": [*when[:2], None]})
    (nodes, edges), (others, same_edges) = (
        load({"User": users, "plays": plays}),
        load({"User": pl.DataFrame({"user_id": [1, 2], "age": [30.0, None]}).lazy(), "plays": same}),
    )
    assert edges[0].frame.equals(same_edges[0].frame)
    assert edges[0].frame.rows() == [("1", "a", 3.0, 1_704_103_200), ("2", "b", 4.0, 1_704_189_600)]
    assert edges[0].kind.triple == ("User", "PLAYS", "Song")
    assert nodes["User"].equals(others["User"])
    assert nodes["User"].rows() == [("1", "30"), ("2", None)]


def test_a_mapping_says_what_frames_hold():
    frames = {"one": pl.DataFrame({"who": [1, 2], "what": [3, 4], "how": [0.5, 1.5]})}
    edge = {"source": "User", "source_column": "who", "target": "Thing", "target_column": "what", "value": "how"}
    nodes, edges = load(frames, mapping={"edges": [edge]})
    assert nodes["Thing"]["id"].to_list() == ["3", "4"]
    assert edges[0].frame.rows() == [("1", "3", 0.5), ("2", "4", 1.5)]
    with pytest.raises(InputError, match="there is no table 'ome'; there are one; did you mean 'one'"):
        load(frames, mapping={"edges": [edge | {"file": "ome"}]})


def test_an_arrow_stream_is_a_frame():
    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return pl.DataFrame({"a": [1]}).__arrow_c_stream__(requested_schema)

    assert as_polars(Stream(), "a").rows() == [(1,)]


@pytest.mark.parametrize("thing", [None, 3, "a.csv", [1], {"a": [1]}])
def test_what_is_no_frame_is_refused(thing):
    with pytest.raises(InputError, match=r"'clicks' is \w+; expected a frame"):
        load({"clicks": thing})
