"""JSON Lines become columns of text; a line that is no object is set aside."""

import json

import pytest

from loaders.errors import InputError
from loaders.files import blocks
from loaders.files.json_lines import JsonLines
from loaders.files.properties import PropertyKind, typed_property
from loaders.files.rows import LINE, Rows


def read(path, *names, **options):
    return Rows.joined(list(JsonLines(path, names or None, **options).batches()))


def cells(rows):
    return [row[2:] for row in rows.frame.iter_rows()]


@pytest.fixture
def file(folder):
    return lambda text: folder({"a.jsonl": text}) / "a.jsonl"


def test_values_are_texts_as_the_file_writes_them(file):
    path = file('{"a": "x", "b": 1.50, "c": 12345678901234567890}\n{"a": null, "b": true}\n{"b": {"k": "é"}, "c": "y"}\n')
    assert cells(read(path, "a", "b", "c")) == [
        ("x", "1.50", "12345678901234567890"),
        ("", "true", ""),
        ("", '{"k": "é"}', "y"),
    ]


def test_a_field_within_an_object_is_named_by_the_way_to_it(file):
    path = file('{"user": {"id": 7, "at": {"city": "Bern"}}, "item.id": 3}\n{"user": "nobody"}\n')
    assert cells(read(path, "user.id", "user.at.city", "item.id")) == [("7", "Bern", "3"), ("", "", "")]


def test_fields_that_are_not_named_are_those_of_the_first_lines_in_order(file):
    path = file('{"b": 1, "user": {"id": 2}, "empty": {}}\nnot JSON\n{"a": 3, "b": 4}\n')
    assert JsonLines(path).columns == ("b", "user.id", "empty", "a")
    assert cells(read(path)) == [("1", "2", "{}", ""), ("4", "", "", "3")]


def test_lists_are_told_part_by_part_however_deep(file):
    path = file('{"c": [["Books", "Poetry, old"], null, [5, [{"k": 1}]]]}\n{"c": "one|two"}\n{"c": []}\n{}\n')
    column, _ = typed_property("c", PropertyKind.MULTI, read(path, "c").frame["c"], "|")
    assert column.to_list() == [["Books", "Poetry, old", "5", '{"k": "1"}'], ["one", "two"], None, None]


@pytest.mark.parametrize("line", ["{", "[1]", "3", "null", '{"a": 1}{', "{'a': 1}", "   ", "[" * 100_000])
def test_a_line_that_is_no_object_is_set_aside_with_its_number(file, line):
    rows = read(file(f'{{"a": 1}}\n\n{line}\n{{"a": 2}}\n'), "a")
    assert cells(rows) == [("1",), ("2",)]
    assert rows.left_out().rows() == [("a.jsonl", 3, "not a JSON object", line)]


def test_a_python_dictionary_counts_where_that_is_asked_for(file):
    rows = read(file("{'a': 'it\\'s', \"b\": 1}\n{'a': '\\d'}\n{'a': open('x')}\n{'a': 1\n"), "a", python=True)
    assert cells(rows) == [("it's",), ("\\d",)]
    assert rows.left_out()["line"].to_list() == [3, 4]


def test_blocks_change_nothing(file, monkeypatch):
    objects = [{"id": n, "name": "ü" * (n % 7)} for n in range(50)]
    path = file("\n".join(json.dumps(one, ensure_ascii=False) for one in objects))
    whole = read(path, "id", "name").frame
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 40)
    batches = list(JsonLines(path, ("id", "name")).batches())
    assert len(batches) > 10
    assert Rows.joined(batches).frame.equals(whole)
    assert whole[LINE].to_list() == list(range(1, 51))


def test_half_a_surrogate_pair_is_no_character(file):
    assert cells(read(file('{"a": "x\\ud83d"}\n{"a": "\\ud83c\\udfac"}\n'), "a")) == [("x?",), ("🎬",)]


def test_a_file_without_objects_is_refused(file):
    with pytest.raises(InputError, match="is empty; expected a JSON object a line"):
        read(file(""), "a")
    with pytest.raises(InputError, match=r"none of the first 3 lines is a JSON object; the first is '\['; expected one object"):
        JsonLines(file('[\n{"a": 1},\n]\n')).fields()
