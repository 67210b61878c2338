"""The layout of KGAT and KGIN: LightGCN's interactions, ``kg_final.txt``, and lists of ids.

Items have the first numbers of the entities, so an item's number is its entity's.

Source: the data folders of Wang et al. 2019, KGAT (arXiv:1905.07854), and 2021, KGIN (arXiv:2102.07057).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from graph.schema import NodeRole
from loaders.files.id_list import ID, NUMBER, IdList, separator_of
from loaders.files.knowledge import linked_facts
from loaders.files.lightgcn import Layout, is_adjacency
from loaders.files.lines import read_rows
from loaders.files.plan import ENTITY, ITEM, KEY, USER, Facts, Plan
from loaders.files.reader import Given
from loaders.files.rows import Rows

_TRIPLE = ("head", "relation", "tail")


class KGAT:
    """Reads a folder in the layout of KGAT and KGIN."""

    name = "kgat"
    description = (
        "KGAT and KGIN: LightGCN's train.txt and test.txt, and kg_final.txt; user_list.txt, item_list.txt, entity_list.txt and "
        "relation_list.txt give the numbers' ids"
    )
    example = "hopline import amazon-book"

    def matches(self, path: Path) -> bool:
        """There are interactions in lines of numbers, and the knowledge graph."""
        return is_adjacency(path / "train.txt") and (path / "kg_final.txt").is_file()

    def plan(self, given: Given) -> Plan:
        """Say which file holds what.

        Raises:
            InputError: there is no ``train.txt``, or a list of ids cannot be used.
        """
        layout = Layout.read(given)
        roles = {USER: NodeRole.USER, ITEM: NodeRole.ITEM, ENTITY: NodeRole.ENTITY}
        return Plan(roles, layout.nodes, layout.edges, lambda nodes: _facts(given, layout.items, nodes[ITEM][KEY]))


def _facts(given: Given, listed: IdList | None, items: pl.Series) -> Facts:
    path, encoding = given.path / "kg_final.txt", given.encoding
    triples = read_rows(path, list(_TRIPLE), separator_of(path, encoding), encoding)
    triples.require_text(*_TRIPLE)
    triples.unique(*_TRIPLE)
    links = pl.DataFrame({"item": items, "entity": items})
    if listed is not None:
        links = listed.rows.frame.select(pl.col(ID).alias("item"), pl.col(NUMBER).alias("entity"))
    entities, relations = (IdList.read(given.path / f"{name}_list.txt", encoding) for name in ("entity", "relation"))
    if entities is not None:
        entities.name(triples, "head", "tail")
        known = entities.rows.frame.select(pl.col(NUMBER).alias("entity"), pl.col(ID).alias("name"))
        links = links.join(known, on="entity", maintain_order="left").select("item", pl.col("name").alias("entity"))
    if relations is not None:
        relations.name(triples, "relation")
        triples.frame = triples.frame.with_columns(_last_parts(triples.frame["relation"]))
    triples.not_empty()
    facts = linked_facts(triples, _TRIPLE, Rows(path, links))
    lists = [names.rows.left_out() for names in (entities, relations) if names is not None]
    return Facts(facts.nodes, facts.edges, [*facts.set_aside, *lists])


def _last_parts(relations: pl.Series) -> pl.Series:
    """Return of addresses, such as ``http://rdf.freebase.com/ns/film.film.genre``, the last part, if those differ."""
    last = relations.str.replace(r"^.*[/#]([^/#]+)$", "$1")
    return last if last.n_unique() == relations.n_unique() else relations
