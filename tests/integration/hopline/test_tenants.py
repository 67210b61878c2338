"""``--tenant`` on the command line: whose items and users a question or events are about."""

import json

import pytest

from tests.small_releases import rows
from tests.small_tenants import MINE, NUM_USERS, OTHERS, TENANTS, item, publish_tenants, user

pytestmark = pytest.mark.integration
DECLARED = f"""
[ask.tenants]
item = {json.dumps(TENANTS.item)}
user = "{TENANTS.user}"
[ask.filters]
title = "text"
[ask.people_filters]
{TENANTS.user} = "text"
"""
MY_ITEM, MY_USER, THEIR_ITEM, THEIR_USER = item(0), user(0), item(3), user(3)


@pytest.fixture
def command(database, workplace, hopline):
    """Run a command about a graph of two tenants, that of ``MINE`` unless another is named; return what it prints as JSON."""
    publish_tenants(database)
    (workplace / "hopline.toml").write_text(DECLARED)

    def run(*arguments, tenant=MINE):
        status, out, err = hopline(*arguments, "--json", *(() if tenant is None else ("--tenant", tenant)))
        assert (status, err) == (0, ""), err
        return json.loads(out)

    return run


def owners(found):
    """Whose the items of an answer are, by their ids."""
    return {one["id"].partition("-")[0] for one in found["items"]}


@pytest.mark.parametrize(
    "asked",
    [
        ("recommend", "--user", MY_USER, "--k", "40"),
        ("recommend", "--user", "nobody knows", "--k", "40"),
        ("similar", "--item", MY_ITEM, "--k", "40"),
        ("session", "--item", MY_ITEM, "--item", item(4), "--k", "40"),
        ("people", "--user", MY_USER, "--k", str(NUM_USERS)),
    ],
    ids=lambda asked: " ".join(asked[:3]),
)
def test_what_is_answered_is_the_tenants_and_without_one_it_is_of_all(command, asked):
    assert owners(command(*asked)) == {"acme"}
    assert owners(command(*asked, tenant=None)) >= {"acme", "bee"}


def test_paths_are_through_what_is_the_tenants(command):
    found = command("explain", "--user", MY_USER, "--item", item(2), "--limit", "100")
    assert found["paths"]
    assert "bee-" not in json.dumps([path["nodes"] for path in found["paths"]])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (("similar", "--item", THEIR_ITEM), f"there is no Item whose id is {THEIR_ITEM!r}"),
        (("explain", "--user", MY_USER, "--item", THEIR_ITEM), f"there is no Item whose id is {THEIR_ITEM!r}"),
        (("people", "--user", THEIR_USER), f"there is no User whose id is {THEIR_USER!r}"),
        (("people", "--user", MY_USER, "--where", "age=1"), "cannot read the condition 'age=1'"),
        (("explain", "--user", MY_USER, "--item", MY_ITEM, "--by", "model"), "leave out --tenant or --by model"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_anothers_is_not_there(command, hopline, asked, error):
    status, out, err = hopline(*asked, "--tenant", MINE)
    assert (status, out) == (1, "")
    assert error in err


def test_a_user_of_another_is_unknown_and_a_filter_cannot_widen(command):
    found = command("recommend", "--user", THEIR_USER, "--k", "10")
    assert (found["by_model"], owners(found)) == (False, {"acme"})
    assert command("people", "--user", MY_USER, "--where", f"{TENANTS.user}={OTHERS}")["items"] == []


def test_a_name_that_is_none_and_one_where_none_are_declared_are_refused(command, hopline, workplace):
    for name in (" ", "x" * 201):
        status, _, err = hopline("recommend", "--user", MY_USER, "--tenant", name)
        assert status == 1
        assert "got a tenant's name of" in err
    assert command("recommend", "--user", MY_USER, tenant="nobody's name")["items"] == []
    (workplace / "hopline.toml").write_text("")
    for asked in (("recommend", "--user", MY_USER), ("people", "--user", MY_USER), ("ingest", "events.jsonl")):
        (workplace / "events.jsonl").write_text("{}")
        status, _, err = hopline(*asked, "--tenant", MINE)
        assert status == 1
        assert "none are declared; leave it out, or add [ask.tenants]" in err


def test_events_are_the_tenants_and_those_about_others_are_set_aside(command, workplace, database):
    told = {"behaviour": "RATED", "value": 5, "time": 1_750_000_000}
    events = [
        told | {"user": MY_USER, "item": "acme-new", "id": "e-1"},
        told | {"user": MY_USER, "item": THEIR_ITEM, "id": "e-2"},
        told | {"user": THEIR_USER, "item": MY_ITEM, "id": "e-3"},
    ]
    (workplace / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    found = command("ingest", "events.jsonl")
    assert (found["taken"]["new"] if "taken" in found else found["new"]) == 1
    assert sum(found["set_aside"].values()) == 2
    assert rows(database, "MATCH (i:Item {id: 'acme-new'}) RETURN i.`sh``op` AS owner") == [{"owner": MINE}]
    assert sum(command("ingest", "events.jsonl", tenant=None)["set_aside"].values()) == 0
