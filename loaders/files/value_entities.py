"""What several nodes have in common, such as a genre or a brand, as entities of their own and facts that lead to them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from graph.schema import EdgeKind, EdgeRole
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable
from loaders.files.plan import KEY, Facts


def facts_of_values(nodes: pl.DataFrame, label: str, values: Mapping[tuple[str, str], pl.Expr]) -> Facts:
    """Make an entity of every value, and a fact of every node that has it.

    ``values``: entity label and relationship type → the values of a node of ``label``: a text, a list of them, or null.
    """
    tables, edges = [], []
    for (entity, type_), value in values.items():
        pairs = nodes.select(pl.col(KEY).alias(SOURCE), value.alias(TARGET))
        if isinstance(pairs.schema[TARGET], pl.List):
            pairs = pairs.explode(TARGET)
        pairs = pairs.drop_nulls().unique(maintain_order=True)
        tables.append(NodeTable(entity, pairs.select(pl.col(TARGET).alias(KEY)).unique(maintain_order=True)))
        edges.append(EdgeTable(EdgeKind(source=label, type=type_, target=entity, role=EdgeRole.KNOWLEDGE), pairs))
    return Facts(tables, edges)
