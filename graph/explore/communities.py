"""Communities of items that are alike, and what is typical of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import networkx as nx
import numpy as np
import polars as pl
from numpy.typing import NDArray

from cypher import load
from graph.asking import Served, by_active_release, shown_property
from graph.codes import decode
from graph.database import Database
from graph.errors import QuestionError, ReleaseError
from graph.experiments.serving import ask_turn
from graph.explore.asked import check_range, find_items
from graph.explore.found import id_column
from graph.explore.likeness import Likeness, alike_by_users, alike_by_vectors
from graph.explore.popularity import PopularItem, interaction_names
from graph.explore.typical import Typical, find_typical
from graph.question import Question, Read
from graph.releases import Release
from graph.schema import NodeKind, Schema

MOST_ITEMS = 50_000
BASES = ("vectors", "interactions")
NUM_TOP = 5
NUM_TYPICAL = 5


@dataclass(frozen=True)
class Community:
    """Items that are alike: the most popular of them, and what most of them share and few others have."""

    size: int
    interactions: int
    top_items: tuple[PopularItem, ...]
    typical: tuple[Typical, ...]


@dataclass(frozen=True, eq=False)
class Communities:
    """A division of items into communities, the largest first.

    ``by``: "vectors" of release ``version``, or "interactions" (``version`` None). ``members``: for each of ``items``,
    int64[n], the number of its community. ``communities`` describes the largest; ``num_alone`` items are like no others.
    ``modularity``: above 0, the more the likeness lies within communities (Newman and Girvan 2004, Phys. Rev. E 69, 026113).
    """

    label: str
    by: str
    version: int | None
    items: tuple[PopularItem, ...]
    members: NDArray[np.int64]
    communities: tuple[Community, ...]
    num_alone: int
    modularity: float
    likeness: Likeness
    statement: str

    def frame(self) -> pl.DataFrame:
        """Return a row a community: its size, interactions, most popular items and what is typical of it, as text."""
        rows = [
            {
                "community": number,
                "size": one.size,
                "interactions": one.interactions,
                "top_items": [item.title or str(item.id) for item in one.top_items],
                "typical": [str(typical) for typical in one.typical],
            }
            for number, one in enumerate(self.communities)
        ]
        texts = dict.fromkeys(("top_items", "typical"), pl.List(pl.String))
        return pl.DataFrame(rows, schema={**dict.fromkeys(("community", "size", "interactions"), pl.Int64), **texts})

    def item_frame(self) -> pl.DataFrame:
        """Return a row an item: id, title, interactions, and the number of its community."""
        return pl.DataFrame(
            {
                "id": id_column("id", [item.id for item in self.items]),
                "title": pl.Series([item.title for item in self.items], dtype=pl.String),
                "interactions": pl.Series([item.interactions for item in self.items], dtype=pl.Int64),
                "community": pl.Series(self.members.tolist(), dtype=pl.Int64),
            }
        )

    def networkx(self) -> nx.Graph:
        """Return items by (label, id), with title and community, joined where they are alike, with the cosine as ``weight``."""
        graph = nx.Graph()
        names = [(self.label, item.id) for item in self.items]
        for name, item, community in zip(names, self.items, self.members.tolist(), strict=True):
            graph.add_node(name, title=item.title, interactions=item.interactions, community=community)
        likeness = self.likeness
        for one, other, cosine in zip(likeness.one.tolist(), likeness.other.tolist(), likeness.cosine.tolist(), strict=True):
            graph.add_edge(names[one], names[other], weight=cosine)
        return graph

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the single likenesses as plain values, for JSON."""
        ids = [item.id for item in self.items]
        return {
            "label": self.label,
            "by": self.by,
            "version": self.version,
            "num_items": len(self.items),
            "num_alone": self.num_alone,
            "modularity": self.modularity,
            "communities": [asdict(one) for one in self.communities],
            "members": [{"id": one, "community": number} for one, number in zip(ids, self.members.tolist(), strict=True)],
            "statement": self.statement,
        }


