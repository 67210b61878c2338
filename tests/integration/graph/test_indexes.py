"""What answering needs is looked at, mended in place, and built anew beside what serves, which goes on whatever happens."""

import json
import multiprocessing
import os
import signal
import threading

import neo4j
import numpy as np
import pytest

from cypher import HoplineError
from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import ReleaseError
from graph.event_sum import EventSum
from graph.experiments import Variant, end_experiment, list_experiments, start_experiment
from graph.filters import Indexed
from graph.indexes import read_job, read_parts, refresh, told_job
from graph.keys import index_keys
from graph.met_vectors import MetVectors
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import active_release, collect_releases, list_releases, rollback
from graph.releases.lease import hold_lease
from graph.republish import republish
from graph.similar import similar
from tests.small_publishers import told_of_statements
from tests.small_releases import SCHEMA, best, make_draft, rows, traces, write_graph

pytestmark = pytest.mark.integration
MET = [("u1", f"i{n}") for n in (2, 3, 11)]
_PROCESSES = multiprocessing.get_context("forkserver")


def whole_draft(code="float32", **changed):
    """A draft with all that a release may have."""
    rng = np.random.default_rng(3)
    vectors = (np.exp(rng.normal(0, 0.5, (40, 1))) * rng.normal(size=(40, 6))).astype(np.float32)
    base, slope = rng.normal(size=(2, 6)).astype(np.float32)
    return make_draft(
        items=(Embeddings("Item", np.array([f"i{n}" for n in range(40)]), vectors),),
        code=code,
        met=MetVectors((rng.normal(size=(40, 6)).astype(np.float32),), EventSum(base, slope, 0.75, 50.0)),
        known=np.zeros(8, np.int64),
        features={"labels": {}},
        similar=SimilarItems("cosine", (nearest_by_cosine(vectors, 4),)),
        **changed,
    )


@pytest.fixture
def served(database):
    draft = make_draft()
    write_graph(database, draft, MET)
    index_keys(database, SCHEMA)
    publish(database, SCHEMA, draft)
    return draft


NARROWED_BY_NOTHING = Indexed()


def states(database, filters=NARROWED_BY_NOTHING):
    return {part.name: part.state for part in read_parts(database, SCHEMA, filters)}


def work(database, action="refresh", filters=NARROWED_BY_NOTHING):
    stages = []
    with told_job(database, action) as (lease, tell, end):

        def stage(name, done, total):
            stages.append((name, done, total))
            tell(name, done, total)

        do = refresh if action == "refresh" else republish
        found = do(database, SCHEMA, lease, filters, stage)
        end("it went well")
    return found, stages


def top(database, user="u1"):
    found = recommend(database, SCHEMA, user, 5)
    return [item.id for item in found.items]


def test_all_that_answering_needs_is_told_and_what_is_dropped_by_hand_is_found_and_made_again(database, served):
    whole = states(database)
    assert whole == {
        "User.id": "ready",
        "Item.id": "ready",
        "HoplineRelease.version": "ready",
        "HoplineActive.name": "ready",
        "HoplineLease.name": "ready",
        "hopline_v1 Item": "ready",
        "popular Item": whole["popular Item"],
    }
    rows(database, "DROP INDEX `hopline_v1 Item`")
    for row in rows(database, "SHOW CONSTRAINTS YIELD name, labelsOrTypes AS labels"):
        if row["labels"] in (["User"], ["HoplineActive"]):
            rows(database, f"DROP CONSTRAINT `{row['name']}`")
    found = states(database)
    assert {name for name, state in found.items() if state == "missing"} == {"User.id", "HoplineActive.name", "hopline_v1 Item"}
    made, stages = work(database)
    assert {part.name for part in made} == {"User.id", "HoplineActive.name", "hopline_v1 Item", "popular Item"}
    assert ("filling hopline_v1 Item", 100, 100) in stages
    assert set(states(database).values()) == {"ready"}
    assert top(database) == best(served, 1, 5, [item for _, item in MET])[0]


def test_the_index_of_the_release_before_is_made_again_too_so_that_it_can_be_gone_back_to(database, served):
    publish(database, SCHEMA, make_draft(seed=1))
    rows(database, "DROP INDEX `hopline_v1 Item`")
    with pytest.raises(ReleaseError, match="has lost the index"):
        rollback(database, SCHEMA)
    work(database)
    assert rollback(database, SCHEMA).version == 1
    assert top(database) == best(served, 1, 5, [item for _, item in MET])[0]


