"""Triples of a knowledge graph → typed edges between items and entities."""

from __future__ import annotations

import re

import polars as pl

from graph.schema import EdgeKind, EdgeRole
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable
from loaders.files.plan import ENTITY, ITEM, KEY, Facts
from loaders.files.rows import Rows


def relation_types(relations: list[str]) -> dict[str, str]:
    """Return a relationship type for each relation, in UPPER_SNAKE: ``film.film.actor`` → ``FILM_FILM_ACTOR``."""
    types: dict[str, str] = {}
    taken: set[str] = set()
    for relation in sorted(relations):
        base = re.sub(r"\W+", "_", relation.strip()).strip("_").upper() or "RELATED_TO"
        name, number = base, 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        types[relation] = name
    return types


def knowledge_tables(
    triples: pl.DataFrame, links: pl.DataFrame, item_label: str, entity_label: str, key: str
) -> tuple[NodeTable, list[EdgeTable]]:
    """Make the entities and facts; an item that is linked to an entity *is* that entity.

    ``triples``: head, relation, tail, each once; ``links``: item, entity, each item once. An entity that several items are
    linked to gives its facts to each of them.
    """
    names = pl.concat([triples["head"], triples["tail"].rename("head")]).unique(maintain_order=True)
    entities = names.filter(~names.is_in(links["entity"].implode()))
    facts = triples
    for end in ("head", "tail"):
        facts = facts.join(links.rename({"entity": end, "item": f"{end}_item"}), on=end, how="left", maintain_order="left")
    facts = facts.with_columns(
        pl.coalesce("head_item", "head").alias(SOURCE),
        pl.coalesce("tail_item", "tail").alias(TARGET),
        pl.when(pl.col("head_item").is_null()).then(pl.lit(entity_label)).otherwise(pl.lit(item_label)).alias("source_label"),
        pl.when(pl.col("tail_item").is_null()).then(pl.lit(entity_label)).otherwise(pl.lit(item_label)).alias("target_label"),
    )
    types = relation_types(facts["relation"].unique().to_list())
    edges = []
    for (relation, source, target), part in sorted(
        facts.group_by("relation", "source_label", "target_label", maintain_order=True)
    ):
        kind = EdgeKind(source=str(source), type=types[str(relation)], target=str(target), role=EdgeRole.KNOWLEDGE)
        edges.append(EdgeTable(kind, part.select(SOURCE, TARGET)))
    return NodeTable(entity_label, pl.DataFrame({key: entities})), edges


def linked_facts(
    triples: Rows, parts: tuple[str, str, str], links: Rows | None = None, ends: tuple[str, str] = ("item", "entity")
) -> Facts:
    """Make the entities and facts of files: columns ``parts`` are head, relation and tail, ``ends`` item and entity."""
    head, relation, tail = (pl.col(name) for name in parts)
    linked = pl.DataFrame(schema={"item": pl.String, "entity": pl.String})
    if links is not None:
        linked = links.frame.select(pl.col(ends[0]).alias("item"), pl.col(ends[1]).alias("entity"))
    entities, facts = knowledge_tables(
        triples.frame.select(head.alias("head"), relation.alias("relation"), tail.alias("tail")), linked, ITEM, ENTITY, KEY
    )
    return Facts([entities], facts, [rows.left_out() for rows in (triples, links) if rows is not None])
