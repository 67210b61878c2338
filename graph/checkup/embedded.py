"""The embedded server on this machine, running or not: what it needs to start, and the room it has."""

from __future__ import annotations

from pathlib import Path

from graph.checkup.finding import Finding
from graph.errors import ServerError
from graph.server.disk import MIB, free_bytes
from graph.server.home import ServerHome
from graph.server.jars import DOWNLOAD_MIB, jar_paths
from graph.server.java import find_libjvm
from graph.server.lifecycle import STORE_MIB
from graph.server.lockfile import read_lock
from graph.settings import ServerSettings


def check_embedded(settings: ServerSettings) -> list[Finding]:
    """Say whether the server of these settings could start and has room; it is not started, and nothing is written."""
    home = ServerHome(settings.home.expanduser().absolute())
    findings = []
    try:
        find_libjvm(settings.neo4j_version, settings.java_home)
        paths = jar_paths(read_lock(settings.neo4j_version), settings.cache.expanduser().absolute())
        missing = sum(not path.is_file() for path in paths)
    except ServerError as error:
        return [Finding.of_error("embedded server", error)]
    if missing:
        room_mib = DOWNLOAD_MIB * missing // len(paths)
        todo = "hopline up fetches them; it needs the network once"
        findings.append(
            Finding.warning("embedded server", f"{missing} of {len(paths)} jars, about {room_mib} MiB, are not here yet", todo)
        )
    else:
        findings.append(Finding.ok("embedded server", f"Java and all jars of Neo4j {settings.neo4j_version} are here"))
    store = stored_bytes(home.root / "data")
    free = free_bytes(existing(home.root))
    told = f"{free / MIB:,.0f} MiB free in {home.root}, whose store has {store / MIB:,.0f} MiB"
    if free < STORE_MIB * MIB:
        todo = f"free some space, or set HOPLINE_HOME to another disk: the server needs {STORE_MIB} MiB to start"
        findings.append(Finding.problem("disk of the store", told, todo))
    else:
        findings.append(Finding.ok("disk of the store", told))
    cached = settings.page_cache_mb * MIB
    if stored_bytes(home.root / "data" / "databases") > 2 * cached:
        findings.append(
            Finding.warning(
                "page cache",
                f"the store is over twice the page cache of {settings.page_cache_mb} MiB, so that much is read from the disk",
                "set HOPLINE_PAGE_CACHE_MB to about the size of the store, as far as memory allows, and restart the server",
            )
        )
    return findings


def stored_bytes(folder: Path) -> int:
    """Return the size of all files in a folder; 0 if it is not there."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
    return total


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    folder = folder.expanduser().absolute()
    return next(path for path in (folder, *folder.parents) if path.is_dir())