def test_popular_items_are_those_that_users_choose_by_now(database, served):
    rows(
        database,
        "MATCH (u:User), (i:Item) WHERE i.id IN ['i30', 'i31'] AND (i.id = 'i30' OR u.id < 'u4') "
        "MERGE (u)-[:RATED {value: 4.0}]->(i)",
    )
    made, _ = work(database)
    assert [part.name for part in made] == ["popular Item"]
    assert active_release(database).domain("Item").popular[:2] == ["i30", "i31"]
    assert top(database, "nobody")[:2] == ["i30", "i31"]
    assert states(database)["popular Item"] == "ready"


def test_an_index_that_lacks_a_property_to_narrow_by_is_stale_until_it_is_built_anew(database, served):
    rows(database, "MATCH (i:Item) SET i.price = toInteger(substring(i.id, 1))")
    assert states(database, Indexed(("price",)))["hopline_v1 Item"] == "stale"
    work(database, filters=Indexed(("price",)))
    assert states(database, Indexed(("price",)))["hopline_v1 Item"] == "stale"
    release, _ = work(database, "build", Indexed(("price",)))
    assert (release.version, release.domain("Item").filters) == (2, ("price",))
    assert states(database, Indexed(("price",)))["hopline_v2 Item"] == "ready"


@pytest.mark.parametrize("code", ["float32", "int8"])
def test_what_is_built_anew_is_the_same_to_the_bit_but_for_where_it_is(database, code):
    draft = whole_draft(code)
    write_graph(database, draft, MET)
    old = publish(database, SCHEMA, draft)
    before = {user: top(database, user) for user in draft.users.ids.tolist()}
    new, stages = work(database, "build")
    assert (new.version, new.slot, new.checksum, new.before) == (2, 2, old.checksum, 1)
    assert {user: top(database, user) for user in draft.users.ids.tolist()} == before
    for name in ("config", "metrics", "data", "code", "longest", "grid", "dimensions", "num_users", "met", "domains"):
        if name == "met":
            assert new.met.base.tolist() == old.met.base.tolist()
        elif name != "domains":
            assert getattr(new, name) == getattr(old, name), name
    assert new.domain("Item").popular == old.domain("Item").popular
    assert (new.similar.type, new.similar.numbers) == ("HOPLINE_SIMILAR_V2", old.similar.numbers)
    assert rows(database, "MATCH (i:Item)-[s:HOPLINE_SIMILAR_V1]->(j) RETURN i.id, j.id, s.weight ORDER BY i.id, j.id") == rows(
        database, "MATCH (i:Item)-[s:HOPLINE_SIMILAR_V2]->(j) RETURN i.id, j.id, s.weight ORDER BY i.id, j.id"
    )
    assert stages[-1][0] == "checking"
    assert rollback(database, SCHEMA).version == 1
    assert collect_releases(database, SCHEMA, keep=1) == []


def test_it_is_built_anew_though_its_index_is_gone_and_nodes_were_deleted_since(database, served):
    rows(database, "DROP INDEX `hopline_v1 Item`")
    rows(database, "MATCH (n) WHERE n.id IN ['i39', 'u7'] DETACH DELETE n")
    release, _ = work(database, "build")
    assert (release.num_users, release.domain("Item").num_items) == (7, 39)
    assert [item for item in top(database) if item == "i39"] == []
    assert [one.state for one in list_releases(database)] == ["active", "previous"]


def test_a_damaged_release_is_not_built_anew(database, served):
    rows(database, "MATCH (i:Item {id: 'i7'}) SET i.hopline_v1 = [x IN i.hopline_v1 | x / 2]")
    with pytest.raises(
        ReleaseError, match="release 1 is damaged: 1 Item vectors are not those published, the first that of i7"
    ):
        work(database, "build")
    assert [(one.version, one.state) for one in list_releases(database)] == [(1, "active")]
    assert read_job(database).state == "failed"
    assert "damaged" in read_job(database).told


def test_questions_are_answered_all_the_while_it_is_built_anew(database, served):
    answers, failures, ended = [], [], threading.Event()

    def ask_on():
        while not ended.is_set():
            try:
                answers.append(top(database))
            except HoplineError as error:
                failures.append(error)

    thread = threading.Thread(target=ask_on)
    thread.start()
    try:
        for _ in range(3):
            work(database, "build")
            collect_releases(database, SCHEMA, keep=1)
    finally:
        ended.set()
        thread.join()
    assert failures == []
    assert {tuple(answer) for answer in answers} == {tuple(best(served, 1, 5, [item for _, item in MET])[0])}


def test_only_one_works_at_a_time_and_how_far_it_is_is_told_to_others(database, served):
    assert read_job(database) is None
    with told_job(database, "build") as (_, tell, end):
        tell("filling hopline_v1 Item", 10, 100)
        job = read_job(database)
        assert (job.action, job.state, job.stage, job.completed, job.total) == (
            "build",
            "running",
            "filling hopline_v1 Item",
            10,
            100,
        )
        with pytest.raises(ReleaseError, match="another publish or collection is at work"):
            work(database)
        with pytest.raises(ReleaseError, match="another publish or collection is at work"):
            publish(database, SCHEMA, served)
        end("done with it")
    assert (read_job(database).state, read_job(database).told) == ("done", "done with it")
    with hold_lease(database), pytest.raises(ReleaseError, match="another publish"):
        work(database)
    assert read_job(database).told == "done with it"


