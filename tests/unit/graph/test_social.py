import pytest

from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.social import is_mutual, is_tie, leaving_and_reaching


def social(type_, **told):
    return EdgeKind(source="User", type=type_, target="User", role=EdgeRole.SOCIAL, **told)


def schema(*kinds):
    nodes = (NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM))
    saw = EdgeKind(source="User", type="SAW", target="Item", role=EdgeRole.INTERACTION)
    return Schema(nodes=nodes, edges=(saw, *kinds))


@pytest.mark.parametrize("type_", ["FRIEND", "FRIENDS_WITH", "knows", "Befriended", "CONNECTED_TO", "MARRIED"])
def test_friendship_holds_both_ways(type_):
    assert is_mutual(social(type_))


@pytest.mark.parametrize("type_", ["FOLLOWS", "isFollowing", "SUBSCRIBED_TO", "TRUSTS", "ADMIRES"])
def test_following_does_not(type_):
    assert not is_mutual(social(type_))
    assert is_tie(social(type_))


def test_what_is_declared_counts_more_than_a_name():
    assert is_mutual(social("FOLLOWS", mutual=True))
    assert not is_mutual(social("FRIEND", mutual=False))


@pytest.mark.parametrize("type_", ["BLOCKED", "UNFOLLOWED", "MUTES", "UNFRIENDED"])
def test_blocking_and_what_was_taken_back_are_no_ties(type_):
    assert not is_tie(social(type_, behaviour="undo" if type_ == "UNFRIENDED" else None))


def test_only_whom_one_follows_is_taken_out_but_blocking_shuts_both():
    kinds = social("FRIEND"), social("FOLLOWS"), social("FOLLOWED_BY", reversed=True), social("BLOCKED")
    assert leaving_and_reaching(schema(*kinds)) == (["BLOCKED", "FOLLOWS", "FRIEND"], ["BLOCKED", "FOLLOWED_BY", "FRIEND"])
    assert leaving_and_reaching(schema()) == ([], [])
