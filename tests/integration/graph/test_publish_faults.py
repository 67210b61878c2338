"""A publisher or a database that dies at any step, a full disk, rollbacks while many ask: no release is ever half served."""

import os
import signal
import threading

import psutil
import pytest

from cypher import HoplineError
from graph import node_vectors
from graph.database import Database
from graph.errors import DatabaseError, DatabaseGoneError, ReleaseError
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import activate, list_releases, rollback
from graph.server.lifecycle import down, status
from graph.settings import ConnectionSettings, ServerSettings
from tests.small_publishers import start_publisher, told_of_statements
from tests.small_releases import SCHEMA, best, make_draft, traces, write_graph

pytestmark = pytest.mark.integration

STEPS = (
    "publish/take_lease",
    "publish/take_version",
    "publish/create_release",
    "publish/write_features",
    "publish/write_checksums",
    "publish/set_vectors",
    "publish/count_vectors",
    "publish/create_vector_index",
    "schema/await_indexes",
    "publish/query_index",
    "publish/serve_release",
)


def small(seed):
    return make_draft(num_users=3, num_items=15, seed=seed)


def top(database):
    found = recommend(database, SCHEMA, "u0", 4)
    return found.version, [item.id for item in found.items]


def wanted(version, draft):
    return version, best(draft, 0, 4)[0]


@pytest.mark.parametrize("step", STEPS)
def test_a_publisher_killed_at_any_step_leaves_the_old_release_serving_and_the_next_publish_works(database, step):
    old, lost, new = small(0), small(1), small(2)
    write_graph(database, old)
    publish(database, SCHEMA, old)
    publisher = start_publisher(database, lost, step)
    publisher.join(120)
    assert publisher.exitcode == -signal.SIGKILL
    assert top(database) == wanted(1, old)
    release = publish(database, SCHEMA, new)  # at once: the lease of a process that died holds nobody up
    assert top(database) == wanted(release.version, new)
    assert [one.state for one in list_releases(database)] == ["active", "previous"]
    assert traces(database) == {"hopline_v1", release.name}
    assert rollback(database, SCHEMA).version == 1


@pytest.mark.parametrize("step", ["publish/serve_release", "publish/end_lease"])
def test_a_publisher_killed_once_its_release_serves_has_published(database, step):
    old, new = small(0), small(1)
    write_graph(database, old)
    publish(database, SCHEMA, old)
    publisher = start_publisher(database, new, step, after=True)
    publisher.join(120)
    assert publisher.exitcode == -signal.SIGKILL
    assert top(database) == wanted(2, new)
    assert publish(database, SCHEMA, old).version == 3
    assert [one.state for one in list_releases(database)] == ["active", "previous", "ready"]


@pytest.mark.parametrize("step", ["publish/replace_release", "publish/set_vectors"])
def test_a_publisher_killed_while_it_writes_over_an_old_release_leaves_the_two_newest_whole(database, step):
    drafts, lost = [small(0), small(0), small(1)], small(0)
    lost.items[0].vectors[3] /= 2
    lost.users.vectors[0] *= -1
    write_graph(database, drafts[0])
    for draft in drafts:
        publish(database, SCHEMA, draft)
    publisher = start_publisher(database, lost, step, after=True)
    publisher.join(120)
    assert publisher.exitcode == -signal.SIGKILL
    assert [one.state for one in list_releases(database)] == ["incomplete", "active", "previous"]
    assert top(database) == wanted(3, drafts[2])
    assert rollback(database, SCHEMA).version == 2
    assert top(database) == wanted(2, drafts[1])
    assert publish(database, SCHEMA, small(2)).version == 5
    assert top(database) == wanted(5, small(2))
    assert traces(database) == {"hopline_v2", "hopline_v3", "hopline_v5"}


def test_of_two_publishing_processes_one_wins_and_the_other_is_told_who_is_at_work(database):
    write_graph(database, small(0))
    publish(database, SCHEMA, small(0))
    publisher = start_publisher(database, small(1), "publish/set_vectors", signal.SIGSTOP)
    process = psutil.Process(publisher.pid)
    try:
        while process.status() != psutil.STATUS_STOPPED:
            assert publisher.is_alive()
            publisher.join(0.1)
        with pytest.raises(ReleaseError, match=f"another publish or collection is at work, by process {publisher.pid} on "):
            publish(database, SCHEMA, small(2))
        assert top(database) == wanted(1, small(0))
    finally:
        process.send_signal(signal.SIGCONT)
    publisher.join(120)
    assert publisher.exitcode == 0
    assert top(database) == wanted(2, small(1))
    assert publish(database, SCHEMA, small(2)).version == 3


