"""A data set into the graph, part by part, so that memory does not grow with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.database import Database
from graph.progress import OnStage
from graph.write import GraphWriter, WriteReport, Written
from loaders.files import Stage
from loaders.set_aside import SetAsideFile


@dataclass(frozen=True)
class LoadReport:
    """What a load did: what was written, the rows that could not be used, by reason, and what was guessed of the data set."""

    written: WriteReport
    set_aside: dict[str, int]
    set_aside_file: Path | None
    notes: tuple[str, ...] = ()


def load(database: Database, data: Stage, set_aside_path: Path, on_stage: OnStage) -> LoadReport:
    """Write a data set that was read and checked.

    Raises:
        DatabaseGoneError: the connection was lost; what was committed stays, loading again completes it.
        SchemaError: the data set does not fit the graph that is there.
    """
    for note in data.notes:
        on_stage(note, 0, 0)
    apart = SetAsideFile(set_aside_path)
    writer = GraphWriter(database, data.schema)
    reports: list[WriteReport] = []
    before = 0

    def advance(stage: str, done: int, total: int) -> None:
        relationships = stage == "writing relationships"
        on_stage(stage, before + done if relationships else done, max(data.num_edges, total) if relationships else total)

    for tables in data.tables():
        apart.add(tables.set_aside)
        if tables.nodes or tables.edges:
            reports.append(writer.write(tables, advance))
            before += sum(table.frame.height for table in tables.edges)
    return LoadReport(_total(reports), apart.counts, set_aside_path if apart.counts else None, data.notes)


def _total(reports: list[WriteReport]) -> WriteReport:
    nodes: dict[str, Written] = {}
    edges: dict[str, Written] = {}
    for report in reports:
        for parts, written in ((nodes, report.nodes), (edges, report.edges)):
            for part in written:
                old = parts.get(part.name, Written(part.name, 0, 0))
                parts[part.name] = Written(
                    part.name, old.rows + part.rows, old.created + part.created, old.without_end + part.without_end
                )
    return WriteReport(tuple(nodes.values()), tuple(edges.values()), sum(report.seconds for report in reports))
