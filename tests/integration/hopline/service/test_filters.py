"""A filter over HTTP narrows an answer, and one that does not fit is refused with the reason."""

import pytest

from tests.small_releases import best, rows

pytestmark = pytest.mark.integration
ASK = {"filters": {"price": "number", "in_stock": "flag", "tags": "list"}}


@pytest.fixture
def narrowing(database, draft, serving):
    rows(
        database,
        "MATCH (i:Item) WITH i, toInteger(substring(i.id, 1)) AS n "
        "SET i.price = n, i.in_stock = n % 2 = 0, i.tags = ['t' + toString(n % 10)]",
    )
    return serving(ask=ASK)


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_recommend_similar_and_session_are_narrowed(narrowing, draft):
    wanted = {"price": {"at_least": 10, "at_most": 30.5}, "in_stock": True, "tags": ["t2", "t4"]}
    right = {"i12", "i14", "i22", "i24"}
    exact = best(draft, 1, 10, {f"i{n}" for n in range(40)} - right)[0]
    assert ids(narrowing.post("/recommend", json={"user": "u1", "filter": wanted})) == exact
    assert set(ids(narrowing.post("/similar", json={"item": "i0", "filter": wanted}))) == right
    assert set(ids(narrowing.post("/session", json={"items": ["i12"], "filter": wanted}))) == right - {"i12"}
    assert ids(narrowing.post("/recommend", json={"user": "u1", "filter": {}}))[:3] == best(draft, 1, 3, {"i2", "i3"})[0]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"size": 3}, "cannot filter by 'size'; expected one of ['in_stock', 'price', 'tags']"),
        ({"price": "3"}, "got a str; expected a number"),
        ({"price": {"below": 3}}, "below: Extra inputs are not permitted"),
        ({"price": []}, "at least 1 item"),
        ({"price": {"at_most": True}}, "at_most"),
        ({"tags": "x" * 2_000}, "at most 1000 characters"),
        ({"tags": ["x"] * 1_001}, "at most 1000 items"),
        ({f"n{n}": 1 for n in range(101)}, "at most 100 items"),
        ([], "filter"),
        ({"`} RETURN 1 //": 1}, "cannot filter by"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused(narrowing, wanted, told):
    answer = narrowing.post("/recommend", json={"user": "u1", "filter": wanted})
    assert answer.status_code == (404 if told.startswith("cannot filter by") else 422)
    assert told in answer.json()["error"]


def test_people_are_asked_for_by_what_is_declared_of_people(narrowing):
    answer = narrowing.post("/people", json={"user": "u1", "filter": {"price": 3}})
    assert answer.status_code == 404
    assert "cannot filter by 'price'; expected one of [], as [ask.people_filters]" in answer.json()["error"]
    assert narrowing.post("/people", json={"user": "u1", "filter": {"price": []}}).status_code == 422


def test_what_cannot_be_in_the_graph_is_told(draft, serving):
    answer = serving(ask={"filters": {"genre": {"fact": "HAS_GENRE"}}}).post(
        "/similar", json={"item": "i1", "filter": {"genre": "x"}}
    )
    assert answer.status_code == 404
    assert "asks for the fact 'HAS_GENRE', which items do not have" in answer.json()["error"]
