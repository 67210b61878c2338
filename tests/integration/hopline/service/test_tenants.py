"""One graph, two tenants: with the key of one, no route tells anything of the other, nor whether there is such a thing."""

import itertools
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import polars as pl
import pytest

from graph.ask_config import AskConfig
from graph.choice import choice_of
from graph.database import Database
from graph.errors import DatabaseGoneError, SchemaError
from graph.events.owners import Owners
from graph.events.ready import ReadyEvent
from graph.events.stored_forms import time_property
from graph.events.write import EventWriter
from graph.tables import NodeTable
from graph.write.nodes import write_nodes
from hopline.service import ask_routes
from hopline.service.keys import KeyFile, Scope
from hopline.service.messages import RecommendRequest
from tests.small_releases import rows
from tests.small_tenants import MINE, NUM_ITEMS, NUM_USERS, OF_TENANTS, OTHERS, TENANTS, item, publish_tenants, user

pytestmark = pytest.mark.integration
ASK = {
    "tenants": TENANTS.model_dump(),
    "filters": {"sh`op": "text", "title": "text", "genre": {"fact": "HAS_GENRE"}},
    "people_filters": {"shop": "text"},
    "rules": [
        {"name": "campaign", "pin": [item(1), item(2)]},
        {"name": "new", "boost": 30, "where": {"sh`op": OTHERS}},
        {"name": "variety", "cap": 8, "by": "genre"},
        {"name": "dull", "block": {"title": [f"title of {item(4)}", f"title of {item(5)}"]}},
    ],
}
TENANT, OPERATOR, OPEN = "each tenant, within what is theirs", "the operator", "anybody"
DECIDED = {
    **{("POST", f"/{name}"): TENANT for name in ("recommend", "similar", "session", "rerank", "people", "explain", "events")},
    ("GET", "/experiments"): OPERATOR,
    ("POST", "/experiments"): OPERATOR,
    ("GET", "/experiments/{name:path}"): OPERATOR,
    ("POST", "/experiments/{name:path}/end"): OPERATOR,
    ("DELETE", "/users/{user:path}"): OPERATOR,
    ("GET", "/index"): OPERATOR,
    ("POST", "/index"): OPERATOR,
    **{("GET", path): OPEN for path in ("/health/live", "/health/ready", "/metrics")},
    **{("GET", path): OPEN for path in ("/openapi.json", "/docs", "/docs/oauth2-redirect")},
}
BODIES = {
    "/experiments": {"name": "x", "variants": [{"name": n, "release": 1, "share": 0.5} for n in "ab"]},
    "/experiments/x/end": {},
    "/index": {"action": "refresh"},
}
MY_ITEMS = [item(n) for n in range(0, NUM_ITEMS, 2)]
THEIR_ITEM, THEIR_USER = item(3), user(3)


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    """Narrow the index itself, then ask as servers before ``SEARCH`` are."""
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


@pytest.fixture
def keys(tmp_path):
    found = KeyFile(tmp_path / "run" / "keys.json")
    of = {name: found.add(name, [Scope.READ, Scope.WRITE], name) for name in (MINE, OTHERS)}
    return {name: {"X-API-Key": key} for name, key in (of | {"operator": found.add("operator", [Scope.ADMIN])}).items()}


@pytest.fixture
def client(database, keys, serving):
    publish_tenants(database)
    return serving(ask=ASK)


@pytest.fixture
def post(client, keys):
    return lambda route, body, whose=MINE, **headers: client.post(route, json=body, headers=keys[whose] | headers)


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def routes_of(app):
    """All routes of an application, those of its routers among them, in whatever way it keeps these."""
    for route in app.routes:
        router = getattr(route, "original_router", None)
        yield from [route] if router is None else routes_of(router)


def is_mine(answer):
    """Whether nothing in an answer, in whatever place, names what is another's or nobody's."""
    return re.search(r"bee-|b`ee|nobody-[12]", answer.text) is None


