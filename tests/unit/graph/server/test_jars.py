"""Jars are trusted by checksum alone; what is there is not fetched, and what cannot be had is a clear error."""

import hashlib
from contextlib import nullcontext

import pytest

from graph.errors import ServerError
from graph.server.jars import install
from graph.server.lockfile import Jar

GIB = 1 << 30


def jar(name):
    return Jar("org.example", name, "1.0", "", hashlib.sha256(name.encode()).hexdigest())


JARS = tuple(jar(name) for name in ("alpha", "beta", "gamma"))


class Central:
    """A Maven Central whose jars hold their own names, unless told otherwise; it remembers what was asked for."""

    def __init__(self, fails=(), wrong_times=0):
        self.fetched = []
        self.fails, self.wrong_times = fails, wrong_times

    def __call__(self, wanted, folder):
        self.fetched.append(wanted.artifact)
        if wanted.artifact in self.fails:
            raise self.fails[wanted.artifact]
        path = folder / "some" / "repository" / "file.jar"
        path.parent.mkdir(parents=True)
        wrong = self.fetched.count(wanted.artifact) <= self.wrong_times
        path.write_bytes(b"<html>log in to this network</html>" if wrong else wanted.artifact.encode())
        return path


def no_network(wanted, folder):
    pytest.fail(f"{wanted.coordinate} was fetched")


def test_an_empty_cache_is_filled_in_the_order_of_the_class_path(tmp_path):
    central, told = Central(), []
    paths = install(JARS, tmp_path / "new" / "cache", lambda *progress: told.append(progress), central)
    assert [path.read_text() for path in paths] == ["alpha", "beta", "gamma"]
    assert sorted(central.fetched) == ["alpha", "beta", "gamma"]
    assert [(done, total) for done, total, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert sorted(name for *_, name in told) == ["alpha", "beta", "gamma"]


def test_a_full_cache_needs_no_network_and_no_room(tmp_path):
    paths = install(JARS, tmp_path, fetch=Central())
    assert install(JARS, tmp_path, fetch=no_network, measure=lambda folder: 0) == paths


@pytest.mark.parametrize("damage", [b"", b"alph", b"alpha and more"])
def test_a_damaged_jar_is_fetched_again_and_it_alone(tmp_path, damage):
    first, *_ = install(JARS, tmp_path, fetch=Central())
    first.write_bytes(damage)
    central, told = Central(), []
    install(JARS, tmp_path, lambda *progress: told.append(progress), central)
    assert (first.read_text(), central.fetched, told) == ("alpha", ["alpha"], [(3, 3, "alpha")])


def test_a_missing_jar_is_fetched_and_it_alone(tmp_path):
    install(JARS, tmp_path, fetch=Central())[1].unlink()
    central = Central()
    install(JARS, tmp_path, fetch=central)
    assert central.fetched == ["beta"]


@pytest.mark.parametrize("failure", [OSError("Network is unreachable"), RuntimeError("404 for org.example:beta")])
def test_a_fetch_that_fails_is_tried_again_then_told_with_what_to_do(tmp_path, failure):
    central = Central(fails={"beta": failure})
    with pytest.raises(ServerError, match=r"org\.example:beta:1\.0") as refused:
        install(JARS, tmp_path, fetch=central)
    assert central.fetched.count("beta") == 3
    for part in (str(failure), "needs the network once", str(tmp_path), "NEO4J_URI"):
        assert part in str(refused.value)


def test_wrong_bytes_are_never_put_into_the_cache(tmp_path):
    with pytest.raises(ServerError, match=f"SHA-256 was .*, the lock file says {JARS[0].sha256}"):
        install(JARS[:1], tmp_path, fetch=Central(wrong_times=3))
    assert list((tmp_path / "jars").iterdir()) == []


def test_wrong_bytes_that_come_once_do_no_harm(tmp_path):
    (path,) = install(JARS[:1], tmp_path, fetch=Central(wrong_times=1))
    assert path.read_text() == "alpha"


@pytest.mark.parametrize("fails", [{}, {"gamma": OSError("gone")}])
def test_nothing_but_jars_is_left_in_the_cache(tmp_path, fails):
    with pytest.raises(ServerError) if fails else nullcontext():
        install(JARS, tmp_path, fetch=Central(fails=fails))
    assert [path.name for path in tmp_path.iterdir()] == ["jars"]
    assert {path.read_text() for path in (tmp_path / "jars").iterdir()} <= {"alpha", "beta", "gamma"}


def test_what_was_fetched_before_a_failure_is_kept(tmp_path):
    with pytest.raises(ServerError):
        install(JARS, tmp_path, fetch=Central(fails={"gamma": OSError("gone")}))
    there = {path.read_text() for path in (tmp_path / "jars").iterdir()}
    central = Central()
    install(JARS, tmp_path, fetch=central)
    assert set(central.fetched) == {"alpha", "beta", "gamma"} - there


def test_a_disk_without_room_is_told_before_anything_is_fetched(tmp_path):
    with pytest.raises(ServerError, match=r"has 20 MiB free; downloading 3 jars needs 201 MiB.*HOPLINE_CACHE"):
        install(JARS, tmp_path, fetch=no_network, measure=lambda folder: 20 * (1 << 20))
    assert install(JARS, tmp_path, fetch=Central(), measure=lambda folder: GIB)


def test_a_cache_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ServerError, match=r"cannot use the folder .*set HOPLINE_CACHE to another"):
        install(JARS, tmp_path / "cache", fetch=no_network)
