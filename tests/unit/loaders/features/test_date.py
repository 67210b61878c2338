from datetime import date, datetime, timedelta, timezone

import neo4j.time
import numpy as np
import pytest

from graph.snapshot.instants import read_instants
from loaders.features.date import DAY_S, Date

NEW_YEAR_2020 = 1_577_836_800


@pytest.mark.parametrize(
    "value",
    [
        date(2020, 1, 1),
        datetime(2020, 1, 1),
        datetime(2020, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        neo4j.time.Date(2020, 1, 1),
        neo4j.time.DateTime(2020, 1, 1),
        neo4j.time.DateTime(2020, 1, 1, tzinfo=timezone.utc),
        np.datetime64("2020-01-01"),
        "2020",
        "2020-01",
        "2020-01-01",
        "20200101",
        " 2020-01-01T00:00:00Z ",
        "2020-01-01T00:00:00.000000000Z",
        "2020-01-01T01:00:00+01:00[Europe/Paris]",
        2020,
        20200101,
        NEW_YEAR_2020,
        NEW_YEAR_2020 * 1000,
        NEW_YEAR_2020 * 1_000_000,
        str(NEW_YEAR_2020),
        float(NEW_YEAR_2020),
    ],
)
def test_one_day_is_one_moment_however_it_is_stored(value):
    assert read_instants([value])[0].tolist() == [NEW_YEAR_2020]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "2020-13-01",
        [2020],
        True,
        float("nan"),
        float("inf"),
        1e300,
        neo4j.time.Time(1),
        neo4j.time.Duration(),
    ],
)
def test_what_is_no_date_is_missing(value):
    column = ["2020-01-01", value, "2021-05-05"]
    fitted = Date.fit(column)
    encoded = fitted.transform(column)
    assert encoded.known.tolist() == [True, False, True]
    assert encoded.dense[:, -1].tolist() == [0, 1, 0]
    assert not encoded.dense[1, :-1].any()


def test_later_is_higher():
    dense = Date.fit(["1990", "2000", "2010"]).transform(["1985", "1990", "2000", "2010", "2020"]).dense
    assert (np.diff(dense[:, 0]) > 0).all()


def test_cycles_that_all_dates_stand_at_one_place_of_are_left_out():
    assert Date.fit(["2020-01-01", "2020-02-06"]).cycles == ("year", "week")
    assert Date.fit(["2020-01-01", "2020-01-08"]).cycles == ("year",)
    assert Date.fit(["2020-01-01T01:00", "2020-01-01T07:00"]).cycles == ("day",)
    assert Date.fit(["2020-01-01", None]).cycles == ()
    assert Date.fit([]).transform(["2020"]).dense.tolist() == [[0]]


def test_the_same_weekday_and_hour_lie_together_and_opposite_hours_apart():
    hours = [NEW_YEAR_2020 + 3600 * n for n in range(24 * 14)]
    dense = Date.fit(hours).transform(hours).dense
    week, day = dense[:, 3:5], dense[:, 5:7]
    assert np.allclose(day[3], day[27], atol=1e-6)
    assert np.allclose(week[3], week[3 + 24 * 7], atol=1e-6)
    assert np.allclose(day[3], -day[15], atol=1e-6)
    assert np.allclose(dense[:, 3:].std(axis=0), 1, atol=1e-3)


def test_the_hour_is_that_of_the_dates_own_clock():
    here = datetime(2020, 1, 1, 9, tzinfo=timezone(timedelta(hours=-5)))
    there = datetime(2020, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    instants, clocks = read_instants([here, there])
    assert clocks[0] == clocks[1]
    assert instants[0] - instants[1] == 14 * 3600


def test_times_before_1970_are_read_alike():
    instants, _ = read_instants(["1969-12-31", -DAY_S])
    assert instants[0] == instants[1] == -DAY_S
    assert (Date.fit(["1950-01-01T06:00", "1960-01-05T07:00"]).transform(["1955"]).dense < 10).all()
