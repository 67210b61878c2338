"""Which jars make one Neo4j server, and the SHA-256 of each: a text file beside this module.

A line is ``group:artifact:version[:classifier] sha256``. A maintainer makes the file of a new version with
``python -m graph.server.lockfile write VERSION``, which needs the network; users only read it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from graph.errors import ServerError

_FOLDER = Path(__file__).parent
_LINE = re.compile(
    r"(?P<group>[\w.-]+):(?P<artifact>[\w.-]+):(?P<version>[\w.-]+)(:(?P<classifier>[\w.-]+))?"
    r" (?P<sha256>[0-9a-f]{64})"
)
_FETCH_TIMEOUT_S = 60
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Jar:
    """One jar of the server, by its Maven coordinate, and the SHA-256 its bytes must have."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """``group:artifact:version[:classifier]``."""
        return ":".join(part for part in (self.group, self.artifact, self.version, self.classifier) if part)

    @property
    def filename(self) -> str:
        """The name in the cache; unlike Maven's it holds the group, so that no two jars share one."""
        return self.coordinate.replace(":", "_") + ".jar"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes, in lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def read_lock(version: str) -> tuple[Jar, ...]:
    """Return the jars of the server ``version``, in class-path order.

    Raises:
        ServerError: there is no such file, or a line of it cannot be read.
    """
    path = _lock_path(version)
    if not path.is_file():
        known = sorted(found.stem.removeprefix("neo4j-") for found in _FOLDER.glob("neo4j-*.lock"))
        raise ServerError(f"there is no lock file for Neo4j {version!r}; this Hopline has {known}")
    jars = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ServerError(
                f"{path.name}:{number} is {line!r}; expected 'group:artifact:version[:classifier] sha256'; "
                f"reinstall hopline, or write it anew with: python -m graph.server.lockfile write {version}"
            )
        jars.append(Jar(**{name: value or "" for name, value in match.groupdict().items()}))
    return tuple(jars)


def write_lock(version: str) -> Path:
    """Resolve ``org.neo4j:neo4j:version`` from Maven Central; write its lock file and return the path."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - a user needs it for a download only

    with tempfile.TemporaryDirectory(prefix="hopline-lock-") as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=_FETCH_TIMEOUT_S)
        root = context.create_dependency(f"org.neo4j:neo4j:{version}")
        inputs, transitive = context.resolver.resolve([root])
        artifacts = [dependency.artifact for dependency in (*inputs, *transitive)]
        with ThreadPoolExecutor(max_workers=8) as pool:
            paths = list(pool.map(lambda artifact: artifact.resolve(), artifacts))
        jars = [
            Jar(a.groupId, a.artifactId, a.version, a.classifier, sha256_of(path))
            for a, path in zip(artifacts, paths, strict=True)
        ]
    lines = [f"# Written by: python -m graph.server.lockfile write {version}"]
    lines += [f"{jar.coordinate} {jar.sha256}" for jar in jars]
    path = _lock_path(version)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _lock_path(version: str) -> Path:
    return _FOLDER / f"neo4j-{version}.lock"


def main() -> None:
    """Run ``python -m graph.server.lockfile write VERSION``."""
    parser = argparse.ArgumentParser(prog="python -m graph.server.lockfile", description=main.__doc__)
    parser.add_argument("verb", choices=["write"])
    parser.add_argument("version", help="of org.neo4j:neo4j, such as 2026.09.0")
    print(write_lock(parser.parse_args().version))


if __name__ == "__main__":
    main()
