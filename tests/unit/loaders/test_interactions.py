import numpy as np

from loaders.interactions import read_interactions
from tests.small_graphs import RATED, snapshot, two_kinds


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
