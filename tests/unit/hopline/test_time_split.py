"""A split by time learns from what there was at the cut: the same graph, to the bit, as if the rest had not happened."""

from dataclasses import replace

import numpy as np
import pytest

from graph.schema import Schema
from graph.snapshot import EdgeColumns
from hopline.split_config import SplitConfig
from hopline.split_log import prepare
from loaders.behaviours import BehavioursConfig
from loaders.clean import CleanConfig
from loaders.sampling.learning_graph import build_learning_graph
from tests.unit.loaders.test_behaviours import BOUGHT, CART, of_kinds

FRIEND, SEQUEL = ("User", "FRIEND", "User"), ("Item", "SEQUEL", "Item")
START, DAY = 1_600_000_000, 86_400
BEHAVIOURS = BehavioursConfig.model_validate(
    {"half_life_days": 20, "session_decay": 0.9, "of": {"purchase": {"value": "amount"}}}
)


def dated(pairs):
    """Edges between nodes, each a day after the one before; the first is undated."""
    ends = np.asarray(pairs, np.int64)
    time = START + DAY * np.arange(len(ends))
    time[0] = 0
    return EdgeColumns(ends[:, 0].copy(), ends[:, 1].copy(), None, time)


def history():
    """Events of 100 days, many pairs met again and again; friendships and sequels that came about meanwhile."""
    rng = np.random.default_rng(0)
    moments = START + rng.permutation(100)[:, None] * DAY + rng.integers(0, 40_000, (100, 4))
    events = [(int(rng.integers(8)), int(rng.integers(10)), float(rng.integers(1, 9)), int(time)) for time in moments.ravel()]
    base = of_kinds(bought=events[:150], cart=events[150:])
    kinds = tuple(
        kind.model_copy(update={"time": "since"}) if kind.triple in {FRIEND, SEQUEL} else kind for kind in base.schema.edges
    )
    pairs = [(n // 10, 10 + n % 10) for n in range(100)]
    return replace(
        base,
        schema=Schema(nodes=base.schema.nodes, edges=kinds),
        edges={**base.edges, FRIEND: dated(pairs), SEQUEL: dated(pairs)},
    )


def until(snapshot, moment, kinds):
    """The snapshot as it was read before ``moment``: nothing dated from then on was ever in it."""
    edges = dict(snapshot.edges)
    for triple in kinds:
        columns = edges[triple]
        kept = columns.time < moment
        value = None if columns.value is None else columns.value[kept]
        edges[triple] = EdgeColumns(columns.source[kept], columns.target[kept], value, columns.time[kept])
    return replace(snapshot, edges=edges)


def prepared(snapshot, **told):
    return prepare(snapshot, CleanConfig(), BEHAVIOURS, SplitConfig(by="time", **told), START + 200 * DAY)


@pytest.mark.parametrize("target", [(), ("purchase",)], ids=["all", "purchases"])
def test_what_is_learnt_from_is_what_there_was_at_the_cut(target):
    whole = history()
    found = prepared(whole, target=target)
    parts, time = found.split_log, found.split_log.log.time
    first, second = (int(time[rows].min()) for rows in (parts.split.valid, parts.split.test))
    assert len(np.intersect1d(*(pair_numbers(parts, rows) for rows in (parts.split.train, parts.split.test))))
    for cut, rows in ((first, parts.split.train), (second, parts.learnt)):
        # Facts and friends after the first cut are not learnt at all, so that both graphs know the same ones.
        earlier = until(until(whole, cut, (BOUGHT.triple, CART.triple)), first, (FRIEND, SEQUEL))
        learnt = build_learning_graph(found.snapshot, rows, behaviours=BEHAVIOURS)
        assert learnt.digest() == build_learning_graph(earlier, behaviours=BEHAVIOURS).digest()
        one_more = until(until(whole, cut + DAY, (BOUGHT.triple, CART.triple)), first, (FRIEND, SEQUEL))
        assert learnt.digest() != build_learning_graph(one_more, behaviours=BEHAVIOURS).digest()


def pair_numbers(parts, rows):
    return parts.log.user_index[rows] * 1000 + parts.log.item_index[rows]


def test_facts_and_friends_from_after_the_cut_are_counted_and_the_undated_stay():
    whole = history()
    found = prepared(whole)
    first = found.split_log.log.time[found.split_log.split.valid].min()
    later = int((whole.edges[FRIEND].time >= first).sum())
    count = found.cleaning.counts[-1]
    assert (count.rule, count.seen, count.dropped) == ("facts and friends after the cut", 198, 2 * later)
    assert found.snapshot.edges[FRIEND].time[0] == 0
    assert f"{2 * later} dropped" in found.cleaning.summary()


def test_held_together_by_request_what_was_met_again_later_is_taken_from_train():
    found = prepared(history(), pairs_together=True).split_log
    assert not len(np.intersect1d(*(pair_numbers(found, rows) for rows in (found.split.train, found.split.test))))
    assert SplitConfig().holds_pairs_together
    assert not SplitConfig(pairs_together=False).holds_pairs_together
