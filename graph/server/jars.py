"""Bring the jars of the lock file into the cache folder; once there, no network and no jgo is needed.

A jar in the cache is trusted only while its SHA-256 is the lock file's. A download lands in a staging folder
of the same disk and is renamed into place after its check, so a cache never holds half a jar under its name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from graph.errors import ServerError
from graph.server.disk import FreeBytes, free_bytes, require_free
from graph.server.lockfile import Jar, sha256_of

Progress = Callable[[int, int, str], None]
"""Called with (jars present, jars in all, name of the last one)."""

Fetch = Callable[[Jar, Path], Path]
"""Downloads a jar under the given empty folder and returns its path; raises OSError or RuntimeError."""

DOWNLOAD_MIB = 200
_DOWNLOADS_AT_ONCE = 8
_TRIES = 3
_FETCH_TIMEOUT_S = 30


def fetch_from_central(jar: Jar, folder: Path) -> Path:
    """Download ``jar`` from Maven Central, through jgo, under ``folder``."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - half a second, wanted only when something is missing

    context = MavenContext(repo_cache=folder, timeout=_FETCH_TIMEOUT_S)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    return Path(component.artifact(jar.classifier).resolve())


def install(
    jars: tuple[Jar, ...],
    cache: Path,
    progress: Progress | None = None,
    fetch: Fetch = fetch_from_central,
    measure: FreeBytes = free_bytes,
) -> list[Path]:
    """Return the paths of ``jars`` in the cache, in order, after fetching those that are missing or damaged.

    Raises:
        ServerError: no room on the disk, or a jar could not be downloaded with the bytes the lock file names.
    """
    folder = cache / "jars"
    require_free(folder, 0, "the server's jars", "HOPLINE_CACHE", measure)
    with ThreadPoolExecutor(max_workers=_DOWNLOADS_AT_ONCE) as pool:
        sound = list(pool.map(lambda jar: _is_sound(folder / jar.filename, jar), jars))
        missing = [jar for jar, is_sound in zip(jars, sound, strict=True) if not is_sound]
        if missing:
            needed_mib = 1 + DOWNLOAD_MIB * len(missing) // len(jars)
            require_free(folder, needed_mib, f"downloading {len(missing)} jars", "HOPLINE_CACHE", measure)
            with tempfile.TemporaryDirectory(prefix="staging-", dir=cache) as staging:
                downloads = {pool.submit(_download, jar, folder, Path(staging), fetch): jar for jar in missing}
                try:
                    for done, download in enumerate(as_completed(downloads), start=len(jars) - len(missing) + 1):
                        download.result()
                        if progress is not None:
                            progress(done, len(jars), downloads[download].artifact)
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise
    return jar_paths(jars, cache)


def jar_paths(jars: tuple[Jar, ...], cache: Path) -> list[Path]:
    """Return where ``jars`` are in the cache once they are fetched, in order."""
    return [cache / "jars" / jar.filename for jar in jars]


def _is_sound(path: Path, jar: Jar) -> bool:
    return path.is_file() and sha256_of(path) == jar.sha256


def _download(jar: Jar, folder: Path, staging: Path, fetch: Fetch) -> None:
    problem: Exception | None = None
    for _ in range(_TRIES):
        try:
            fetched = fetch(jar, Path(tempfile.mkdtemp(dir=staging)))
        except (OSError, RuntimeError) as error:
            problem = error
            continue
        got = sha256_of(fetched)
        if got == jar.sha256:
            fetched.replace(folder / jar.filename)
            return
        problem = ServerError(f"its SHA-256 was {got}, the lock file says {jar.sha256}")
    raise ServerError(
        f"could not download {jar.coordinate} from Maven Central ({problem}); the embedded Neo4j needs the "
        f"network once: connect and try again, or copy a filled cache to {folder.parent}, "
        "or set NEO4J_URI to a server you have"
    ) from problem
