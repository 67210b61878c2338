"""A name becomes text in one way, from which nothing can break out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher import IdentifierError, escape
from cypher.identifiers import MAX_IDENTIFIER_CHARS, escape_any

NAMES = st.text(min_size=1).filter(lambda name: "\x00" not in name and "\\u" not in name)


@given(NAMES)
def test_what_is_between_the_outer_backticks_is_the_name_with_each_backtick_twice(name):
    escaped = escape(name)
    inner = escaped[1:-1]
    assert escaped == f"`{inner}`"
    assert "`" not in inner.replace("``", "")
    assert inner.replace("``", "`") == name


@given(st.lists(NAMES, min_size=2))
def test_different_names_stay_different(names):
    assert len(set(map(escape, names))) == len(set(names))


@given(st.text(), st.text(), st.sampled_from(["\x00", "\\u", "\\u0060", "\\uu0060"]))
def test_a_nul_or_an_escape_that_cypher_would_rewrite_is_refused_wherever_it_stands(before, after, bad):
    with pytest.raises(IdentifierError, match="rename it") as refused:
        escape(before + bad + after)
    assert repr(before + bad + after) in str(refused.value)


def test_an_empty_name_is_refused():
    with pytest.raises(IdentifierError, match=r"got an empty name; expected .* at least one character"):
        escape("")


def test_the_longest_name_is_accepted_and_one_more_character_is_refused():
    assert len(escape("a" * MAX_IDENTIFIER_CHARS)) == MAX_IDENTIFIER_CHARS + 2
    with pytest.raises(IdentifierError, match=rf"of {MAX_IDENTIFIER_CHARS + 1} characters .*shorten it"):
        escape("a" * (MAX_IDENTIFIER_CHARS + 1))


def test_several_names_stand_for_any_of_them():
    assert escape_any(["A|B", "C"]) == "`A|B`|`C`"


@pytest.mark.parametrize("names", [[], (), ["A", ""]])
def test_a_choice_with_no_name_in_it_is_refused(names):
    with pytest.raises(IdentifierError, match="expected"):
        escape_any(names)
