"""Text that people paste gives the rows that the parametrised statement gave, and names come back as they went in."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher import Access, Statement, load

pytestmark = pytest.mark.integration

AWKWARD = [
    *("o'Neil", '"quoted"', "`tick`", "``", "\\", "\\\\", "\\n", "\\u0041", "\\\\u0041", "\\u", "\\'", "') RETURN 1 //"),
    *("a\nb", "\r\n", "\t", "\b\f", " lead and trail ", "\x01", "\x7f", "\x85", "\u2028", "\ufeff", "\N{ZERO WIDTH JOINER}"),
    *("Ålesund", "東京", "مرحبا", "🎬", "e\u0301", "{{user}}", "$user_id", "${x}", "null", "1", "/* */", "// x"),
]
NAMES = {
    "user": "Us`er",
    "user_key": "the id",
    "item": "名",
    "item_key": "k'ey",
    "title": 'ti"tle',
    "interactions": ["A|B", "$x"],
}

on_a_server = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
texts = st.text() | st.text(alphabet="\\u0041'\"`\n{}$/*")
names = st.text(min_size=1, max_size=40).filter(lambda name: "\x00" not in name and "\\u" not in name)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


def echo(text, params=(), identifiers=()):
    return Statement("test/echo", "Gives back what it got.", text, identifiers, params, ("value",), Access.READ)


def pasted(session, statement, params, names=None):
    return [dict(record) for record in session.run(statement.inline(params, names))]


def test_awkward_ids_are_found_by_pasted_text_as_by_parameters(database, session):
    merge = load("load/merge_nodes")
    for label, key in (("user", "user_key"), ("item", "item_key")):
        properties = [{NAMES["title"]: value[::-1]} for value in AWKWARD]
        database.write(merge, {"ids": AWKWARD, "properties": properties}, {"label": NAMES[label], "key": NAMES[key]})
    popular = load("recommend/read_popular_items")
    params = {"user_id": "nobody", "ids": [[one] for one in AWKWARD], "k": len(AWKWARD), "wanted": [], "told": []}
    places = {"wanted": (), "told": ()}
    rows = database.read(popular, params, NAMES | places)
    assert [(item_id, title) for item_id, title, _ in rows[0]["items"]] == [(value, value[::-1]) for value in AWKWARD]
    assert pasted(session, popular, params, NAMES | places) == rows

    ends = load("explain/read_ends")
    places = {"wanted": (), "owned": ()}
    names = {name: NAMES[name] for name in ends.identifiers} | places
    for value in AWKWARD[::6]:
        params = {"user_ids": [value], "item_ids": ["none such", value]} | places
        assert database.read(ends, params, names) == [{"user_id": value, "item_id": value}]
        assert pasted(session, ends, params, names) == [{"user_id": value, "item_id": value}]


@on_a_server
@given(value=values)
def test_any_value_is_the_same_pasted_as_sent(connected_database, session, value):
    statement = echo("RETURN $value AS value", params=("value",))
    assert connected_database.read(statement, {"value": value}) == [{"value": value}]
    assert pasted(session, statement, {"value": value}) == [{"value": value}]


@on_a_server
@given(name=names)
def test_any_name_that_is_accepted_comes_back_from_the_server_as_it_was(connected_database, name):
    (row,) = connected_database.read(echo("RETURN 1 AS {{name}}", identifiers=("name",)), {}, {"name": name})
    assert row == {name: 1}
