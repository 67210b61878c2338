"""The fitted features that a release was learnt with, kept beside its record."""

from __future__ import annotations

import json
from typing import Any

from cypher import load
from graph.database import Database
from graph.errors import ReleaseError

CHARACTERS_A_PART = 1_000_000


def write_features(database: Database, version: int, features: dict[str, Any]) -> bool:
    """Keep fitted features, plain values, with a release; False if another publish took the release away meanwhile."""
    text = json.dumps(features, ensure_ascii=True, separators=(",", ":"))  # names may hold what UTF-8 cannot
    for part, first in enumerate(range(0, len(text), CHARACTERS_A_PART)):
        params = {"version": version, "part": part, "json": text[first : first + CHARACTERS_A_PART]}
        if not database.write(load("publish/write_features"), params):
            return False
    return True


def read_features(database: Database, version: int) -> dict[str, Any]:
    """Return the fitted features of a release as they were written.

    Raises:
        ReleaseError: there is no such release, or it holds none.
    """
    parts = database.read(load("publish/read_features"), {"version": version})
    if not parts:
        raise ReleaseError(
            f"release {version} is not there, or was published by a version of Hopline that kept no features; publish again"
        )
    features: dict[str, Any] = json.loads("".join(part["json"] for part in parts))
    return features
