"""A cache that is missing, damaged or of something else is never believed: the whole graph is read, and the report says why."""

import json
import shutil

import numpy as np
import pytest

from graph.errors import CacheError
from graph.snapshot import read_snapshot
from graph.sync import SyncKind, cache, check_cache, sync
from tests.small_changes import MAKE, SCHEMA, change, check_equal, session_of
from tests.small_releases import rows

pytestmark = pytest.mark.integration


@pytest.fixture
def session(database):
    with session_of(database) as driver, driver.session() as session:
        session.run(MAKE, size=20).consume()
        change(session, np.random.default_rng(0), 20)
        yield session


@pytest.fixture
def folder(database, session, tmp_path):
    """A folder with a cache that is up to date."""
    sync(database, SCHEMA, tmp_path / "snapshot")
    return tmp_path / "snapshot"


@pytest.fixture
def patched(database, session, folder, monkeypatch):
    """The same, after a change that is written beside the relationships that stayed."""
    session.run(
        "UNWIND range(1, 9) AS n CREATE (:User {id: 'made' + n})-[:RATED {value: 1.0}]->(:Item {id: 'made' + n})"
    ).consume()
    monkeypatch.setattr("graph.sync.kept.LARGEST_PATCH", 0.0)
    sync(database, SCHEMA, folder)
    whole = version_of(folder) / "edges-0.arrow"
    before = whole.stat().st_ino, whole.read_bytes()
    monkeypatch.setattr("graph.sync.kept.LARGEST_PATCH", 1.0)
    session.run("MATCH (:User {id: 'made1'})-[r:RATED]->() SET r.value = 7.5").consume()
    assert sync(database, SCHEMA, folder).report.kind is SyncKind.INCREMENTAL
    whole = version_of(folder) / "edges-0.arrow"
    assert (whole.stat().st_ino, whole.read_bytes()) == before
    return folder


def version_of(folder):
    (version,) = [path for path in folder.iterdir() if path.is_dir()]
    return version


def assert_reads_all(database, folder, why, schema=SCHEMA):
    synced = sync(database, schema, folder)
    assert synced.report.kind is SyncKind.FULL
    assert why in synced.report.why
    check_equal(synced.snapshot, read_snapshot(database, schema))
    assert sync(database, schema, folder).report.kind is SyncKind.UNCHANGED


def cut(path):
    path.write_bytes(path.read_bytes()[:-10])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("name", ["edges-0.arrow", "nodes-1.arrow", "manifest.json"])
def test_a_file_that_is_cut_off_damaged_or_gone_is_found(database, folder, damage, name):
    damage(version_of(folder) / name)
    with pytest.raises(CacheError):
        check_cache(database, SCHEMA, folder)
    assert_reads_all(database, folder, "damaged")


@pytest.mark.parametrize("damage", [cut, flip, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("name", ["edges-0.gone.arrow", "edges-0.new.arrow"])
def test_damage_to_what_differs_from_the_relationships_that_stayed_is_found(database, patched, damage, name):
    damage(version_of(patched) / name)
    with pytest.raises(CacheError):
        check_cache(database, SCHEMA, patched)
    assert_reads_all(database, patched, "damaged")


def test_relationships_are_written_whole_again_when_many_differ(database, session, patched, monkeypatch):
    version = version_of(patched)
    before = (version / "edges-0.arrow").read_bytes()
    assert {path.name for path in version.glob("edges-0.*.arrow")} == {"edges-0.gone.arrow", "edges-0.new.arrow"}
    monkeypatch.setattr("graph.sync.kept.LARGEST_PATCH", 0.0)
    session.run("MATCH (:User {id: 'made2'})-[r:RATED]->() SET r.value = 8.5").consume()
    sync(database, SCHEMA, patched)
    version = version_of(patched)
    assert (version / "edges-0.arrow").read_bytes() != before
    assert not list(version.glob("edges-0.*.arrow"))
    check_equal(sync(database, SCHEMA, patched).snapshot, read_snapshot(database, SCHEMA))
    assert check_cache(database, SCHEMA, patched) == []


def test_another_schema_reads_all(database, folder):
    schema = SCHEMA.model_copy(update={"edges": SCHEMA.edges[:1]})
    assert_reads_all(database, folder, "schema", schema)


def test_another_history_of_the_same_store_reads_all(database, folder):
    path = version_of(folder) / "manifest.json"
    whole = json.loads(path.read_bytes())
    for change_to, why in (({"checksum": 1}, "log"), ({"transaction": 10**9}, "log"), ({"store": "other"}, "store")):
        path = version_of(folder) / "manifest.json"
        path.write_text(json.dumps(whole | {"cursor": json.loads(path.read_bytes())["cursor"] | change_to}))
        assert_reads_all(database, folder, why)


def test_a_log_that_was_pruned_reads_all(database, folder):
    path = version_of(folder) / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["cursor"]["transaction"] = 1
    path.write_text(json.dumps(manifest))
    assert_reads_all(database, folder, "does not reach back")


def test_much_change_reads_all(database, folder, monkeypatch):
    monkeypatch.setattr("graph.sync.synced.LEAST_LIMIT", 5)
    rows(database, "MATCH (n) SET n.age = 3")
    assert_reads_all(database, folder, "changed")


@pytest.mark.parametrize("moment", ["rename", "write", "remove"])
def test_cut_off_at_any_moment_the_old_or_the_new_is_there(database, session, folder, monkeypatch, moment):
    change(session, np.random.default_rng(1), 5)

    def cut_off(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if moment == "rename":
            patch.setattr("pathlib.Path.rename", cut_off)
        elif moment == "write":
            patch.setattr(cache, "_write", cut_off)
        else:
            patch.setattr(cache, "remove_versions", cut_off)
        with pytest.raises(KeyboardInterrupt):
            sync(database, SCHEMA, folder)
    synced = sync(database, SCHEMA, folder)
    assert synced.report.kind is (SyncKind.UNCHANGED if moment == "remove" else SyncKind.INCREMENTAL)
    check_equal(synced.snapshot, read_snapshot(database, SCHEMA))


def test_what_a_killed_program_left_is_removed(database, session, folder):
    left = folder / "new-killed"
    shutil.copytree(version_of(folder), left)
    session.run("MATCH (u:User) WITH u LIMIT 1 SET u.age = -1").consume()
    sync(database, SCHEMA, folder)
    assert not left.exists()
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1
