"""``hopline serve`` as a program: killed, told to stop, and with the database gone."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import psutil
import pytest

from graph.database import Database
from graph.publish import publish
from graph.server.lifecycle import down, up
from graph.settings import ConnectionSettings, ServerSettings
from hopline.client import Client
from hopline.errors import OverloadError, ServiceError
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration


@contextmanager
def serving(home, folder, *options):
    """A service in a process of its own, in ``folder``; yields the process and a client."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "HOPLINE_"))}
    command = [sys.executable, "-c", "from hopline.cli import main; main()", "serve", "--port", "0", "--json", *options]
    with (folder / "service.log").open("a") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment | {"HOPLINE_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        told = process.stdout.readline()
        assert told, (folder / "service.log").read_text()
        address = json.loads(told)["address"]
        with Client(address, timeout_s=60) as client:
            assert client.health().status == "ready"  # asked as soon as the address is told, it answers once it can
        with Client(address, timeout_s=20) as client:
            yield process, client
    finally:
        process.kill()
        process.wait(20)
        process.stdout.close()


def _await(true, seconds):
    ends = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except ServiceError:
            pass
        assert time.monotonic() < ends
        time.sleep(0.05)


def _refuses(client):
    try:
        client.health()
    except ServiceError as error:
        return "refused" in str(error)
    return False


def event(number):
    return {"user": f"u{number % 8}", "item": f"i{number % 40}", "behaviour": "rating", "value": 3, "id": f"e{number}"}


class Sender(threading.Thread):
    """Sends events one after the other until it is refused; knows which were acknowledged."""

    def __init__(self, client, first):
        super().__init__()
        self.client, self.number = client, first
        self.acknowledged = []

    def run(self):
        while True:
            sent = [event(self.number), event(self.number + 1)]
            try:
                self.client.send(sent)
            except ServiceError:
                return
            self.acknowledged += [one["id"] for one in sent]
            self.number += 2


@pytest.fixture
def published(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    return draft


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_is_in_the_graph_once_however_the_service_ends(database, server, published, tmp_path, how):
    senders = []
    with serving(server.home, tmp_path) as (process, client):
        senders = [Sender(client, 1_000_000 * number) for number in range(1, 5)]
        for sender in senders:
            sender.start()
        _await(lambda: all(len(sender.acknowledged) > 10 for sender in senders), 60)
        process.send_signal(how)
        process.wait(40)
        for sender in senders:
            sender.join(40)
    known = [row["id"] for row in rows(database, "MATCH (n:HoplineEvent) RETURN n.id AS id")]
    assert len(known) == len(set(known))
    acknowledged = {one for sender in senders for one in sender.acknowledged}
    assert acknowledged <= set(known)
    with serving(server.home, tmp_path) as (_, client):  # whoever got no answer sends the same again
        for sender in senders:
            taken = client.send([event(sender.number), event(sender.number + 1)])
            assert taken.new + taken.repeated == 2
    found = rows(database, "MATCH (n:HoplineEvent) RETURN count(n) AS number")[0]["number"]
    assert found == len(acknowledged) + 2 * len(senders)
    if how is signal.SIGTERM:
        assert process.returncode in {0, -signal.SIGTERM}


def test_while_the_database_is_away_popular_items_are_answered_and_then_it_recovers(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = ServerSettings(home=tmp_path / "home", port=port, heap_mb=512)
    try:
        with Database.connect(ConnectionSettings(uri=None, database="neo4j"), settings) as database:
            draft = make_draft()
            write_graph(database, draft)
            publish(database, SCHEMA, draft)
        folder = tmp_path / "service"
        folder.mkdir()
        with serving(settings.home, folder) as (_, client):
            assert client.recommend("u1", 3).by_model
            down(settings)
            away = client.recommend("u1", 3)
            assert (away.by_model, [item.id for item in away.items]) == (False, ["i0", "i1", "i2"])
            assert "Neo4j does not answer" in away.fallback
            with pytest.raises(OverloadError, match="does not answer"):
                client.similar("i1")
            assert client.health().status != "ready"
            up(settings)
            _await(lambda: client.health().status == "ready", 60)
            assert client.recommend("u1", 3).by_model
            assert client.send([event(1)]).new == 1
    finally:
        down(settings)


def test_two_processes_answer_at_one_address_and_count_together(server, published, tmp_path):
    with serving(server.home, tmp_path, "--workers", "2") as (process, client):
        for _ in range(20):
            assert client.recommend("u1", 3).by_model
        told = client._http.get("/metrics").text
        process.kill()  # and neither goes on without who started them, to hold the port
        _await(lambda: _refuses(client), 30)
    assert 'hopline_request_seconds_count{route="/recommend",status="200"} 20.0' in told


def test_an_address_that_others_reach_needs_a_key(tmp_path, hopline, workplace):
    status, _, error = hopline("serve", "--host", "0.0.0.0")
    assert status == 1
    assert "make one by `hopline keys add NAME --scope read`" in error


def test_keys_are_made_listed_and_removed(hopline, workplace):
    assert "no keys" in hopline("keys", "list")[1]
    status, out, _ = hopline("keys", "add", "shop", "--scope", "read", "--scope", "write", "--json")
    assert (status, json.loads(out)["scopes"]) == (0, ["read", "write"])
    listed = json.loads(hopline("keys", "list", "--json")[1])["keys"]
    assert [(key["name"], key["scopes"]) for key in listed] == [("shop", ["read", "write"])]
    assert json.loads(out)["key"] not in str(listed)
    assert hopline("keys", "add", "shop")[0] == 1
    assert hopline("keys", "remove", "shop")[0] == 0
    assert "there is no key 'shop'" in hopline("keys", "remove", "shop")[2]


def test_a_connection_stays_open_longer_than_clients_keep_an_idle_one(server, published, tmp_path):
    with serving(server.home, tmp_path) as (process, client):
        (address,) = {
            one.laddr for one in psutil.Process(process.pid).net_connections("tcp") if one.status == psutil.CONN_LISTEN
        }
        with closing(http.client.HTTPConnection(address.ip, address.port, timeout=20)) as connection:
            connection.connect()
            connection.auto_open = False  # what was closed stays closed
            for wait_s in (0, 7):  # httpx closes an idle one after 5
                time.sleep(wait_s)
                connection.request("GET", "/health/live")
                assert connection.getresponse().read().startswith(b'{"status":"live"')
        assert client.health().status == "ready"
