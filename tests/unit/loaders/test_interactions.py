from dataclasses import replace

import numpy as np

from loaders.interactions import read_interactions, rows_by_kind
from loaders.item_space import ItemSpace
from tests.small_graphs import RATED, READ, goods_and_articles, snapshot, two_kinds


def test_interactions_of_all_kinds_are_one_list_in_the_order_of_the_schema():
    log = read_interactions(two_kinds())
    assert list(zip(log.user_index.tolist(), log.item_index.tolist(), strict=True)) == [(0, 0), (1, 1), (0, 2), (2, 0)]
    assert len(log) == 4


def test_what_a_kind_lacks_is_missing():
    log = read_interactions(two_kinds())
    assert log.value[:2].tolist() == two_kinds().edges[RATED].value.tolist()
    assert np.isnan(log.value[2:]).all()
    assert log.time.tolist() == [0, 0, 70, 80]


def test_without_times_there_is_no_column_of_times():
    assert read_interactions(snapshot()).time is None


def test_indices_point_at_external_ids():
    data = snapshot(num_users=3, num_items=3)
    log = read_interactions(data)
    assert log.user_ids is data.nodes["User"].ids
    assert log.items.ids["Item"] is data.nodes["Item"].ids


def test_items_of_all_domains_are_numbered_one_domain_after_the_other():
    log = read_interactions(goods_and_articles())
    assert (len(log.items), log.items.sizes) == (30, {"Item": 24, "Article": 6})
    assert log.items.places == {"Item": slice(0, 24), "Article": slice(24, 30)}
    assert list(zip(log.user_index.tolist(), log.item_index.tolist(), strict=True)) == [(0, 0), (1, 1), (0, 24), (1, 29)]


def test_rows_of_a_domain_are_those_of_its_kinds():
    of_kind = rows_by_kind(goods_and_articles(), np.array([1, 2, 3]))
    assert {triple: rows.tolist() for triple, rows in of_kind.items()} == {RATED: [1], READ.triple: [0, 1]}


def test_the_digest_tells_domains_apart():
    ids = np.arange(6)
    one, other = (
        replace(read_interactions(goods_and_articles()), items=ItemSpace(space))
        for space in ({"A": ids[:2], "B": ids[2:]}, {"A": ids[:3], "B": ids[3:]})
    )
    assert one.digest() != other.digest()
