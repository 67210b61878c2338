import pytest

from tests.whole_tables import read_tables

HEAD = "user_id:token\titem_id:token\ttimestamp:token\n"
SECONDS = 1_577_934_245  # 2020-01-02 03:04:05 UTC


@pytest.mark.parametrize(
    "written",
    [
        str(SECONDS),
        f"{SECONDS}.2",
        str(SECONDS * 10**3),
        str(SECONDS * 10**6),
        str(SECONDS * 10**9),
        "2020-01-02T03:04:05Z",
        "2020-01-02 03:04:05",
        "2020-01-02T03:04:05.25",
        "2020-01-02T05:04:05+02:00",
    ],
)
def test_a_time_is_in_seconds_whatever_the_column_writes(folder, written):
    tables = read_tables(folder({"a.inter": HEAD + f"u\ti\t{written}\nv\ti\t\n"}))
    assert tables.edges[0].frame["time"].to_list() == [SECONDS, None]
    assert tables.set_aside.is_empty()


def test_a_date_is_its_midnight(folder):
    assert read_tables(folder({"a.inter": HEAD + "u\ti\t1970-01-03\n"})).edges[0].frame["time"].to_list() == [172_800]


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        (str(SECONDS), "-1", "timestamp is not in the years 1970 to 2099, read as seconds"),
        (str(SECONDS), "soon", "timestamp is not a number"),
        (str(SECONDS), str(SECONDS * 1000), "timestamp is not in the years 1970 to 2099, read as seconds"),
        ("2020-01-02", "2020-13-02", "timestamp is not an ISO 8601 time like the others"),
        ("2020-01-02", "2120-01-02", "timestamp is not in the years 1970 to 2099"),
    ],
)
def test_what_is_no_time_is_set_aside(folder, good, bad, reason):
    tables = read_tables(folder({"a.inter": HEAD + f"u\ti\t{good}\nv\ti\t{good}\nw\ti\t{bad}\n"}))
    assert tables.set_aside.rows() == [("a.inter", 4, reason, f"w\ti\t{bad}")]
