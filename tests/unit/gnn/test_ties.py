import numpy as np

from gnn.ties import people_holdout, ties
from graph.schema import EdgeKind, EdgeRole, Schema
from tests.small_graphs import SCHEMA

FRIEND, FOLLOWS, BLOCKED = (("User", type_, "User") for type_ in ("FRIEND", "FOLLOWS", "BLOCKED"))
KINDS = [EdgeKind(source="User", type=type_, target="User", role=EdgeRole.SOCIAL) for type_ in ("FOLLOWS", "BLOCKED")]
WHOLE = Schema(nodes=SCHEMA.nodes, edges=(*SCHEMA.edges, *KINDS))


def ends(*pairs):
    return tuple(np.array(pairs, np.int64).reshape(-1, 2).T)


def pairs_of(found):
    return sorted(zip(found.user_index.tolist(), found.item_index.tolist(), strict=True))


def test_a_friendship_is_two_pairs_and_following_one_each_once():
    told = {FRIEND: ends((0, 1), (1, 0), (2, 1)), FOLLOWS: ends((3, 0), (0, 1)), BLOCKED: ends((2, 3))}
    assert pairs_of(ties(told, WHOLE, 4)) == [(0, 1), (1, 0), (1, 2), (2, 1), (3, 0)]


def test_who_follows_may_be_found_and_who_was_blocked_not():
    known = {FRIEND: ends((0, 1)), FOLLOWS: ends((2, 0)), BLOCKED: ends((3, 0))}
    holdout = people_holdout(known, {FOLLOWS: ends((0, 2))}, WHOLE, 4)
    assert holdout.users.tolist() == [0]
    assert holdout.items.tolist() == [2]
    seen = holdout.seen.toarray().astype(bool)
    assert seen[0].tolist() == [True, True, False, True]
    assert seen[3].tolist() == [True, False, False, True]


def test_with_nothing_to_find_there_is_nothing_to_measure():
    known = {FRIEND: ends((0, 1))}
    assert people_holdout(known, {}, WHOLE, 4) is None
    assert people_holdout(known, {FRIEND: ends((1, 0))}, WHOLE, 4) is None
    assert people_holdout(known, {BLOCKED: ends((2, 3))}, WHOLE, 4) is None