def test_rolling_back_while_many_ask_fails_no_question_and_mixes_no_answer(database):
    drafts = {1: small(0), 2: small(1)}
    assert wanted(1, drafts[1])[1] != wanted(1, drafts[2])[1]
    write_graph(database, drafts[1])
    for draft in drafts.values():
        publish(database, SCHEMA, draft)
    answers, failures, ended = [], [], threading.Event()

    def ask_on():
        while not ended.is_set():
            try:
                answers.append(top(database))
            except HoplineError as error:
                failures.append(error)

    threads = [threading.Thread(target=ask_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            assert rollback(database, SCHEMA).version == 1
            assert activate(database, SCHEMA, 2).version == 2
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert {version for version, _ in answers} == {1, 2}
    assert all(answer == wanted(answer[0], drafts[answer[0]]) for answer in answers)


@pytest.fixture
def own_server(tmp_path, monkeypatch):
    """Settings of a server that may be killed, with small batches and little patience."""
    monkeypatch.setattr("graph.database._RETRY_TIME_S", 1.0)
    monkeypatch.setattr(node_vectors, "VECTORS_A_BATCH", 5)
    settings = ServerSettings(home=tmp_path / "home", port=0, heap_mb=512)
    yield settings
    down(settings)


def connect(settings):
    return Database.connect(ConnectionSettings(uri=None, database="neo4j"), settings)


def test_a_database_killed_at_any_step_comes_back_with_the_old_release_and_a_second_publish_works(own_server):
    serving, number = (1, small(0)), 1
    with connect(own_server) as database:
        write_graph(database, small(0))
        publish(database, SCHEMA, small(0))
    for seed, (step, after) in enumerate(
        [
            ("publish/create_release", True),
            ("publish/set_vectors", True),
            ("publish/create_vector_index", True),
            ("publish/serve_release", False),
            ("publish/serve_release", True),
        ],
        start=1,
    ):
        number += 1
        moment = {"after" if after else "before": kill_once(own_server, step)}
        with (
            connect(own_server) as database,
            told_of_statements(**moment),
            pytest.raises(DatabaseGoneError, match="run the same again"),
        ):
            publish(database, SCHEMA, small(seed))
        if (step, after) == ("publish/serve_release", True):  # it was committed before the server died
            serving = (number, small(seed))
        with connect(own_server) as database:
            assert top(database) == wanted(*serving), (step, after)
    with connect(own_server) as database:
        assert publish(database, SCHEMA, small(9)).version == number + 1
        assert top(database) == wanted(number + 1, small(9))
        assert traces(database) == {"hopline_v1", f"hopline_v{number}", f"hopline_v{number + 1}"}
        assert rollback(database, SCHEMA).version == number
        assert top(database) == wanted(*serving)


def kill_once(settings, step):
    """Return what kills a server at a statement, the first time."""
    killed = []

    def kill(name):
        if name == step and not killed:
            process = psutil.Process(status(settings).pid)
            killed.append(name)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(60)

    return kill


def test_a_full_disk_ends_a_publish_with_the_reason_and_leaves_the_old_release(own_server):
    """Simulated by a limit on how far any file of the server may be written: what lies beyond fails as on a full disk."""
    old, new = small(0), small(1)
    with connect(own_server) as database:
        write_graph(database, old)
        publish(database, SCHEMA, old)
        server = psutil.Process(status(own_server).pid)
        before = server.rlimit(psutil.RLIMIT_FSIZE)

        def fill(name):
            if name == "publish/write_checksums":
                server.rlimit(psutil.RLIMIT_FSIZE, (4096, before[1]))

        with (
            told_of_statements(after=fill),
            pytest.raises(DatabaseError, match=r"could not write .* as when its disk is full, .* make room, restart it"),
        ):
            publish(database, SCHEMA, new)
        with pytest.raises(DatabaseError, match="answers nothing until it is restarted"):
            top(database)
        server.rlimit(psutil.RLIMIT_FSIZE, before)
    down(own_server)
    with connect(own_server) as database:
        assert [(release.version, release.state) for release in list_releases(database)] == [(2, "incomplete"), (1, "active")]
        assert top(database) == wanted(1, old)
        assert publish(database, SCHEMA, new).version == 3
        assert top(database) == wanted(3, new)
        assert traces(database) == {"hopline_v1", "hopline_v3"}
