"""Erasing a person: out of the graph, and out of what is kept beside it."""

from __future__ import annotations

import shutil
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
from hopline.run_folder import (
    NEXT_FOLDER,
    SET_ASIDE_FILE,
    SET_ASIDE_FOLDER,
    SNAPSHOT_FOLDER,
    alone_in,
    drop_user,
    fused_folders,
    fused_with,
)
from hopline.tune.tune import FOLDER as TUNED


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

    The run's checkpoints, one that is trained anew beside it, the kept snapshot and rows that cleaning left out hold all users
    at once: they are deleted, and the next training makes them anew. Of what was set aside, which is as it came, the receipt
    tells.

    Raises:
        NotFoundError: neither the graph nor the run knows such a user.
        DatabaseError: Neo4j refused or was lost: nothing is erased, or all in the graph; call it again.
        TrainingError: the run's files are damaged; the user is out of the graph.
    """
    with alone_in(folder):
        try:
            erased = erase_user(database, schema, user_id)
        except NotFoundError:  # as where it was cut off the last time, before it came to the files
            if not drop_user(folder, either_type(user_id)):
                raise
            is_dropped, erased = True, Erased(user_id, {}, [], [])
        else:
            is_dropped = drop_user(folder, [erased.user_id])
        files = [f"{folder}: without their vectors"] if is_dropped else []
        files += [f"{path}: deleted" for path in remove_of_all_users(folder)]
        left = [f"{path}: rows as they came" for path in _set_aside(folder)]
        left += [
            f"{path}: a run that this one was fused of, with their vectors; erase from it, too"
            for path in fused_folders(folder)
        ]
        left += [
            f"{path}: a run that was fused of this one, with their vectors; erase from it, too" for path in fused_with(folder)
        ]
    left.append("ids of their events (HoplineEvent): kept, so that an event that is sent again brings nobody back")
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Receipt(erased.user_id, now, erased.relationships, erased.properties, erased.releases, files, left)


def remove_of_all_users(folder: Path) -> list[Path]:
    """Delete what a run's folder has of all users at once, and return what there was."""
    names = (VALIDATED, REFITTED, NEXT_FOLDER, SNAPSHOT_FOLDER, CLEANED_FILE, TUNED)
    return [folder / name for name in names if _remove(folder / name)]


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
