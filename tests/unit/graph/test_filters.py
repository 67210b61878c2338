"""A filter is checked against what was declared before it reaches the database."""

import pytest
from pydantic import TypeAdapter

from cypher import TermKind
from graph.errors import NotFoundError, QuestionError, SchemaError
from graph.filters import Fact, Filterable, FilterType, conditions_of
from graph.filters.config import check_filterable, indexable
from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema

SCHEMA = Schema(
    nodes=(
        NodeKind(label="User", role=NodeRole.USER),
        NodeKind(label="Item", role=NodeRole.ITEM, features=(Feature(name="price", type=FeatureType.NUMERIC),)),
        NodeKind(label="Genre", role=NodeRole.ENTITY, title="name"),
        NodeKind(label="Studio", role=NodeRole.ENTITY),
    ),
    edges=(
        EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION),
        EdgeKind(source="Item", type="HAS_GENRE", target="Genre", role=EdgeRole.KNOWLEDGE),
        EdgeKind(source="Studio", type="OWNED_BY", target="Studio", role=EdgeRole.KNOWLEDGE),
    ),
)
FILTERS = {
    "price": FilterType.NUMBER,
    "colour": FilterType.TEXT,
    "in_stock": FilterType.FLAG,
    "tags": FilterType.LIST,
    "genre": Fact(fact="HAS_GENRE"),
}


def told(given):
    return [(one.term.kind, one.term.name, one.value, one.by_index) for one in conditions_of(given, FILTERS, SCHEMA)]


def test_each_kind_becomes_its_kind():
    assert told({"price": {"at_most": 20, "at_least": 5.5}}) == [
        (TermKind.AT_LEAST, "price", 5.5, True),
        (TermKind.AT_MOST, "price", 20, True),
    ]
    assert told({"price": 3}) == [(TermKind.EQUAL, "price", 3, True)]
    assert told({"colour": ["red", "blue"]}) == [(TermKind.ONE_OF, "colour", ["red", "blue"], True)]
    assert told({"in_stock": True}) == [(TermKind.EQUAL, "in_stock", True, True)]
    assert told({"tags": "new"}) == [(TermKind.HAS_ANY, "tags", ["new"], False)]
    assert told({"genre": ["Comedy"]}) == [(TermKind.LINKED, "HAS_GENRE", ["Comedy"], False)]


def test_a_fact_is_asked_for_by_the_title_of_what_it_leads_to():
    assert [one.term.of for one in conditions_of({"genre": "Comedy"}, FILTERS, SCHEMA)] == ["name"]


def test_no_filter_is_no_condition():
    assert conditions_of(None, FILTERS, SCHEMA) == conditions_of({}, FILTERS, SCHEMA) == ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"size": 3}, r"cannot filter by 'size'; expected one of \['colour', 'genre', 'in_stock', 'price', 'tags'\]"),
        ({"price` = 1 OR true //": 3}, "cannot filter by"),
        ({"x" * 100_000: 3}, "cannot filter by 'x{1000}'"),
        ({"price": "3"}, "got a str; expected a number"),
        ({"price": True}, "got a bool; expected a number"),
        ({"price": None}, "got a NoneType; expected a number"),
        ({"price": float("nan")}, "Neo4j cannot hold"),
        ({"price": float("inf")}, "Neo4j cannot hold"),
        ({"price": 2**63}, "Neo4j cannot hold"),
        ({"price": {}}, "expected at_least, at_most or both"),
        ({"price": {"below": 3}}, "expected at_least, at_most or both"),
        ({"price": {"at_most": "3"}}, "got a str; expected a number"),
        ({"colour": {"at_most": 3}}, "a property of numbers"),
        ({"colour": []}, "got 0 values; expected 1 to 1,000"),
        ({"colour": ["a"] * 1_001}, "got 1001 values"),
        ({"colour": [["a"]]}, "got a list; expected a text"),
        ({"colour": "x" * 1_001}, "a text of 1,001 characters"),
        ({"in_stock": 1}, "got a int; expected a flag"),
        ({"genre": {"at_least": 3}}, "got a dict; expected a title of an entity"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused(given, message):
    with pytest.raises(NotFoundError if message.startswith("cannot") else QuestionError, match=message):
        conditions_of(given, FILTERS, SCHEMA)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (
            {"studio": Fact(fact="OWNED_BY")},
            r"asks for the fact 'OWNED_BY', which items do not have; they have \['HAS_GENRE'\]",
        ),
        ({"price": FilterType.TEXT}, "declared as text, and Item has it as numeric; expected flag or number"),
        ({"hopline_v1": FilterType.LIST}, "begins with 'hopline_'"),
    ],
)
def test_what_was_declared_must_be_able_to_be_in_the_graph(declared, message):
    with pytest.raises(SchemaError, match=message):
        check_filterable(declared, SCHEMA)
    with pytest.raises(SchemaError, match=message):
        conditions_of({next(iter(declared)): "x"}, declared, SCHEMA)


def test_the_index_can_be_narrowed_by_what_has_one_value_a_node():
    assert indexable(FILTERS) == ("colour", "in_stock", "price")


def test_the_configuration_names_a_kind_or_a_fact():
    assert TypeAdapter(Filterable).validate_python({"price": "number", "genre": {"fact": "HAS_GENRE"}}) == {
        "price": FilterType.NUMBER,
        "genre": Fact(fact="HAS_GENRE"),
    }
