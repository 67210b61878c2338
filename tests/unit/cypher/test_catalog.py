"""A statement is used only if its header says what its text needs, and only with exactly that."""

import re
from importlib import import_module

import pytest

from cypher import Access, StatementError, Term, TermKind, catalog, load
from cypher.catalog import _parse
from cypher.errors import IdentifierError

GOOD = """\
// The items
// of one user.
// identifiers: user, key
// params: $id: any, $k: integer
// returns: id, score: float
// access: read

MATCH (u:{{user}} {{{key}}: $id}) // found by $id
RETURN u.{{key}} AS id, 1.0 AS score
LIMIT $k
"""


def test_a_file_is_parsed_into_what_its_header_says():
    statement = _parse("asking/read_items", GOOD)
    assert (statement.name, statement.purpose) == ("asking/read_items", "The items of one user.")
    assert (statement.identifiers, statement.params) == (("user", "key"), ("id", "k"))
    assert (statement.returns, statement.access) == (("id", "score"), Access.READ)
    assert statement.text.startswith("MATCH")


def test_nothing_is_returned_where_the_header_says_so():
    assert _parse("x", "// P.\n// params:\n// returns: nothing\n// access: write\nCREATE ()").returns == ()


@pytest.mark.parametrize("field", ["params", "returns", "access"])
@pytest.mark.parametrize("how", ["left out", "misspelt"])
def test_a_header_without_a_field_is_refused_by_the_name_of_the_field(field, how):
    bad = re.sub(rf"// {field}:.*\n", "" if how == "left out" else f"// {field}s : $id, $k, read\n", GOOD)
    with pytest.raises(StatementError, match=rf"asking/x\.cypher lacks \['{field}'\]; expected '// field: …' lines"):
        _parse("asking/x", bad)


def test_a_header_without_a_purpose_is_refused():
    with pytest.raises(StatementError, match=r"x\.cypher lacks its purpose"):
        _parse("x", GOOD.replace("// The items\n// of one user.\n", ""))


def test_a_file_without_a_statement_is_refused():
    with pytest.raises(StatementError, match=r"x\.cypher lacks the statement itself"):
        _parse("x", GOOD.partition("\n\n")[0])


def test_an_access_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(
        StatementError, match=r"x\.cypher has the access 'delete'; expected one of \['read', 'write', 'schema'\]"
    ):
        _parse("x", GOOD.replace("access: read", "access: delete"))


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ("identifiers: user, key", "identifiers: user", "identifiers"),
        ("identifiers: user, key", "identifiers: user, key, title", "identifiers"),
        ("// identifiers: user, key\n", "", "identifiers"),
        ("params: $id: any, $k: integer", "params: $id: any", "params"),
        ("params: $id: any, $k: integer", "params: $id: any, $k: integer, $other: any", "params"),
        ("LIMIT $k", "LIMIT 10", "params"),
    ],
)
def test_a_header_that_disagrees_with_its_text_is_refused_with_both(was, becomes, field):
    with pytest.raises(StatementError, match=rf"x\.cypher declares the {field} \[.*\], its text uses \[.*\]"):
        _parse("x", GOOD.replace(was, becomes))


def test_a_statement_that_there_is_not_is_refused_with_those_there_are():
    with pytest.raises(StatementError, match=r"no statement 'recommend/everything'; known: .*recommend/read_user_asking"):
        load("recommend/everything")


def test_a_broken_file_is_refused_when_it_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("cypher.catalog"), "_ROOT", tmp_path)
    (tmp_path / "broken_one.cypher").write_text("MATCH (n) RETURN n")
    assert catalog() == ("broken_one",)
    with pytest.raises(StatementError, match=r"broken_one\.cypher lacks"):
        load("broken_one")


def test_names_are_escaped_where_they_stand_and_several_mean_any():
    statement = _parse("x", GOOD)
    assert statement.render({"user": "Us`er", "key": "$id"}).startswith("MATCH (u:`Us``er` {`$id`: $id})")
    assert statement.render({"user": ["A", "B"], "key": "id"}).startswith("MATCH (u:`A`|`B` {`id`: $id})")


def test_neither_a_name_nor_a_value_is_searched_for_placeholders():
    statement = _parse("x", GOOD)
    names = {"user": "{{key}}", "key": "$k"}
    assert statement.render(names).startswith("MATCH (u:`{{key}}` {`$k`: $id})")
    assert statement.inline({"id": "$k {{user}}", "k": 5}, names).startswith('MATCH (u:`{{key}}` {`$k`: "$k {{user}}"})')


@pytest.mark.parametrize("names", [None, {}, {"user": "User"}, {"user": "User", "key": "id", "more": "x"}])
def test_other_names_than_those_declared_are_refused_with_both(names):
    with pytest.raises(StatementError, match=r"x was given the identifiers \[.*\]; it declares \['key', 'user'\]"):
        _parse("x", GOOD).render(names)


@pytest.mark.parametrize("params", [{}, {"id": 1}, {"id": 1, "k": 2, "more": 3}])
def test_other_values_than_those_declared_are_refused_with_both(params):
    with pytest.raises(StatementError, match=r"x was given the params \[.*\]; it declares \['id', 'k'\]"):
        _parse("x", GOOD).inline(params, {"user": "User", "key": "id"})


def test_no_name_at_all_is_refused_as_it_would_match_everything():
    with pytest.raises(IdentifierError, match="got no name; expected at least one"):
        _parse("x", GOOD).render({"user": [], "key": "id"})


WITH_TERMS = """\
// The items that are so.
// identifiers: item, filters
// terms: indexed, wanted
// params: $k: integer
// returns: values
// access: read
MATCH (i:{{item}} {{WHERE i.indexed}}) WHERE true {{AND i.wanted}}
RETURN [{{i.filters}}] AS values LIMIT $k
"""


def test_a_place_for_conditions_holds_any_number_of_them_and_their_values_are_parameters():
    statement = _parse("x", WITH_TERMS)
    assert (statement.terms, statement.params) == (("indexed", "wanted"), ("k", "indexed", "wanted"))
    none = statement.render({"item": "Item", "filters": ["a`b", "c"], "indexed": [], "wanted": []})
    assert none == "MATCH (i:`Item`) WHERE true\nRETURN [i.`a``b`, i.`c`] AS values LIMIT $k"
    terms = [Term(TermKind.AT_LEAST, "a`b"), Term(TermKind.LINKED, "IS}", "{name}")]
    names = {"item": "Item", "filters": "c", "indexed": [Term(TermKind.EQUAL, "$k")], "wanted": terms}
    conditions = "i.`a``b` >= $wanted[0] AND EXISTS { (i)-[:`IS}`]-(x) WHERE x.`{name}` IN $wanted[1] }"
    assert statement.render(names).startswith(f"MATCH (i:`Item` WHERE i.`$k` = $indexed[0]) WHERE true AND {conditions}")
    inlined = statement.inline({"k": 1, "indexed": ["$wanted"], "wanted": [2, ["{{item}}"]]}, names)
    assert 'WHERE i.`$k` = "$wanted")' in inlined
    assert 'i.`a``b` >= 2 AND EXISTS { (i)-[:`IS}`]-(x) WHERE x.`{name}` IN ["{{item}}"] }' in inlined


def test_a_place_that_a_header_does_not_declare_is_refused():
    with pytest.raises(StatementError, match=r"declares the terms \['indexed'\], its text uses \['indexed', 'wanted'\]"):
        _parse("x", WITH_TERMS.replace("terms: indexed, wanted", "terms: indexed"))