@pytest.mark.parametrize("step", ["publish/set_vectors", "publish/create_vector_index", "publish/serve_release"])
def test_a_builder_killed_at_any_step_leaves_the_release_serving_is_told_as_cut_off_and_the_next_one_works(
    database, served, step
):
    builder = _PROCESSES.Process(target=_build_and_die, args=(database.endpoint, step), daemon=True)
    builder.start()
    builder.join(120)
    assert builder.exitcode == -signal.SIGKILL
    assert read_job(database).state == "cut off"
    wanted = best(served, 1, 5, [item for _, item in MET])[0]
    assert top(database) == wanted
    release, _ = work(database, "build")
    assert [one.state for one in list_releases(database)] == ["active", "previous"]
    assert traces(database) == {"hopline_v1", release.name}
    assert top(database) == wanted


def _build_and_die(endpoint, step):
    def die(name):
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    auth = (endpoint.username, endpoint.password.get_secret_value())
    with (
        neo4j.GraphDatabase.driver(endpoint.uri, auth=auth, notifications_min_severity="OFF") as driver,
        told_of_statements(before=die),
    ):
        work(Database(driver, endpoint), "build")


def test_nothing_is_mended_or_built_before_anything_is_published(database):
    write_graph(database, make_draft())
    for action in ("refresh", "build"):
        with pytest.raises(ReleaseError, match="nothing is published yet"):
            work(database, action)
    assert json.dumps(states(database))


def test_while_an_experiment_runs_a_build_leaves_its_users_with_its_releases_and_all_others_get_the_new_one(database, served):
    publish(database, SCHEMA, make_draft(seed=9))
    begun = start_experiment(database, SCHEMA, "halves", (Variant("old", 1, 0.5), Variant("new", 2, 0.5)), salt="salt")
    users = [f"u{n}" for n in range(8)]

    def answers():
        found = [recommend(database, SCHEMA, user, 5) for user in users]
        return [(one.version, one.variant, [(item.id, item.score) for item in one.items]) for one in found]

    before, alike = answers(), similar(database, SCHEMA, "i5", 5)
    assert {version for version, _, _ in before} == {1, 2}
    release, _ = work(database, "build")
    assert (release.version, release.active, release.before) == (3, True, 2)
    assert [(one.version, one.state) for one in list_releases(database)] == [
        (3, "active"),
        (2, "experiment"),
        (1, "experiment"),
    ]
    assert answers() == before
    again = similar(database, SCHEMA, "i5", 5)  # nobody asks: the active release answers
    assert (alike.version, again.version) == (2, 3)
    assert [item.id for item in again.items] == [item.id for item in alike.items]
    assert collect_releases(database, SCHEMA, keep=1) == []
    rows(database, f"DROP INDEX `hopline_v{begun.variant_of('u0').release} Item`")
    made, _ = work(database, "refresh")
    assert f"hopline_v{begun.variant_of('u0').release} Item" in [part.name for part in made]
    assert answers() == before
    end_experiment(database, SCHEMA, winner="new")
    assert active_release(database).version == 2
    assert rollback(database, SCHEMA).version == 3


def test_a_release_of_the_experiment_that_runs_should_be_narrowable_too(database, served):
    publish(database, SCHEMA, make_draft(seed=9))
    narrowed = Indexed(("price",))
    assert [states(database, narrowed)[f"hopline_v{version} Item"] for version in (1, 2)] == ["ready", "stale"]
    start_experiment(database, SCHEMA, "halves", (Variant("old", 1, 0.5), Variant("new", 2, 0.5)))
    assert [states(database, narrowed)[f"hopline_v{version} Item"] for version in (1, 2)] == ["stale", "stale"]


def test_an_experiment_that_begins_while_it_is_built_anew_is_answered_by_what_it_named(database, served):
    publish(database, SCHEMA, make_draft(seed=9))
    variants = (Variant("old", 1, 0.5), Variant("new", 2, 0.5))

    def begin_in_between(stage, *_):
        if stage == "checking" and not list_experiments(database):
            start_experiment(database, SCHEMA, "halves", variants)

    with told_job(database, "build") as (lease, _, _):
        release = republish(database, SCHEMA, lease, NARROWED_BY_NOTHING, begin_in_between)
    assert (release.version, release.active) == (3, True)
    assert {recommend(database, SCHEMA, f"u{n}", 3).version for n in range(8)} == {1, 2}
