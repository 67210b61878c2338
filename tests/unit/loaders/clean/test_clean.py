from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.clean import CleanConfig, clean
from loaders.errors import InputError
from tests.small_graphs import two_kinds
from tests.unit.loaders.test_behaviours import of_kinds

NOW = 1_700_000_000
ALL = CleanConfig.model_validate(
    {
        "time_travel": {"action": "forget", "first_year": 1990},
        "duplicates": {"within_s": 5},
        "conflicts": {"take": "mean"},
        "missing": {"value": "median", "time": "drop", "features": {"User.age": "mean", "Item.genres": "none"}},
        "outliers": {"upper": 4, "action": "cap"},
        "k_core": {"user": 2, "item": 1},
    }
)
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from([1.0, 2.0, 5.0, float("nan")]),
        st.sampled_from([0, 50, NOW - 3, NOW - 1, NOW + 10**6]),
    ),
    max_size=25,
)


def rows_of(graph):
    found = Counter()
    for kind in graph.schema.interactions:
        part = graph.edges[kind.triple]
        for source, target, value, time in zip(part.source, part.target, part.value, part.time, strict=True):
            found[
                " ".join(kind.triple), str(source), str(target), None if np.isnan(value) else float(value), int(time) or None
            ] += 1
    return found


@given(EVENTS, EVENTS)
def test_what_is_left_and_what_was_set_aside_undone_is_what_came_in(bought, cart):
    graph = of_kinds(bought=bought, cart=cart)
    try:
        cleaned = clean(graph, ALL, NOW)
    except InputError:
        return
    left = rows_of(cleaned.snapshot)
    aside = cleaned.report.set_aside
    for row in aside.filter(pl.col("target_id").is_not_null()).reverse().iter_rows(named=True):
        ends = (row["kind"], row["source_id"], row["target_id"])
        if row["action"] == "changed":
            left[(*ends, row["new_value"], row["new_time"])] -= 1
        left[(*ends, row["value"], row["time"])] += 1
    assert +left == rows_of(graph)
    counts = cleaned.report.counts
    assert sum(count.dropped + count.changed for count in counts) == len(aside)
    assert cleaned.report.interactions - sum(count.dropped for count in counts) == cleaned.report.kept == len(cleaned.log)


def test_the_defaults_leave_ordinary_events_as_they_are():
    graph = two_kinds()
    cleaned = clean(graph, CleanConfig(), NOW)
    assert cleaned.report.set_aside.is_empty()
    assert cleaned.report.summary() == ""
    for triple, columns in graph.edges.items():
        for name in ("source", "target", "value", "time"):
            np.testing.assert_equal(getattr(cleaned.snapshot.edges[triple], name), getattr(columns, name))


def test_what_is_written_is_read_back_and_removed_when_there_is_nothing(tmp_path):
    path = tmp_path / "new" / "cleaned.parquet"
    report = clean(of_kinds(bought=[(0, 0, 1, 9), (0, 0, 1, 9)]), CleanConfig(), NOW).report
    assert report.summary() == "cleaning kept 1 of 2 interactions: duplicates 1 dropped"
    assert report.write(path) == path
    assert pl.read_parquet(path).equals(report.set_aside)
    assert clean(of_kinds(bought=[(0, 0, 1, 9)]), CleanConfig(), NOW).report.write(path) is None
    assert not path.exists()


def test_true_takes_a_rules_defaults_and_false_switches_it_off():
    told = CleanConfig.model_validate({"duplicates": False, "bots": True})
    assert [rule.name for rule in told.rules()] == ["time_travel", "bots"]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"outliers": {"behaviours": ["watch"]}}, r"\[clean.outliers\] names the behaviours \['watch'\].*\['purchase'\]"),
        ({"time_travel": {"created": {"User": "born"}}}, r"created names User.born; expected a property"),
        ({"missing": {"features": {"User.size": 1}}}, r"features names 'User.size'; the snapshot has .*User.age"),
        ({"missing": {"features": {"User.age": "old"}}}, r"it holds numbers"),
        ({"k_core": {"user": 9}}, r"leave none of 1 interactions; k_core dropped 1"),
    ],
)
def test_a_rule_that_does_not_fit_the_graph_is_refused(told, message):
    with pytest.raises(InputError, match=message):
        clean(of_kinds(bought=[(0, 0, 1, 9)]), CleanConfig.model_validate(told), NOW)