def communities(
    database: Database,
    schema: Schema,
    label: str | None = None,
    by: str | None = None,
    limit: int = 10,
    num_items: int = 5_000,
    neighbours: int = 10,
    resolution: float = 1.0,
    seed: int = 0,
) -> Communities:
    """Divide the ``num_items`` most popular items of a label into communities, and describe the ``limit`` largest.

    Each item is joined with the ``neighbours`` most like it, by the active release's vectors or, ``by`` "interactions", by who
    met both; ``by`` None takes vectors if there are any. The Louvain method divides the graph; a higher ``resolution`` gives
    more and smaller communities, and one seed the same ones.

    Raises:
        NotFoundError: no item kind has the label.
        ReleaseError: ``by`` is "vectors" and nothing is published, or nothing of these items.
        QuestionError: an unknown ``by``, or a number out of range.

    Source: Blondel et al. 2008, Fast unfolding of communities in large networks (J. Stat. Mech. P10008).
    """
    check_range("limit", limit, 1, 1_000)
    check_range("num_items", num_items, 2, MOST_ITEMS)
    check_range("neighbours", neighbours, 1, 100)
    check_range("resolution", resolution, 0.01, 100)
    if by not in {None, *BASES}:
        raise QuestionError(f"got by {by!r}; expected one of {', '.join(BASES)}")
    item = find_items(schema, label)
    read = _read(database, schema, item, by, num_items, neighbours)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(read.items)))
    graph.add_weighted_edges_from(
        zip(read.likeness.one.tolist(), read.likeness.other.tolist(), read.likeness.cosine.tolist(), strict=True)
    )
    parts = nx.community.louvain_communities(graph, resolution=resolution, seed=seed) if read.items else []
    groups = sorted((sorted(part) for part in parts), key=lambda group: (-len(group), group))
    members = np.empty(len(read.items), np.int64)
    for number, group in enumerate(groups):
        members[group] = number
    shown = [number for number, group in enumerate(groups[:limit]) if len(group) > 1]
    ids = [[read.items[place].id for place in group] for group in groups]
    typical = find_typical(database, schema, item, ids, shown, NUM_TYPICAL)
    described = [
        Community(
            size=len(groups[number]),
            interactions=sum(read.items[place].interactions for place in groups[number]),
            top_items=tuple(read.items[place] for place in groups[number][:NUM_TOP]),
            typical=tuple(of_group),
        )
        for number, of_group in zip(shown, typical, strict=True)
    ]
    return Communities(
        label=item.label,
        by=read.by,
        version=read.version,
        items=read.items,
        members=members,
        communities=tuple(described),
        num_alone=sum(len(group) == 1 for group in groups),
        modularity=nx.community.modularity(graph, groups, resolution=resolution) if graph.size() else 0.0,
        likeness=read.likeness,
        statement=read.statement,
    )


@dataclass(frozen=True, eq=False)
class _Read:
    by: str
    version: int | None
    items: tuple[PopularItem, ...]
    likeness: Likeness
    statement: str


def _read(database: Database, schema: Schema, item: NodeKind, by: str | None, num_items: int, neighbours: int) -> _Read:
    if by != "interactions":
        try:
            return database.answer(
                by_active_release(Served(), lambda release: _by_vectors(schema, item, release, num_items, neighbours))
            )
        except ReleaseError:
            if by == "vectors":
                raise
    names = {**interaction_names(schema, item), "item_key": item.key, "title": shown_property(item)}
    statement, params = load("explore/read_users_of_top_items"), {"limit": num_items}
    rows = database.read(statement, params, names)
    items = _items([row["id"] for row in rows], [row["title"] for row in rows], [row["number"] for row in rows])
    likeness = alike_by_users([row["users"] for row in rows], neighbours)
    return _Read("interactions", None, items, likeness, statement.inline(params, names))


def _by_vectors(
    schema: Schema, item: NodeKind, release: Release, num_items: int, neighbours: int
) -> Question[tuple[_Read, int | None]]:
    names = {
        **interaction_names(schema, item),
        "item_key": item.key,
        "title": shown_property(item),
        "vector": release.name,
    }
    statement, params = load("explore/read_vectors_of_top_items"), {"limit": num_items}
    (row,) = yield Read(statement, params, names)
    if not row["ids"]:
        raise ReleaseError(
            f"release {release.version} has no vectors of {item.label}; run `hopline train` and `hopline publish`"
        )
    vectors = decode(np.asarray(row["vectors"], np.float32), release.code, is_indexed=True)
    items = _items(row["ids"], row["titles"], row["numbers"])
    found = _Read("vectors", release.version, items, alike_by_vectors(vectors, neighbours), statement.inline(params, names))
    return found, (yield from ask_turn())


def _items(ids: Sequence[Any], titles: Sequence[str], numbers: Sequence[int]) -> tuple[PopularItem, ...]:
    return tuple(PopularItem(one, title or None, number) for one, title, number in zip(ids, titles, numbers, strict=True))
