"""The embedded server asks everybody for its password, which is in one file, and is heard by this machine alone."""

import os
import sys
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import AuthError

from graph.server.child import ChildConfig
from graph.server.home import ServerHome

pytestmark = pytest.mark.integration

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}  # as /proc/net writes them
LISTENING = "0A"


@pytest.mark.parametrize(
    "auth", [None, ("neo4j", ""), ("neo4j", "neo4j"), ("neo4j", "wrong"), ("", ""), neo4j.bearer_auth("x")], ids=str
)
def test_a_wrong_or_missing_password_is_refused(server, auth):
    with neo4j.GraphDatabase.driver(server.uri, auth=auth) as driver, pytest.raises(AuthError):
        driver.verify_connectivity()
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password.get_secret_value())) as driver:
        driver.verify_connectivity()


def test_the_password_is_in_one_file_of_the_home_that_its_owner_alone_may_read(server):
    password = server.password.get_secret_value().encode()
    assert len(password) >= 32
    files = [path for path in server.home.rglob("*") if path.is_file()]
    assert {"neo4j.conf", "server.json", "server.log", "debug.log", "neostore.transaction.db.0"} <= {p.name for p in files}
    holders = [path for path in files if password in path.read_bytes()]
    assert holders == [ServerHome(server.home).password_path]
    assert holders[0].stat().st_mode & 0o777 == 0o600
    assert server.home.stat().st_mode & 0o077 == 0


@on_linux
def test_the_process_was_never_told_the_password(server):
    password = server.password.get_secret_value().encode()
    for told in ("cmdline", "environ"):
        assert password not in Path(f"/proc/{server.pid}/{told}").read_bytes()
    assert "password" not in ChildConfig.__dataclass_fields__


@on_linux
def test_the_server_listens_on_loopback_only(server):
    process = Path(f"/proc/{server.pid}")
    sockets = set()
    for descriptor in (process / "fd").iterdir():
        try:
            sockets.add(os.readlink(descriptor))
        except FileNotFoundError:  # closed meanwhile
            continue
    heard_at = []
    for table in ("tcp", "tcp6"):
        for line in (process / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and f"socket:[{fields[9]}]" in sockets:
                heard_at.append(fields[1].split(":"))
    assert [int(port, 16) for _, port in heard_at] == [int(server.uri.rpartition(":")[2])]
    assert {address for address, _ in heard_at} <= LOOPBACK
