"""Carries a plan out: reads every file once, sets aside what cannot be used, and keeps the rest on disk until it is written.

All is read before the first table is given, so that a file that cannot be used is refused before anything is written. Memory
holds a block of a file, the nodes (ids and properties), and one part of the relationships: it does not grow with the number
of relationships.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from graph.schema import EdgeRole, NodeKind, Schema
from graph.tables import NodeTable, Tables
from loaders import set_aside
from loaders.files.edges import EdgeGroup, read_edges
from loaders.files.nodes import ReadNodes, read_nodes
from loaders.files.plan import KEY, EdgeFile, Facts, Plan
from loaders.files.spelling import other_spellings, reject_spellings
from loaders.files.spool import Partitions, Spool

PART_BYTES = 1 << 25  # of a file's text, whose relationships are then in memory together
_MOST_WAITING_IDS = 1_000_000  # of a label, before those met more than once are made one


class Stage:
    """One data set on its way: ``schema``, ``num_edges`` (repeated ones among them), ``notes``, then :meth:`tables`."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.notes = tuple(plan.notes)
        self._apart = Spool(folder / "apart")
        self._ids: dict[str, list[pl.Series]] = {label: [] for label in plan.roles}
        self._groups: dict[tuple[str, str, EdgeRole], EdgeGroup] = {}
        self.num_edges = 0
        described = {file.label: read_nodes(file) for file in plan.nodes}
        whole = (file for file in plan.nodes if not file.partial)
        known = {file.label: (file.source.path, described[file.label].rows.frame[KEY]) for file in whole}
        for number, file in enumerate(plan.edges):
            group = self._group(file, plan, folder / f"edges-{number}")
            for rows in read_edges(file, known):
                for label, column in zip(file.labels, file.ends, strict=True):
                    self._meet(label, rows.frame[column])
                group.add(rows, file)
                self._apart.add(rows.left_out())
                self.num_edges += rows.frame.height
        for label, read in described.items():
            self._ids[label].insert(0, read.rows.frame[KEY])
        self._spellings = {label: other_spellings(self._met(label)) for label in plan.roles}
        frames = {label: self._frame(label, described.get(label)) for label in plan.roles}
        self._facts = Facts() if plan.facts is None else plan.facts(frames)
        for left_out in self._facts.set_aside:
            self._apart.add(left_out)
        frames |= {table.label: table.frame for table in self._facts.nodes}
        self._nodes = tuple(NodeTable(label, frames[label]) for label in plan.roles)
        title = {file.label: file.title for file in plan.nodes}
        features = {label: read.features for label, read in described.items()}
        self.schema = Schema(
            nodes=tuple(
                NodeKind(label=label, key=KEY, role=role, title=title.get(label), features=features.get(label, ()))
                for label, role in plan.roles.items()
            ),
            edges=(
                *(kind for group in self._groups.values() for kind in group.kinds.values()),
                *(table.kind for table in self._facts.edges),
            ),
        )

    def tables(self) -> Iterator[Tables]:
        """Yield the nodes and facts, then the other relationships part by part, each with rows that were set aside."""
        yield Tables(self.schema, self._nodes, tuple(self._facts.edges), set_aside.empty())
        for left_out in self._apart:
            yield Tables(self.schema, (), (), left_out)
        for group in self._groups.values():
            for edges, left_out in group.tables(self._spellings):
                yield Tables(self.schema, (), tuple(edges), left_out)

    def _group(self, file: EdgeFile, plan: Plan, stem: Path) -> EdgeGroup:
        key = (*file.labels, file.role)
        if key not in self._groups:
            size = sum(other.source.size_bytes for other in plan.edges if (*other.labels, other.role) == key)
            self._groups[key] = EdgeGroup(file.labels, file.role, Partitions(stem, 1 + size // PART_BYTES))
        return self._groups[key]

    def _meet(self, label: str, ids: pl.Series) -> None:
        met = self._ids[label]
        met.append(ids.unique(maintain_order=True).rename(KEY))
        if sum(map(len, met[1:])) > _MOST_WAITING_IDS + len(met[0]):
            self._ids[label] = [self._met(label)]

    def _met(self, label: str) -> pl.Series:
        return pl.concat([pl.Series(KEY, [], dtype=pl.String), *self._ids[label]]).unique(maintain_order=True)

    def _frame(self, label: str, described: ReadNodes | None) -> pl.DataFrame:
        met = self._met(label)
        met = met.filter(~met.is_in(self._spellings[label]["id"].implode()))
        if described is None:
            return met.to_frame()
        reject_spellings(described.rows, KEY, self._spellings[label])
        self._apart.add(described.rows.left_out())
        frame = described.frame
        others = met.filter(~met.is_in(frame[KEY].implode()))  # none, unless the file is a partial one
        return pl.concat([frame, others.to_frame()], how="diagonal")
