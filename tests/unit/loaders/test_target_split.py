from dataclasses import replace

import numpy as np

from loaders.interactions import read_interactions
from loaders.splits import RandomPerUser, TimeSplit
from loaders.target_split import split_targets
from tests.unit.loaders.test_behaviours import of_kinds

GRAPH = of_kinds(
    bought=[(user, item, 1, 1000 * item + user + 1) for user in range(4) for item in range(12)],
    cart=[(user, item, 1, 1000 * item + user + 2) for user in range(4) for item in range(6, 20)],
)
LOG = read_interactions(GRAPH)
BOUGHT = np.arange(len(LOG)) < 48


def pairs(rows):
    return set(zip(LOG.user_index[rows].tolist(), LOG.item_index[rows].tolist(), strict=True))


def test_only_targets_are_held_out_and_no_pair_is_of_two_parts():
    split = split_targets(LOG, RandomPerUser(), BOUGHT)
    rows = np.concatenate([split.train, split.valid, split.test])
    assert sorted(rows.tolist()) == list(range(len(LOG)))
    for held in (split.valid, split.test):
        assert BOUGHT[held].any()
        assert pairs(held) == pairs(held[BOUGHT[held]])
        assert not pairs(held) & pairs(split.train)


def test_apart_the_cart_of_a_held_out_purchase_stays_in_train():
    split = split_targets(LOG, RandomPerUser(), BOUGHT, pairs_together=False)
    assert BOUGHT[split.test].all()
    assert pairs(split.test) & pairs(split.train)


def test_a_split_by_time_trains_on_nothing_from_after_the_cut():
    split = split_targets(LOG, TimeSplit(), BOUGHT)
    begin = LOG.time[split.valid[BOUGHT[split.valid]]].min()
    assert LOG.time[split.train].max() < begin


def test_with_all_rows_as_targets_and_each_pair_once_the_split_is_the_splitters_own():
    log = replace(LOG.of_rows(np.flatnonzero(BOUGHT)))
    for splitter in (RandomPerUser(), TimeSplit()):
        one, other = splitter.split(log), split_targets(log, splitter, np.ones(len(log), bool))
        for part in ("train", "valid", "test"):
            assert getattr(one, part).tolist() == getattr(other, part).tolist()
