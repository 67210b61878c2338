"""The layout of KGCN and RippleNet: ``user_artists.dat``, ``item_index2entity_id.txt``, ``kg.txt``, ``user_friends.txt``.

Source: the data folders of Wang et al. 2019, KGCN (arXiv:1904.12575), on the HetRec 2011 Last.FM data.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from loaders.errors import InputError
from loaders.files.knowledge import knowledge_tables
from loaders.files.lines import Rows, name_columns, read_rows

USER, ITEM, ENTITY, KEY = "User", "Item", "Entity", "id"


class KGCN:
    """Reads a folder in KGCN's layout."""

    name = "kgcn"
    description = "KGCN layout: user_artists.dat, item_index2entity_id.txt, kg.txt, and optionally user_friends.txt"

    def matches(self, folder: Path) -> bool:
        """There are the interactions and the knowledge graph."""
        return (folder / "user_artists.dat").is_file() and (folder / "kg.txt").is_file()

    def read(self, folder: Path) -> Tables:
        """Read the files."""
        header, plays = read_rows(folder / "user_artists.dat", None)
        if len(header) != 3:
            raise InputError(f"{plays.path}: got the columns {header}; expected three: a user, an item, a weight")
        if re.fullmatch(r"\s*[-+]?[\d.]+\s*", header[2]):
            raise InputError(
                f"{plays.path}: the first line {header} is a row; expected the names of the columns, such as weight"
            )
        name_columns(plays, ["user", "item", "weight"])
        plays.require_text("user", "item")
        plays.number("weight")
        plays.latest("user", "item", None)
        plays.not_empty()
        triples = _named(folder / "kg.txt", ["head", "relation", "tail"])
        triples.unique("head", "relation", "tail")
        links = _named(folder / "item_index2entity_id.txt", ["item", "entity"])
        links.known("item", plays.frame["item"], "any interaction")
        links.known("entity", pl.concat([triples.frame["head"], triples.frame["tail"].rename("head")]), "kg.txt")
        links.unique("item")
        files = [plays, triples, links]
        users = plays.frame["user"].unique(maintain_order=True)
        interaction = EdgeKind(source=USER, type="INTERACTED", target=ITEM, role=EdgeRole.INTERACTION, value="value")
        edges = [
            EdgeTable(
                interaction,
                plays.frame.select(
                    pl.col("user").alias(SOURCE),
                    pl.col("item").alias(TARGET),
                    pl.col("weight").alias("value"),
                ),
            )
        ]
        if (folder / "user_friends.txt").is_file():
            friends = _named(folder / "user_friends.txt", ["one", "other"])
            friends.known("one", users, "any interaction")
            friends.known("other", users, "any interaction")
            friends.reject(pl.col("one") == pl.col("other"), "one and other are the same")
            friends.unique("one", "other")
            files.append(friends)
            edges.append(_friend_table(friends))
        entities, facts = knowledge_tables(
            triples.frame.select("head", "relation", "tail"),
            links.frame.select("item", "entity"),
            ITEM,
            ENTITY,
            KEY,
        )
        nodes = (
            NodeTable(USER, pl.DataFrame({KEY: users})),
            NodeTable(ITEM, pl.DataFrame({KEY: plays.frame["item"].unique(maintain_order=True)})),
            entities,
        )
        roles = ((USER, NodeRole.USER), (ITEM, NodeRole.ITEM), (ENTITY, NodeRole.ENTITY))
        schema = Schema(
            nodes=tuple(NodeKind(label=label, key=KEY, role=role) for label, role in roles),
            edges=tuple(edge.kind for edge in (*edges, *facts)),
        )
        return Tables(schema, nodes, (*edges, *facts), pl.concat([file.left_out() for file in files]))


def _named(path: Path, columns: list[str]) -> Rows:
    _, rows = read_rows(path, columns)
    name_columns(rows, columns)
    rows.require_text(*columns)
    rows.not_empty()
    return rows


def _friend_table(friends: Rows) -> EdgeTable:
    """Each pair once, from the smaller id to the larger, whichever way round, or both ways, the file has it."""
    smaller = pl.min_horizontal("one", "other").alias(SOURCE)
    larger = pl.max_horizontal("one", "other").alias(TARGET)
    pairs = friends.frame.select(smaller, larger).unique(maintain_order=True)
    return EdgeTable(EdgeKind(source=USER, type="FRIEND", target=USER, role=EdgeRole.SOCIAL), pairs)
