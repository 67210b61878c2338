"""Addresses where no Neo4j answers: each is told in the reader's words, soon, and without the password."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from graph.database import Database
from graph.errors import AuthenticationError, DatabaseError, DatabaseGoneError
from graph.settings import ConnectionSettings, ServerSettings

PASSWORD = "s3cret-0f-mine"


def connect_error(uri, tmp_path):
    settings = ConnectionSettings(uri=uri, password=SecretStr(PASSWORD), database="neo4j")
    with pytest.raises(DatabaseError) as refused:
        Database.connect(settings, ServerSettings(home=tmp_path / "unused"))
    assert not isinstance(refused.value, (DatabaseGoneError, AuthenticationError))
    assert not (tmp_path / "unused").exists()
    error = refused.value
    while error is not None:
        assert PASSWORD not in f"{error} {error!r}"
        error = error.__cause__
    return str(refused.value)


@contextmanager
def listening(answer):
    """A program that is no Neo4j: it reads what it is sent and gives ``answer``, or with None says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = []

        def serve():
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                heard.append(client)
                client.recv(64)
                if answer is not None:
                    client.sendall(answer)
                    client.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"bolt://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for client in heard:
            client.close()


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s"])
def test_an_address_where_nothing_listens_is_told_with_what_to_check(tmp_path, scheme):
    with socket.socket() as taken:  # bound, so that nobody else listens there meanwhile
        taken.bind(("127.0.0.1", 0))
        uri = f"{scheme}://127.0.0.1:{taken.getsockname()[1]}"
        assert connect_error(uri, tmp_path).startswith(f"nothing answers at {uri} (")
        assert connect_error(uri, tmp_path).endswith("start it, or check NEO4J_URI")


def test_a_host_without_an_address_is_told(tmp_path):
    assert "nothing answers at bolt://hopline.invalid:7687" in connect_error("bolt://hopline.invalid:7687", tmp_path)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_a_program_that_is_no_neo4j_is_told_with_the_address(tmp_path, answer):
    with listening(answer) as uri:
        message = connect_error(uri, tmp_path)
    assert uri in message
    assert "check NEO4J_URI" in message or "see that" in message


def test_a_program_that_says_nothing_is_not_waited_for_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.database._HANDSHAKE_TIMEOUT_S", 0.5)
    started = time.monotonic()
    with listening(None) as uri:
        assert "nothing answers" in connect_error(uri, tmp_path)
    assert time.monotonic() - started < 20  # the driver's own patience is a minute


@pytest.mark.parametrize("uri", ["", "localhost:7687", "http://localhost:7474", "bolt://localhost:port"])
def test_an_address_that_is_none_is_refused_before_anything_is_started(tmp_path, uri):
    assert connect_error(uri, tmp_path).startswith(f"NEO4J_URI is {uri!r}; expected")


def test_a_password_in_the_address_is_refused_and_not_shown(tmp_path):
    assert "NEO4J_PASSWORD" in connect_error(f"bolt://neo4j:{PASSWORD}@localhost:7687", tmp_path)