def questions():
    """Questions of a tenant about what is theirs, in all ways of asking that there are, each with the route."""
    filters = (None, {"sh`op": OTHERS}, {"sh`op": [OTHERS, MINE]}, {"genre": ["Comedy", "Noir"]})
    ways = itertools.product(filters, (None, 0.4), (None, 0.5), (None, "vectors+similar"))
    for number, (filter_, diversity, explore, retrieve) in enumerate(ways):
        asked = {"k": 20, "filter": filter_, "diversity": diversity, "explore": explore, "seed": str(number)}
        asked = {name: value for name, value in asked.items() if value is not None}
        found = {} if retrieve is None else {"retrieve": retrieve}
        for one in (user(2 * (number % (NUM_USERS // 2))), "new"):
            yield "/recommend", {"user": one, "explain": True, **asked, **found}
        yield "/similar", {"item": MY_ITEMS[number % 30], **asked, **found}
        yield "/session", {"items": MY_ITEMS[number % 27 : number % 27 + 3], **asked, **found}
    yield "/session", {"items": [], "k": 20}
    for number in range(0, NUM_USERS, 2):
        for whose in (None, {"shop": OTHERS}, {"shop": [OTHERS, MINE]}):
            yield "/people", {"user": user(number), "k": 12} | ({} if whose is None else {"filter": whose})
        yield "/rerank", {"user": user(number), "items": [item(n) for n in range(NUM_ITEMS)]}
        for one in MY_ITEMS[::3]:
            yield "/explain", {"user": user(number), "item": one, "limit": 100}


def test_every_route_is_decided_and_those_of_the_operator_are_shut_to_a_tenant(client, keys):
    assert {(method, route.path) for route in routes_of(client.app) for method in route.methods - {"HEAD"}} == set(DECIDED)
    before = rows(client.app.state.hopline._blocking, "MATCH (n) RETURN count(n) AS number")
    for (method, route), whose in DECIDED.items():
        at = route.replace("{name:path}", "x").replace("{user:path}", THEIR_USER)
        if whose == OPEN:
            assert is_mine(client.request(method, at))
        if whose == OPERATOR:
            body = BODIES.get(at)
            assert client.request(method, at, json=body, headers=keys[MINE]).status_code == 403
            named = client.request(method, at, json=body, headers=keys["operator"] | {"X-Tenant": MINE})
            assert (named.status_code, "all tenants" in named.text) == (403, True)
        if whose == TENANT:
            assert client.request(method, at, json={}, headers=keys[MINE]).status_code == 422
    assert rows(client.app.state.hopline._blocking, "MATCH (n) RETURN count(n) AS number") == before


def test_no_answer_has_anything_of_another_tenant(post, path):
    num_items = 0
    for route, body in questions():
        found = post(route, body)
        assert found.status_code in {200, 404}, found.text
        assert is_mine(found), (route, body, found.text)
        num_items += len(found.json().get("items", found.json().get("paths", [])))
    assert num_items > 500  # it is not that nothing is answered


def test_a_tenant_gets_as_many_items_as_are_asked_for_and_the_operator_those_of_all(post, path):
    for number in range(0, NUM_USERS, 2):
        body = {"user": user(number), "k": 15}
        assert len(ids(post("/recommend", body))) == 15
        everything = ids(post("/recommend", {**body, "k": 60}, "operator"))
        assert {one.partition("-")[0] for one in everything} >= {"acme", "bee"}
        assert ids(post("/recommend", body, "operator", **{"X-Tenant": MINE})) == ids(post("/recommend", body))
    found = ids(post("/people", {"user": user(0), "k": 4}))
    assert len(found) == 4
    assert ids(post("/people", {"user": user(0), "k": 4, "filter": {"shop": [MINE, OTHERS]}})) == found
    assert ids(post("/people", {"user": user(0), "k": 4, "filter": {"shop": OTHERS}})) == []
    assert ids(post("/people", {"user": user(0), "k": 4, "filter": {"shop": OTHERS}}, "operator")) != []


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("/recommend", {"user": "THEIR_USER", "k": 20}),
        ("/recommend", {"user": "THEIR_USER", "k": 5, "retrieve": "vectors+similar"}),
        ("/similar", {"item": "THEIR_ITEM"}),
        ("/session", {"items": ["THEIR_ITEM"]}),
        ("/session", {"items": ["THEIR_ITEM", MY_ITEMS[3]]}),
        ("/rerank", {"user": "THEIR_USER", "items": MY_ITEMS[:5]}),
        ("/rerank", {"user": user(0), "items": ["THEIR_ITEM"]}),
        ("/people", {"user": "THEIR_USER"}),
        ("/explain", {"user": "THEIR_USER", "item": MY_ITEMS[0]}),
        ("/explain", {"user": user(0), "item": "THEIR_ITEM"}),
    ],
)
def test_another_tenants_ids_are_answered_as_ids_that_there_are_not(post, route, body):
    def asked(user_id, item_id):
        text = {"THEIR_USER": user_id, "THEIR_ITEM": item_id}
        body_ = {
            name: [text.get(one, one) for one in value] if isinstance(value, list) else text.get(value, value)
            for name, value in body.items()
        }
        found = post(route, body_)
        told = found.json()
        told.pop("request_id", None)
        return found.status_code, str(told).replace(user_id, "USER").replace(item_id, "ITEM")

    assert asked(THEIR_USER, THEIR_ITEM) == asked("no-user-3", "no-item-3") == asked("no-user-3", "nobody-1")


def test_a_tenants_key_names_no_other_and_a_name_is_checked(client, keys, serving, database, tmp_path):
    body = {"user": user(0)}

    def status(key, name, of=client):
        return of.post("/recommend", json=body, headers=keys[key] | {"X-Tenant": name}).status_code

    assert [status(MINE, name) for name in (MINE, OTHERS, "no such")] == [200, 403, 403]
    assert [status("operator", name) for name in ("b%60ee", "no such", "%20", "x" * 201)] == [200, 200, 422, 422]
    undeclared = serving()
    assert undeclared.post("/recommend", json=body, headers=keys[MINE]).status_code == 403
    assert status("operator", MINE, undeclared) == 403


def event(user_id, item_id, number, **more):
    return {"user": user_id, "item": item_id, "behaviour": "RATED", "value": 5, "id": f"e-{number}", **more}


def test_events_of_a_tenant_touch_only_what_is_theirs_and_what_they_make_is_theirs(post, database):
    forbidden = [
        event(user(0), THEIR_ITEM, 1),
        event(THEIR_USER, MY_ITEMS[0], 2),
        event(user(0), "nobody-1", 3),
        event("acme-new", "acme-newer", 4, facts=[{"relation": "SEQUEL_OF", "entity": THEIR_ITEM}]),
        {**event(user(0), THEIR_ITEM, 5), "behaviour": "impression"},
    ]
    count = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS edges"
    before = rows(database, count)
    told = post("/events", {"events": forbidden}).json()
    assert (told["new"], len(told["set_aside"])) == (0, len(forbidden))
    assert all("cannot be this tenant's" in one["reason"] for one in told["set_aside"])
    (after,) = rows(database, count)
    assert rows(database, "MATCH (e:HoplineEvent) RETURN e.id AS id") == []
    assert after["nodes"] - before[0]["nodes"] == len(rows(database, "MATCH (n:HoplineLock) RETURN n"))
    assert after["edges"] == before[0]["edges"]

    new = event("acme-new", "acme-newer", 6, facts=[{"relation": "HAS_GENRE", "entity": "g1"}])
    assert post("/events", {"events": [new, event(user(0), MY_ITEMS[0], 7)]}).json()["new"] == 2
    made = rows(
        database, "MATCH (u:User {id: 'acme-new'})-[:RATED]->(i:Item {id: 'acme-newer'}) RETURN u.shop AS u, i.`sh``op` AS i"
    )
    assert made == [{"u": MINE, "i": MINE}]
    assert post("/events", {"events": [new]}).json()["repeated"] == 1
    theirs = post("/events", {"events": [event(THEIR_USER, THEIR_ITEM, 6)]}, OTHERS).json()
    assert theirs["new"] == 1  # an id that one tenant took is another's too
    assert post("/recommend", {"user": "acme-new", "k": 5}, OTHERS).json()["by_model"] is False


def test_events_that_come_again_tell_nothing_of_what_they_are_about_and_take_nothing(post, database):
    assert post("/events", {"events": [event(user(0), MY_ITEMS[0], 20)]}).json()["new"] == 1
    for told in (
        {"events": [event(user(0), one, 20) for one in (THEIR_ITEM, "nobody-1", "no-such", MY_ITEMS[1])]},
        {"events": [event(user(0), MY_ITEMS[2], 21), *(event(user(0), one, 21) for one in (THEIR_ITEM, "no-such"))]},
    ):
        found = post("/events", told).json()
        assert (found["repeated"], found["set_aside"]) == (len(told["events"]) - found["new"], [])
    assert rows(database, "MATCH (i:Item {id: 'no-such'}) RETURN i") == []


def test_in_one_batch_what_an_event_makes_is_whom_it_is_made_for(database):
    publish_tenants(database)
    schema = OF_TENANTS
    writer = EventWriter(database, schema, tenants=TENANTS)

    def ready(user_id, item_id, number, tenant, **more):
        properties = {"user_properties": {}, "item_properties": {}} | more
        kind = schema.interactions[0]
        at = 10.0 + number
        told = {time_property(kind): at}
        return ReadyEvent(f"b-{number}", kind, user_id, "Item", item_id, at, told, **properties, facts=(), tenant=tenant)

    known = ready(user(0), MY_ITEMS[0], 30, MINE)
    assert writer.write([known]).new == 1
    taken = writer.write(
        [
            ready(user(0), "bee-item-new", 30, MINE),  # comes again: it takes nothing
            ready(THEIR_USER, "bee-item-new", 31, OTHERS),
            ready(user(2), "acme-item-new", 32, None, item_properties={"sh`op": MINE}),
            ready(user(0), "acme-item-new", 33, MINE),
        ]
    )
    assert (taken.new, taken.repeated, taken.refused) == (3, (0,), ())
    made = rows(database, "MATCH (i:Item) WHERE i.id ENDS WITH 'item-new' RETURN i.id AS id, i.`sh``op` AS owner ORDER BY id")
    assert [row["owner"] for row in made] == [MINE, OTHERS]


@pytest.mark.parametrize("is_first", [False, True], ids=["loaded before", "never loaded"])
def test_a_load_between_the_look_at_whose_nodes_are_and_what_is_written_waits(database, monkeypatch, is_first):
    publish_tenants(database)
    if is_first:  # a graph of others, taken as it is
        rows(database, "MATCH (s:HoplineSchema) DELETE s")
        (constraint,) = rows(database, "SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE labelsOrTypes = ['HoplineSchema']")
        rows(database, f"DROP CONSTRAINT {constraint['name']}")
    writer = EventWriter(database, OF_TENANTS, tenants=TENANTS)
    kind, looked, loaded = OF_TENANTS.interactions[0], Event(), []
    read = Owners.read

    def and_wait(owners, run, events):
        read(owners, run, events)
        looked.set()
        time.sleep(2)  # a load has all the time to make the item as another's
        loaded.append(loading.done())

    def load():
        looked.wait(60)
        item = NodeTable("Item", pl.DataFrame({"id": ["racing"], "title": ["loaded"], "sh`op": [OTHERS]}))
        return write_nodes(database, item, "id", lambda _: None)

    monkeypatch.setattr(Owners, "read", and_wait)
    of_mine = ReadyEvent("e-race", kind, user(0), "Item", "racing", 10.0, {"time": 10.0}, {}, {}, (), MINE)
    with ThreadPoolExecutor(1) as threads:
        loading = threads.submit(load)
        assert writer.write([of_mine]).new == 1  # it was new, and so became theirs
        loading.result(60)
    assert loaded == [False]
    owner = "MATCH (i:Item {id: 'racing'}) RETURN i.`sh``op` AS owner, i.title AS title"
    assert rows(database, owner) == [{"owner": OTHERS, "title": "loaded"}]  # the operator's load came after, and has its way
    assert writer.write([replace(of_mine, event_id="e-late")]).refused != ()


def test_while_neo4j_is_away_a_tenants_popular_items_are_theirs(client, keys):
    state = client.app.state.hopline
    found = ask_routes._standby(state, RecommendRequest(user="anybody", k=100), MINE)
    assert len(found.items) > 10
    assert {one.id.partition("-")[0] for one in found.items} == {"acme"}
    with pytest.raises(DatabaseGoneError):
        ask_routes._standby(state, RecommendRequest(user="anybody", k=100), "not known")


def test_a_filter_that_would_tell_of_others_titles_is_refused():
    filters = {"genre": {"fact": "HAS_GENRE"}, "sequel": {"fact": "SEQUEL_OF"}}
    AskConfig.model_validate({"filters": filters}).check(OF_TENANTS)
    with pytest.raises(SchemaError, match=r"'sequel' leads to items or users, which .* keeps apart"):
        AskConfig.model_validate({"filters": filters, "tenants": TENANTS.model_dump()}).check(OF_TENANTS)
    declared = AskConfig.model_validate({"filters": filters, "tenants": TENANTS.model_dump()})  # since the last publish
    assert choice_of(declared, OF_TENANTS, {"sequel": "x"}).conditions
    with pytest.raises(SchemaError, match=r"'sequel' leads to items or users"):
        choice_of(declared, OF_TENANTS, {"genre": "Noir"}, tenant=MINE)


def test_how_much_a_user_did_is_not_told_to_a_tenant_whose_items_it_may_not_be_about(post):
    assert post("/events", {"events": [event("acme-newcomer", MY_ITEMS[0], 40)]}).json()["new"] == 1
    asked = {"/recommend": {"user": "acme-newcomer", "k": 5}, "/rerank": {"user": "acme-newcomer", "items": MY_ITEMS[:5]}}
    for route, body in asked.items():
        assert "num_events" not in post(route, body).json()
        assert post(route, body, "operator").json()["num_events"] == 1
