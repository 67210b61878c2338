"""What tasks foretell, on the nodes of a release: written where asked for, and gone, mended and checked as vectors are."""

from dataclasses import replace

import numpy as np
import pytest

from graph.database import Database
from graph.erase import erase_user
from graph.errors import NotFoundError, ReleaseError
from graph.filters import Indexed
from graph.pair_predictor import PairPredictor, PairVectors
from graph.publish import publish
from graph.releases import active_release, collect_releases, rollback
from graph.releases.lease import hold_lease
from graph.republish import republish
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration
CLICK, RATING = "hopline_v{}_click Item", "hopline_v{}_rating Item"


def telling(draft, seed=0):
    """The draft with two tasks: the probability of two steps, and a value from -2 to 2."""
    rng = np.random.default_rng(seed)

    def vectors(link):
        sides = (len(draft.users.ids), len(draft.items[0].ids))
        users, items = (rng.normal(size=(number, 4)).astype(np.float32) for number in sides)
        return PairVectors(users, items, link)

    click = PairPredictor((vectors("logistic"), vectors("logistic")))
    return replace(
        draft, predictors={"click": {"Item": click}, "rating": {"Item": PairPredictor((vectors("identity"),), -2, 2)}}
    )


@pytest.fixture
def draft(database):
    draft = telling(make_draft())
    write_graph(database, draft)
    return draft


def read(database, release, task, user, item):
    """What the nodes of a release tell of a pair."""
    stored = release.task(task, "Item")
    (row,) = rows(
        database,
        "MATCH (u:User {id: $user}), (i:Item {id: $item}) RETURN u[$name] AS of_user, i[$name] AS of_item",
        user=user,
        item=item,
        name=release.name + stored.suffix,
    )
    return float(stored.figures(row["of_user"], [row["of_item"]])[0])


def keys(database):
    found = rows(database, "MATCH (n) UNWIND keys(n) AS key WITH key WHERE key STARTS WITH 'hopline_v' RETURN DISTINCT key")
    return {row["key"] for row in found}


def test_nodes_tell_what_the_tasks_foretell_and_of_a_release_without_nothing_is_written(database, draft):
    release = publish(database, SCHEMA, draft)
    for user, item in ((0, 0), (3, 17), (7, 39)):
        for task in ("click", "rating"):
            exact = draft.predictors[task]["Item"].predict(np.array([user]), np.array([item]))[0]
            assert read(database, release, task, f"u{user}", f"i{item}") == pytest.approx(exact, abs=2e-3)
    publish(database, SCHEMA, make_draft())
    assert not any(key.startswith("hopline_v2_click") for key in keys(database))
    with pytest.raises(NotFoundError, match="release 2 does not have what the task 'click' tells of Item; it has nothing"):
        active_release(database).task("click", "Item")


def test_where_only_what_a_task_tells_changed_no_vector_is_written(database, draft, monkeypatch):
    for _ in range(3):
        publish(database, SCHEMA, draft)
    beside, vectors = [], []
    write = Database.write

    def listening(self, statement, params=None, *more):
        ids = (params or {}).get("ids", [])
        if statement.name == "publish/set_beside":
            beside.extend(one[0] for one in ids)
        elif statement.name.startswith("publish/set_"):
            vectors.extend(ids)
        return write(self, statement, params, *more)

    monkeypatch.setattr(Database, "write", listening)
    (factor,) = draft.predictors["rating"]["Item"].factors
    items = factor.items.copy()
    items[[4, 9]] += 1
    rating = PairPredictor((replace(factor, items=items),), -2, 2)
    release = publish(database, SCHEMA, replace(draft, predictors=draft.predictors | {"rating": {"Item": rating}}))
    assert (release.version, release.slot) == (4, 1)
    assert (sorted(beside), vectors) == (["i4", "i9"], [])  # threads write them side by side
    exact = rating.predict(np.array([2]), np.array([4]))[0]
    assert read(database, release, "rating", "u2", "i4") == pytest.approx(exact, abs=3e-3)


def test_a_release_with_other_tasks_is_not_written_over_one_with_these(database, draft):
    for _ in range(3):
        publish(database, SCHEMA, draft)
    release = publish(database, SCHEMA, replace(draft, predictors={"click": draft.predictors["click"]}))
    assert (release.version, release.slot) == (4, 4)
    assert [one.task for one in release.tasks] == ["click"]


def test_what_tasks_tell_goes_with_its_release_and_comes_back_with_it(database, draft):
    publish(database, SCHEMA, draft)
    publish(database, SCHEMA, telling(make_draft(seed=1), seed=1))
    assert rollback(database, SCHEMA).tasks[0].task == "click"
    publish(database, SCHEMA, make_draft(seed=2))
    assert collect_releases(database, SCHEMA, keep=1) == [2]
    assert {CLICK.format(1), RATING.format(1)} <= keys(database)
    assert not {CLICK.format(2), RATING.format(2)} & keys(database)


def test_a_release_whose_tasks_somebody_wrote_to_is_not_gone_back_to(database, draft):
    publish(database, SCHEMA, draft)
    publish(database, SCHEMA, make_draft(seed=1))
    rows(database, f"MATCH (a:Item {{id: 'i3'}}), (b:Item {{id: 'i4'}}) SET a.`{CLICK.format(1)}` = b.`{CLICK.format(1)}`")
    with pytest.raises(ReleaseError, match=r"release 1 is damaged: .* the first that of 'i3'"):
        rollback(database, SCHEMA)


def test_a_release_built_anew_tells_the_same(database, draft):
    old = publish(database, SCHEMA, draft)
    told = read(database, old, "rating", "u1", "i5")
    with hold_lease(database) as lease:
        new = republish(database, SCHEMA, lease, Indexed(), lambda *_: None)
    assert (new.version, new.tasks) == (2, old.tasks)
    assert read(database, new, "rating", "u1", "i5") == told


def test_of_an_erased_user_nothing_is_left(database, draft):
    publish(database, SCHEMA, draft)
    erased = erase_user(database, SCHEMA, "u3")
    assert (erased.properties, erased.releases) == (["id"], [1])
