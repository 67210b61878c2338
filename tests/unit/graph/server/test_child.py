"""The child process that becomes the server: who may start it, and what it is told."""

import fcntl
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace

import pytest

from graph.server.child import ChildConfig


@pytest.fixture
def config(tmp_path):
    """A configuration whose Java is no Java, so that the child ends as soon as it has the lock."""
    (tmp_path / "libjvm.so").write_text("not a library")
    return ChildConfig(
        home=str(tmp_path),
        state_path=str(tmp_path / "server.json"),
        libjvm=str(tmp_path / "libjvm.so"),
        class_path=(),
        version="2026.09.0",
        port=7687,
        heap_mb=256,
        page_cache_mb=8,
    )


def run_child(config):
    """Run it to the end of all who hold its standard error, the fork included; return what it said."""
    child = [sys.executable, "-m", "graph.server.child"]
    return subprocess.run(child, input=json.dumps(asdict(config)), capture_output=True, text=True, check=False)


def test_a_second_server_in_one_home_ends_and_says_who_is_in_the_way(config, tmp_path):
    with (tmp_path / "server.json").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ended = run_child(config)
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"another process holds {config.state_path}; find it with: fuser {config.state_path}"


def test_one_that_asks_whether_a_server_runs_does_not_keep_it_from_starting(config, tmp_path):
    with (tmp_path / "server.json").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        later = threading.Timer(1.0, lambda: fcntl.flock(file, fcntl.LOCK_UN))
        later.start()
        started = time.monotonic()
        ended = run_child(config)
        later.join()
    assert time.monotonic() - started > 0.5
    assert "another process" not in ended.stderr
    assert "libjvm.so" in ended.stderr


def test_what_was_said_of_the_last_run_is_gone_when_the_start_fails(config, tmp_path):
    (tmp_path / "server.json").write_text("x" * 500)
    assert "Traceback" in run_child(config).stderr
    assert json.loads((tmp_path / "server.json").read_text())["ready"] is False


def test_the_server_listens_on_loopback_asks_for_a_password_and_tells_nobody(config):
    settings = config.neo4j_settings()
    assert settings["server.bolt.listen_address"] == settings["server.bolt.advertised_address"] == "127.0.0.1:7687"
    assert settings["dbms.security.auth_enabled"] == "true"
    assert settings["dbms.usage_report.enabled"] == "false"
    assert "7687" not in str(replace(config, port=1234).neo4j_settings())


def test_memory_is_what_was_asked_for(config):
    config = replace(config, heap_mb=333, page_cache_mb=44)
    assert "-Xmx333m" in config.jvm_flags()
    assert config.neo4j_settings()["server.memory.pagecache.size"] == "44m"


def test_a_version_is_told_only_what_it_knows(config):
    now, lts = config.neo4j_settings(), replace(config, version="5.26.28").neo4j_settings()
    assert set(now) - set(lts) == {
        "server.fleet_discovery.enabled",
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration",
        "internal.dbms.index.vector.post_population_compaction",
    }
    assert set(lts) - set(now) == {"internal.dbms.bolt.netty_server_shutdown_quiet_period"}
