"""What a home folder remembers is believed only while the lock says so, and never half-read."""

import fcntl
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import asdict

import pytest

from graph.errors import ServerError
from graph.server import home as home_module
from graph.server.child import ChildState
from graph.server.home import ServerHome, StoreRecord, replace_text

STATE = ChildState(pid=os.getpid(), port=7687, version="2026.09.0", started_at="2026-01-01T00:00:00+00:00", ready=True)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(home_module, "_PUBLISH_WAIT_S", 0.2)
    return ServerHome(tmp_path)


@contextmanager
def held(home, content):
    """The state file as a living server keeps it: locked, with what it says of itself."""
    home.state_path.write_text(content)
    with home.state_path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def test_a_home_that_is_not_there_runs_nothing_and_stays_away(tmp_path):
    home = ServerHome(tmp_path / "never")
    assert home.running() is None
    assert home.record() is None
    assert home.log_tail() == "(no log)"
    assert not home.root.exists()


def test_a_process_id_left_by_a_killed_server_is_not_believed(home):
    home.state_path.write_text(json.dumps(asdict(STATE)))  # the id is of a process that lives: this one
    assert home.running() is None


def test_what_the_holder_of_the_lock_says_is_believed_until_it_lets_go(home):
    with held(home, json.dumps(asdict(STATE))):
        assert home.running() == STATE
    assert home.running() is None


def test_one_that_asks_does_not_stand_in_the_way_of_another(home):
    home.state_path.touch()
    with home.state_path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert home.running() is None


def test_a_state_that_is_being_written_is_waited_for(home, monkeypatch):
    monkeypatch.setattr(home_module, "_PUBLISH_WAIT_S", 30.0)
    with held(home, "") as file:
        os.pwrite(file.fileno(), b'{"pid": 1', 0)
        later = threading.Timer(0.2, lambda: os.pwrite(file.fileno(), json.dumps(asdict(STATE)).encode(), 0))
        later.start()
        assert home.running() == STATE
        later.join()


@pytest.mark.parametrize("content", ["", "[]", "{}", "7", '{"pid": 1', '{"pid": 1, "surprise": 2}'])
def test_a_holder_that_says_nothing_readable_is_told_with_how_to_find_it(home, content):
    with held(home, content), pytest.raises(ServerError, match="says neither its id nor its port; find it with: fuser"):
        home.running()


def test_the_last_run_is_forgotten(home):
    home.state_path.write_text(json.dumps(asdict(STATE)))
    home.forget_last_run()
    assert home.state_path.read_bytes() == b""


def test_what_is_remembered_of_the_store_comes_back(home):
    for record in (StoreRecord("5.26.28", 0), StoreRecord("2026.09.0", 7687)):
        home.remember(record)
        assert home.record() == record


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\xff\xfe", b"[]", b"{}", b"null", b'{"version": "2026.09.0"', b'{"version": "2026.09.0"}'),
        *(b'{"version": "new", "port": 1}', b'{"version": 5, "port": 1}', b'{"version": "5.26", "port": "1"}'),
        b'{"version": "5.26", "port": 1, "surprise": 2}',
    ],
)
def test_a_record_that_cannot_be_understood_is_told_and_not_guessed(home, content):
    home.record_path.write_bytes(content)
    with pytest.raises(ServerError, match="expected the version and port of the store") as refused:
        home.record()
    assert repr(content) in str(refused.value)
    assert "delete this file" in str(refused.value)


def test_turns_are_taken_one_at_a_time(home):
    order = []

    def second():
        with home.turn():
            order.append("second")

    with home.turn():
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_the_end_of_the_log_is_given_even_if_it_is_not_text(home):
    home.log_path.write_bytes(b"\xff\n" + b"".join(b"line %d\n" % number for number in range(40)))
    assert home.log_tail(2) == "line 38\nline 39"
    assert home.log_tail(100).splitlines()[0] == "\ufffd"


def test_a_replaced_file_is_its_owners_alone_and_leaves_no_other(tmp_path):
    path = tmp_path / "password"
    path.write_text("old, and longer than the new one")
    path.chmod(0o644)
    path.with_name("password.pending").write_text("left by a crash")
    replace_text(path, "new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_keeps_what_it_had(tmp_path, monkeypatch):
    path = tmp_path / "password"
    replace_text(path, "old")

    def full_disk(descriptor):
        raise OSError("No space left on device")

    monkeypatch.setattr("graph.server.home.os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        replace_text(path, "new")
    assert path.read_text() == "old"
