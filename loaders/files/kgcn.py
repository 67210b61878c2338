"""The layout of KGCN and RippleNet: interactions, ``kg.txt``, and which item is which entity.

Source: the data folders of Wang et al. 2019, KGCN (arXiv:1904.12575), on the HetRec 2011 Last.FM data, and of RippleNet
(arXiv:1803.03467), whose prepared files are ``ratings_final.txt`` and ``kg_final.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from graph.schema import EdgeRole, NodeRole
from loaders.errors import InputError
from loaders.files.knowledge import linked_facts
from loaders.files.lines import Delimited, read_rows
from loaders.files.plan import ENTITY, ITEM, KEY, USER, EdgeFile, Facts, Plan
from loaders.files.reader import Given
from loaders.files.rows import Rows

_ROLES = {USER: NodeRole.USER, ITEM: NodeRole.ITEM, ENTITY: NodeRole.ENTITY}
_TRIPLE = ("head", "relation", "tail")


class KGCN:
    """Reads a folder in KGCN's layout, raw or prepared."""

    name = "kgcn"
    description = (
        "KGCN and RippleNet: user_artists.dat, item_index2entity_id.txt, kg.txt, and optionally user_friends.txt; or prepared: "
        "ratings_final.txt and kg_final.txt"
    )
    example = "hopline import lastfm"

    def matches(self, path: Path) -> bool:
        """There are the interactions and the knowledge graph."""
        pairs = (("user_artists.dat", "kg.txt"), ("ratings_final.txt", "kg_final.txt"))
        return any(all((path / name).is_file() for name in pair) for pair in pairs)

    def plan(self, given: Given) -> Plan:
        """Say which file holds what."""
        folder, encoding = given.path, given.encoding
        if (folder / "ratings_final.txt").is_file():
            return _prepared(folder, encoding)
        path = folder / "user_artists.dat"
        header = list(Delimited(path, encoding=encoding).columns)
        if len(header) != 3:
            raise InputError(f"{path}: got the columns {header}; expected three: a user, an item, a weight")
        if re.fullmatch(r"\s*[-+]?[\d.]+\s*", header[2]):
            raise InputError(f"{path}: the first line {header} is a row; expected the names of the columns, such as weight")
        plays = Delimited(path, ("user", "item", "weight"), encoding=encoding, header=True)
        edges = [EdgeFile(plays, (USER, ITEM), ("user", "item"), EdgeRole.INTERACTION, "INTERACTED", value="weight")]
        if (folder / "user_friends.txt").is_file():
            friends = Delimited(folder / "user_friends.txt", ("one", "other"), encoding=encoding)
            edges.append(EdgeFile(friends, (USER, USER), ("one", "other"), EdgeRole.SOCIAL, "FRIEND", either_way=True))

        def facts(nodes: Mapping[str, pl.DataFrame]) -> Facts:
            triples = _whole(folder / "kg.txt", _TRIPLE, encoding)
            triples.unique(*_TRIPLE)
            links = _whole(folder / "item_index2entity_id.txt", ("item", "entity"), encoding)
            links.known("item", nodes[ITEM][KEY], "any interaction")
            links.known("entity", pl.concat([triples.frame["head"], triples.frame["tail"].rename("head")]), "kg.txt")
            links.unique("item")
            return linked_facts(triples, _TRIPLE, links)

        return Plan(_ROLES, [], edges, facts)


def _whole(path: Path, columns: tuple[str, ...], encoding: str | None) -> Rows:
    rows = read_rows(path, list(columns), encoding=encoding)
    rows.require_text(*columns)
    rows.not_empty()
    return rows


def _prepared(folder: Path, encoding: str | None) -> Plan:
    """Items and entities share their numbers here, and ``ratings_final.txt`` has 0 for items drawn at random."""
    ratings = Delimited(folder / "ratings_final.txt", ("user", "item", "label"), encoding=encoding)

    def drawn(rows: Rows) -> None:
        rows.reject(~pl.col("label").is_in(["0", "1"]), "the label is neither 0 nor 1")
        rows.reject(pl.col("label") == "0", "label 0: an item drawn at random, not an interaction")

    def facts(nodes: Mapping[str, pl.DataFrame]) -> Facts:
        triples = _whole(folder / "kg_final.txt", _TRIPLE, encoding)
        triples.unique(*_TRIPLE)
        items = nodes[ITEM][KEY]
        links = Rows(triples.path, pl.DataFrame({"item": items, "entity": items}))
        return linked_facts(triples, _TRIPLE, links)

    edge = EdgeFile(ratings, (USER, ITEM), ("user", "item"), EdgeRole.INTERACTION, "INTERACTED", prepare=drawn)
    return Plan(_ROLES, [], [edge], facts)
