"""Degrees and popularity are numpy's counts of the tables."""

import datetime

import numpy as np
import polars as pl
import pytest

from graph.errors import NotFoundError, QuestionError
from graph.explore import Explorer
from graph.schema import Schema
from tests.small_releases import rows
from tests.small_tables import RATED

pytestmark = pytest.mark.integration


def test_degrees_are_numpys_counts(explorer, tables):
    found = explorer.degrees().frame()
    assert found.height == 2 * len(tables.edges)
    labels = {table.label: table.frame["id"].to_list() for table in tables.nodes}
    for table in tables.edges:
        kind = table.kind
        for side, label in (("source", kind.source), ("target", kind.target)):
            values, counts = np.unique(table.frame[side].to_numpy(), return_counts=True)
            met = dict(zip(values.tolist(), counts.tolist(), strict=True))
            degree = np.asarray([met.get(one, 0) for one in labels[label]])
            (row,) = found.filter(source=kind.source, type=kind.type, target=kind.target, side=side).to_dicts()
            assert (row["nodes"], row["relationships"], row["without"]) == (len(degree), degree.sum(), (degree == 0).sum())
            assert row["mean"] == pytest.approx(degree.mean())
            for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)):
                assert row[name] == np.quantile(degree, share, method="inverted_cdf")
            different = np.abs(degree[:, None] - degree[None, :]).mean()
            assert row["gini"] == pytest.approx(different / (2 * degree.mean()))


def test_buckets_hold_every_node_once(explorer):
    found = explorer.degrees(["RATED"])
    histogram = found.histogram()
    for side in found.sides:
        part = histogram.filter(side=side.end)
        assert part["nodes"].sum() == side.distribution.num_nodes
        degrees = np.repeat(side.distribution.values, side.distribution.nodes)
        for row in part.to_dicts():
            assert row["nodes"] == ((degrees >= row["from"]) & (degrees <= row["to"])).sum()
    with pytest.raises(NotFoundError, match="no relationship type 'NONE'"):
        explorer.degrees(["NONE"])


def test_statements_to_paste_give_the_distribution(explorer, database):
    for side in explorer.degrees(["RATED"]).sides:
        assert [row["nodes"] for row in rows(database, side.statement)] == side.distribution.nodes.tolist()


def test_popular_items_are_those_with_most_interactions(explorer, tables, database):
    rated = tables.edges[0].frame.group_by("target").len().sort(["len", "target"], descending=[True, False])
    found = explorer.popularity(k=7)
    assert [(item.id, item.interactions) for item in found.items] == rated.head(7).rows()
    assert found.frame()["share"].to_list() == pytest.approx((rated["len"].head(7) / 200).to_list())
    assert [row["id"] for row in rows(database, found.statement)] == rated["target"].head(7).to_list()
    summary = found.summary()
    assert (summary["items"], summary["interactions"], summary["never_met"]) == (20, 200, 20 - rated.height)
    held = np.cumsum(rated["len"].to_numpy())
    assert summary["hold_80_percent"] == int(np.searchsorted(held, 160)) + 1
    heads = dict(found.head_frame().rows())
    assert heads[0.05] == pytest.approx(held[0] / 200)
    assert heads[0.5] == pytest.approx(held[9] / 200)
    with pytest.raises(NotFoundError, match="'User' is no label of items; they are 'Item'"):
        explorer.popularity("User")
    with pytest.raises(QuestionError, match="got k 0"):
        explorer.popularity(k=0)


def test_interactions_by_period_are_polars_and_those_without_a_time_are_counted(explorer, tables):
    frame = tables.edges[0].frame
    for unit, every in (("day", "1d"), ("month", "1mo"), ("year", "1y")):
        wanted = (
            frame.with_columns(pl.from_epoch("time", "s").dt.date().dt.truncate(every).alias("period"))
            .group_by("period")
            .agg(pl.len(), pl.col("source").n_unique(), pl.col("target").n_unique().alias("items"))
            .sort("period", nulls_last=True)
        )
        found = explorer.popularity_over_time(unit=unit)
        assert found.drop("type").rows() == wanted.rows()
    with pytest.raises(QuestionError, match="got the unit 'week'; expected one of day, month, year"):
        explorer.popularity_over_time(unit="week")


def test_moments_of_any_kind_have_a_period(database, tables):
    rows(
        database,
        "CREATE (u:User {id: 1}), (i:Item {id: 1}) WITH u, i "
        "UNWIND [datetime('2024-02-29T23:30:00Z'), date('2024-02-01'), localdatetime('2024-02-03T00:00:00'), 1706800000, "
        "1706800000.5, 'yesterday', 1706800000000, true] AS time "
        "CREATE (u)-[:RATED {time: time}]->(i)",
    )
    found = Explorer(database, tables.schema).popularity_over_time()
    assert found.rows() == [("RATED", datetime.date(2024, 2, 1), 5, 1, 1), ("RATED", None, 3, 1, 1)]


def test_without_times_there_is_no_time_to_tell_of(explorer, tables):
    untimed = RATED.model_copy(update={"time": None})
    schema = Schema(nodes=tables.schema.nodes, edges=(untimed, *tables.schema.edges[1:]))
    with pytest.raises(QuestionError, match="no interaction with Item has a time"):
        Explorer(explorer.database, schema).popularity_over_time()


def test_an_empty_graph_has_statistics_too(database, tables):
    empty = Explorer(database, tables.schema)
    assert empty.degrees().frame()["nodes"].to_list() == [0] * 10
    assert empty.degrees().histogram().height == 0
    assert empty.popularity().summary() == {
        **dict.fromkeys(["items", "interactions", "never_met", "median", "hold_80_percent", "long_tail"], 0),
        **dict.fromkeys(["mean", "gini"], 0.0),
    }
    assert empty.popularity_over_time().height == 0
