"""Erasing a person: out of the graph, and out of what is kept beside it."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from graph.asking import either_type
from graph.database import Database
from graph.erase import Erased, erase_user
from graph.errors import NotFoundError
from graph.schema import Schema
from hopline.fit import CLEANED_FILE, REFITTED, VALIDATED
from hopline.run_folder import SET_ASIDE_FILE, SET_ASIDE_FOLDER, SNAPSHOT_FOLDER, drop_user
from hopline.tune.tune import FOLDER as TUNED

_LOCK = "erase.lock"


@dataclass(frozen=True)
class Receipt:
    """What was erased of a user, and what may still name them.

    ``erased_at`` in ISO 8601, UTC. ``relationships`` by type, ``properties`` of their node, ``releases`` whose vectors of them
    are gone: see :class:`graph.erase.Erased`. ``files`` that were rewritten without them or deleted, ``left``: what is to be
    looked at by hand, each with the reason.
    """

    user: Any
    erased_at: str
    relationships: dict[str, int]
    properties: list[str]
    releases: list[int]
    files: list[str]
    left: list[str]


def erase(database: Database, schema: Schema, user_id: Any, folder: Path) -> Receipt:
    """Erase a user from the graph and from the run in ``folder``; of what was learnt of all users together, the model stays.

    The run's checkpoints, the kept snapshot and rows that cleaning left out hold all users at once: they are deleted, and the
    next training makes them anew. Of files of what was set aside, which are as they came, the receipt tells.

    Raises:
        NotFoundError: neither the graph nor the run knows such a user.
        DatabaseError: Neo4j refused or was lost: nothing is erased, or all in the graph; call it again.
        TrainingError: the run's files are damaged; the user is out of the graph.
    """
    with _alone(folder):
        try:
            erased = erase_user(database, schema, user_id)
        except NotFoundError:  # as where it was cut off the last time, before it came to the files
            if not drop_user(folder, either_type(user_id)):
                raise
            files = [f"{folder}: without their vectors"]
            erased = Erased(user_id, {}, [], [])
        else:
            files = [f"{folder}: without their vectors"] if drop_user(folder, [erased.user_id]) else []
        for name in (VALIDATED, REFITTED, SNAPSHOT_FOLDER, CLEANED_FILE, TUNED):
            if _remove(folder / name):
                files.append(f"{folder / name}: deleted")
        left = [f"{path}: rows as they came" for path in _set_aside(folder)]
    left.append("ids of their events (HoplineEvent): kept, so that an event that is sent again brings nobody back")
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Receipt(erased.user_id, now, erased.relationships, erased.properties, erased.releases, files, left)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep others who erase in the same folder waiting."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove(path: Path) -> bool:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
    else:
        return False
    return True


def _set_aside(folder: Path) -> list[Path]:
    return [path for path in (folder / SET_ASIDE_FILE, *sorted((folder / SET_ASIDE_FOLDER).glob("*.tsv"))) if path.exists()]
