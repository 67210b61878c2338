"""A node written as LABEL:ID is understood, whatever colons are in it."""

import pytest

from graph.errors import NotFoundError, QuestionError
from graph.explore.asked import check_range, parse_node
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema

SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER),
        NodeKind(label="Item", role=NodeRole.ITEM),
        NodeKind(label="Item:Used", role=NodeRole.ENTITY),
    ),
    edges=(EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION),),
)


def test_label_and_id_are_told_apart():
    assert parse_node(SCHEMA, "User:196") == ("User", "196")
    assert parse_node(SCHEMA, "Item:a:b") == ("Item", "a:b")
    assert parse_node(SCHEMA, "Item:Used:7") == ("Item:Used", "7")
    assert parse_node(SCHEMA, "Item:") == ("Item", "")


@pytest.mark.parametrize("text", ["196", "Film:1", "", ":", "item:1"])
def test_what_has_no_label_is_refused_with_those_there_are(text):
    with pytest.raises(
        NotFoundError, match="expected LABEL:ID, such as User:1, with a label among 'User', 'Item', 'Item:Used'"
    ):
        parse_node(SCHEMA, text)


@pytest.mark.parametrize("value", [0, 4, float("nan")])
def test_numbers_out_of_bounds_are_refused(value):
    with pytest.raises(QuestionError, match="expected 1 to 3"):
        check_range("depth", value, 1, 3)
