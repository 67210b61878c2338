"""A server that cannot be started says why and what to do, starts nothing, and leaves the store alone."""

import json
import socket

import pytest

from graph.errors import ServerError
from graph.server.disk import MIB
from graph.server.home import ServerHome, StoreRecord
from graph.server.lifecycle import down, status, up
from graph.settings import ServerSettings

pytestmark = pytest.mark.integration


@pytest.fixture
def refuse(tmp_path):
    """Fail to bring up a server with these settings; return the message, after a look that nothing runs."""

    def refuse(measure=lambda folder: 1 << 40, **changes):
        settings = ServerSettings(**{"home": tmp_path / "home", "port": 0, "heap_mb": 512} | changes)
        try:
            with pytest.raises(ServerError) as refused:
                up(settings, measure=measure)
            assert not status(settings).running
        finally:
            down(settings)
        return str(refused.value)

    return refuse


def has(message, *parts):
    assert [part for part in parts if part not in message] == []
    return True


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_another_program_has_taken_is_told(refuse, address):
    with socket.create_server((address, 0)) as taken:
        port = taken.getsockname()[1]
        message = refuse(port=port)
    assert has(message, f"HOPLINE_PORT is {port}", "another program", "set HOPLINE_PORT to another, or to 0 for any")


def test_another_port_than_that_of_the_server_that_runs_is_told(server, server_settings):
    port = int(server.uri.rpartition(":")[2])
    other = server_settings.model_copy(update={"port": port + 1 if port < 65535 else port - 1})
    with pytest.raises(ServerError) as refused:
        up(other)
    assert has(str(refused.value), f"runs on port {port}", f"HOPLINE_PORT is {other.port}", "'hopline down'")
    assert up(server_settings.model_copy(update={"port": port})).pid == server.pid


@pytest.mark.parametrize("version", ["2099.01.0", "2026.09.1", "2026.10", "2026.10.0"])
def test_a_store_written_by_a_newer_neo4j_is_told_and_kept(refuse, tmp_path, version):
    home = ServerHome(tmp_path / "home")
    home.root.mkdir()
    home.remember(StoreRecord(version, 0))
    message = refuse(neo4j_version="2026.09.0")
    assert has(message, str(home.root), f"written by Neo4j {version}", "2026.09.0 is older", "upgrade hopline", "HOPLINE_HOME")
    assert home.record() == StoreRecord(version, 0)


def test_a_record_of_the_store_that_cannot_be_read_is_told(refuse, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "store.json").write_text(json.dumps({"version": "next", "port": 1}))
    assert has(refuse(), "store.json holds", "expected the version and port", "delete this file")


@pytest.mark.parametrize("version", ["latest", "1.0", ""])
def test_a_version_that_there_is_no_lock_file_for_is_told(refuse, tmp_path, version):
    (tmp_path / "home").mkdir()
    ServerHome(tmp_path / "home").remember(StoreRecord("5.26.28", 0))
    assert has(refuse(neo4j_version=version), f"no lock file for Neo4j {version!r}", "2026.09.0")


def test_a_disk_without_room_for_the_store_is_told(refuse, tmp_path):
    message = refuse(measure=lambda folder: 299 * MIB)
    assert has(message, f"{tmp_path / 'home'} has 299 MiB free", "needs 300 MiB", "set HOPLINE_HOME")


def test_a_home_that_is_a_file_is_told(refuse, tmp_path):
    (tmp_path / "file").touch()
    assert has(refuse(home=tmp_path / "file" / "home"), "cannot use the folder", "set HOPLINE_HOME to another")


def java(folder, version):
    (folder / "lib" / "server").mkdir(parents=True)
    (folder / "lib" / "server" / "libjvm.so").write_text("not a library")
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n')
    return folder


def test_a_java_of_another_version_is_told(refuse, tmp_path):
    assert has(refuse(java_home=java(tmp_path / "java", "11.0.2")), "is Java 11", "21 or 25", "set HOPLINE_JAVA_HOME")


def test_a_server_that_ends_while_it_starts_is_told_with_the_end_of_its_log(refuse, tmp_path):
    message = refuse(java_home=java(tmp_path / "java", "25.0.1"))
    assert has(message, "the embedded Neo4j ended", str(tmp_path / "home" / "server.log"), "Traceback", "libjvm.so")


def test_a_server_that_is_not_ready_in_time_is_told_and_stopped(refuse):
    assert has(refuse(start_timeout_s=0.2), "was not ready after 0.2 s (HOPLINE_START_TIMEOUT_S) and was stopped", "server.log")
