"""One server through its life: started once, killed, recovered, stopped, started again, and asked with wrong passwords."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from cypher import Access, Statement, load
from graph.database import Database
from graph.errors import AuthenticationError, DatabaseGoneError
from graph.server.credentials import RATE_LIMIT_S
from graph.server.home import ServerHome, replace_text
from graph.server.lifecycle import ServerStatus, down, status, up
from graph.settings import ConnectionSettings, ServerSettings

pytestmark = pytest.mark.integration

EMBEDDED = ConnectionSettings(uri=None, database="neo4j")
WRONG = "s3cret-but-wr0ng"
LONG_READ = Statement(
    "test/long_read", "Hours of work.", "UNWIND range(1, 1000000000000) AS x RETURN count(x) AS n", (), (), ("n",), Access.READ
)
UP_IN_A_PROCESS = """
import sys
from graph.server.lifecycle import up
from graph.settings import ServerSettings
print(up(ServerSettings(home=sys.argv[1], port=0, heap_mb=512)).pid)
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.database._RETRY_TIME_S", 1.0)
    settings = ServerSettings(home=tmp_path / "home", port=0, heap_mb=512)
    yield settings
    down(settings)


def files_of(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def recoveries(home):
    return (home.root / "logs" / "debug.log").read_text().count("Recovery required from position")


def kept(database):
    return database.read(load("schema/read_schema")) == [{"json": "kept"}]


def test_a_server_that_is_down_is_told_without_writing_anything(settings):
    home = ServerHome(settings.home)
    assert status(settings) == ServerStatus(running=False, home=home.root, log_path=home.log_path)
    assert down(settings) is False
    assert not settings.home.exists()


def test_a_server_through_its_life(settings):
    server = check_that_calls_at_once_start_one_server(settings)
    with Database.connect(EMBEDDED, settings) as database:
        database.write(load("schema/write_schema"), {"json": "kept"})
        server = check_that_a_killed_server_recovers_what_was_committed(settings, server, database)
        check_that_a_signal_stops_it_cleanly(settings, server, database)
    check_that_a_password_that_is_not_the_stores_is_refused(settings)
    assert down(settings) is True
    before = files_of(settings.home)
    assert status(settings).running is False
    assert files_of(settings.home) == before


def check_that_calls_at_once_start_one_server(settings):
    command = [sys.executable, "-c", UP_IN_A_PROCESS, str(settings.home)]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        servers = list(pool.map(up, [settings, settings]))
    pids = {server.pid for server in servers} | {int(other.communicate()[0]) for other in others}
    assert pids == {up(settings).pid} == {status(settings).pid}
    assert len({server.password.get_secret_value() for server in servers}) == 1
    return servers[0]


def check_that_a_killed_server_recovers_what_was_committed(settings, killed, database):
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(database.read, LONG_READ)
        time.sleep(1.0)
        assert not reading.done()
        os.kill(killed.pid, signal.SIGKILL)
        server = up(settings)  # at once, while the killed one may still be on its way out
        gone = reading.exception()
    assert isinstance(gone, DatabaseGoneError)
    assert "was lost while running test/long_read" in str(gone)
    assert "see that the server runs, then run the same again" in str(gone)
    assert killed.password.get_secret_value() not in f"{gone} {gone.__cause__!r}"
    assert server.pid != killed.pid
    assert (server.uri, server.password) == (killed.uri, killed.password)
    assert recoveries(ServerHome(settings.home)) > 0
    assert kept(database)
    return server


def check_that_a_signal_stops_it_cleanly(settings, server, database):
    home = ServerHome(settings.home)
    recovered = recoveries(home)
    os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while status(settings).running:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert home.state_path.read_bytes() == b""
    with pytest.raises(DatabaseGoneError, match=server.uri):
        kept(database)
    assert up(settings).uri == server.uri
    assert kept(database)
    assert recoveries(home) == recovered  # a store that was closed needs none


def check_that_a_password_that_is_not_the_stores_is_refused(settings):
    home = ServerHome(settings.home)
    right = home.password_path.read_text()
    home.password_path.unlink()
    with pytest.raises(AuthenticationError, match="put back the file that belongs to this store"):
        up(settings)
    assert not home.password_path.exists()  # a new one that was never accepted does not stay

    replace_text(home.password_path, WRONG)
    with pytest.raises(AuthenticationError, match=r"refuses the password in .* put back the file") as refused:
        up(settings)
    assert str(home.password_path) in str(refused.value)

    too_often = f"too often and now refuses all; .* wait {RATE_LIMIT_S} seconds"
    with pytest.raises(AuthenticationError, match=too_often) as refused:
        up(settings)
    assert str(home.password_path) in str(refused.value)
    outside = ConnectionSettings(uri=status(settings).uri, password=SecretStr(WRONG), database="neo4j")
    with pytest.raises(AuthenticationError, match=too_often) as refused:
        Database.connect(outside, settings)
    assert WRONG not in f"{refused.value!r} {refused.value.__cause__!r}"

    time.sleep(RATE_LIMIT_S + 0.5)
    replace_text(home.password_path, right)
    assert up(settings).password.get_secret_value() == right
