"""Conditions on the command line are those of a filter."""

import pytest

from graph.errors import QuestionError
from graph.filters import Fact, FilterType
from hopline.cli.where import parse_where

FILTERS = {
    "price": FilterType.NUMBER,
    "price=list": FilterType.TEXT,
    "in_stock": FilterType.FLAG,
    "two words": FilterType.TEXT,
    "genre": Fact(fact="HAS_GENRE"),
}


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ([], None),
        (["price<=20"], {"price": {"at_most": 20}}),
        (["price >= 5", "price<=1e2"], {"price": {"at_least": 5, "at_most": 100.0}}),
        (["price=3|4.5"], {"price": [3, 4.5]}),
        (["price=list=high"], {"price=list": "high"}),
        (["in_stock=false"], {"in_stock": False}),
        (["two words=a b"], {"two words": "a b"}),
        (["genre=Comedy|Film-Noir"], {"genre": ["Comedy", "Film-Noir"]}),
    ],
)
def test_conditions_become_a_filter(conditions, wanted):
    assert parse_where(conditions, FILTERS) == wanted


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (["size=3"], "cannot read the condition 'size=3'"),
        (["price"], "cannot read the condition 'price'"),
        (["price<3"], "cannot read the condition 'price<3'"),
        (["price=cheap"], "expected a number"),
        (["in_stock=yes"], "expected true or false"),
        (["genre=Comedy", "genre=Drama"], r"names 'genre' twice; write several values as 'genre=one\|other'"),
        (["price<=3", "price<=4"], "names 'price' twice"),
    ],
)
def test_what_cannot_be_read_is_refused(conditions, message):
    with pytest.raises(QuestionError, match=message):
        parse_where(conditions, FILTERS)
