"""The pair files of heterogeneous information networks: ``user_artist.dat``, ``artist_tag.dat`` and so on, without headers.

A file's name says what its first two columns are; a third is a value, such as a rating or a count, a fourth a time.

Source: the data folders of Shi et al. 2019, HERec (doi:10.1109/TKDE.2018.2833443), and others of the same kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.schema import EdgeRole, NodeRole
from loaders.errors import InputError
from loaders.files.blocks import size_of
from loaders.files.id_list import separator_of
from loaders.files.lines import Delimited
from loaders.files.plan import USER, EdgeFile, Plan
from loaders.files.reader import Given

_NAME = re.compile(r"([a-z]+)_([a-z]+)(?:\((\w+)\))?\.dat(?:\.(?:gz|bz2|xz))?", re.IGNORECASE)
_COLUMNS = ("one", "other", "value", "time")


@dataclass(frozen=True)
class _Pairs:
    """A file, and the labels that its name says."""

    path: Path
    labels: tuple[str, str]


class PairFiles:
    """Reads a folder of pair files; what users have most to do with are the items."""

    name = "hin"
    description = (
        "pair files of heterogeneous networks (HIN), without headers: user_ITEM.dat, and others such as ITEM_tag.dat and "
        "user_user.dat; after two ids may come a value and a time; NAME(knn).dat, which is made from the others, is left alone"
    )
    example = "hopline import lastfm-hin"

    def matches(self, path: Path) -> bool:
        """There are a file of users' pairs and at least another, by their names."""
        found = _found(path)
        return len(found) > 1 and any(USER in pairs.labels for pairs in found)

    def plan(self, given: Given) -> Plan:
        """Say which file holds what.

        Raises:
            InputError: no file pairs users with anything else, or one has a header, fewer than two columns or more than four.
        """
        found = _found(given.path)
        item = _item(found, given.path)
        labels = dict.fromkeys([USER, item, *(label for pairs in found for label in pairs.labels)], NodeRole.ENTITY)
        roles = labels | {USER: NodeRole.USER, item: NodeRole.ITEM}
        return Plan(roles, [], [_edges(pairs, item, given.encoding) for pairs in found])


def _found(path: Path) -> list[_Pairs]:
    """Return the pair files; of files between the same labels, ``(knn)`` ones are similarities, computed from the others."""
    found = []
    for file in sorted(path.iterdir()) if path.is_dir() else ():
        name = _NAME.fullmatch(file.name)
        if name is not None and (name[3] or "").lower() != "knn":
            found.append(_Pairs(file, (name[1].capitalize(), name[2].capitalize())))
    return found


def _item(found: Sequence[_Pairs], folder: Path) -> str:
    """Return what users choose from: of what is paired with users, that with most files of its own, then the largest."""
    of_users = {pairs.labels[1]: size_of(pairs.path) for pairs in found if pairs.labels[0] == USER != pairs.labels[1]}
    if not of_users:
        raise InputError(
            f"{folder} has no file that pairs users with what they chose; expected user_ITEM.dat, such as user_artist.dat"
        )
    files = Counter(label for pairs in found for label in set(pairs.labels) if USER not in pairs.labels)
    return max(of_users, key=lambda label: (files[label], of_users[label]))


def _edges(pairs: _Pairs, item: str, encoding: str | None) -> EdgeFile:
    separator = separator_of(pairs.path, encoding)
    first = Delimited(pairs.path, encoding=encoding).first_line()
    width = len(first.split(separator))
    if not 2 <= width <= len(_COLUMNS):
        raise InputError(f"{pairs.path}: the first line has {width} fields ({first[:80]!r}); expected two ids, a value, a time")
    if re.match(r"[a-z_]*id\b", first, re.IGNORECASE):
        raise InputError(
            f"{pairs.path}: the first line names columns ({first[:80]!r}); expected none: take it away, or say what the "
            "columns are in a mapping"
        )
    lines = Delimited(pairs.path, _COLUMNS[:width], separator, encoding)
    role, type_ = _meaning(pairs.labels, item)
    value, time = ("value" if width > 2 else None), ("time" if width > 3 else None)
    return EdgeFile(
        lines, pairs.labels, _COLUMNS[:2], role, type_, value=value, time=time, either_way=pairs.labels[0] == pairs.labels[1]
    )


def _meaning(labels: tuple[str, str], item: str) -> tuple[EdgeRole, str]:
    if labels == (USER, item):
        return EdgeRole.INTERACTION, "INTERACTED"
    if labels == (USER, USER):
        return EdgeRole.SOCIAL, "FRIEND"
    return EdgeRole.KNOWLEDGE, "RELATED_TO" if labels[0] == labels[1] else f"HAS_{labels[1].upper()}"
