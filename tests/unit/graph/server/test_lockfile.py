"""The lock files name jars by coordinate and checksum, and a line that cannot be read is pointed at."""

import pytest

from graph.errors import ServerError
from graph.server import lockfile
from graph.server.lockfile import Jar, read_lock, sha256_of
from graph.settings import ServerSettings

SUM = "0123456789abcdef" * 4


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write the lines of the lock file of version 9.9.9, the only one there is."""
    monkeypatch.setattr(lockfile, "_FOLDER", tmp_path)

    def write(*lines):
        (tmp_path / "neo4j-9.9.9.lock").write_text("\n".join(lines) + "\n")

    return write


def test_a_line_is_a_coordinate_and_a_checksum_in_class_path_order(written):
    written("# how it was made", f"org.neo4j:neo4j:9.9.9 {SUM}", f"io.netty:netty-epoll:4.1:linux-x86_64 {SUM}")
    assert read_lock("9.9.9") == (
        Jar("org.neo4j", "neo4j", "9.9.9", "", SUM),
        Jar("io.netty", "netty-epoll", "4.1", "linux-x86_64", SUM),
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "org.neo4j:neo4j:9.9.9",
        f"org.neo4j:neo4j {SUM}",
        f"org.neo4j:neo4j:9.9.9 {SUM[1:]}",
        f"org.neo4j:neo4j:9.9.9 {SUM.upper()}",
        f"org.neo4j:neo4j:9.9.9  {SUM}",
        f"../../evil:neo4j:9.9.9 {SUM}",
        f"a:b:1:c:d {SUM}",
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_number_and_the_form_expected(written, line):
    written("# made", f"org.neo4j:neo4j:9.9.9 {SUM}", line, f"a:b:1 {SUM}")
    with pytest.raises(ServerError, match="group:artifact:version") as refused:
        read_lock("9.9.9")
    assert f"neo4j-9.9.9.lock:3 is {line!r}" in str(refused.value)
    assert "reinstall hopline" in str(refused.value)


@pytest.mark.parametrize("version", ["1.0", "", "latest", "../9.9.9"])
def test_a_version_without_a_lock_file_is_refused_with_those_there_are(written, version):
    written()
    with pytest.raises(ServerError, match=r"no lock file for Neo4j .*this Hopline has \['9.9.9'\]"):
        read_lock(version)


@pytest.mark.parametrize("path", sorted(lockfile._FOLDER.glob("neo4j-*.lock")), ids=lambda path: path.stem)
def test_every_lock_file_we_ship_has_the_server_itself_and_no_two_jars_under_one_name(path):
    version = path.stem.removeprefix("neo4j-")
    jars = read_lock(version)
    assert (jars[0].group, jars[0].artifact, jars[0].version) == ("org.neo4j", "neo4j", version)
    assert len({jar.filename for jar in jars}) == len(jars) > 100


def test_the_default_server_has_a_lock_file():
    assert read_lock(ServerSettings.model_fields["neo4j_version"].default)


def test_the_checksum_is_that_of_all_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(lockfile, "_BLOCK_BYTES", 2)
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_of(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
