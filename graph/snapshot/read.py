"""Reads a whole snapshot: nodes first, then what leaves them, some pages at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from graph.database import Database
from graph.internal_ids import InternalIndex
from graph.progress import OnStage, silent
from graph.schema import EdgeKind, Schema
from graph.snapshot.build import build_snapshot
from graph.snapshot.columns import Snapshot, Triple
from graph.snapshot.edges import group_kinds, read_page
from graph.snapshot.nodes import cut_pages, read_nodes
from graph.snapshot.rows import EdgeRows, GraphRows, NodeRows, join_rows

RELATIONSHIPS_A_PAGE = 25_000  # bounds what the server collects and one answer holds, but for what leaves one single node
PAGES_AT_ONCE = 4  # the server works on some pages while others travel and are decoded


def read_snapshot(database: Database, schema: Schema, progress: OnStage = silent) -> Snapshot:
    """Read the whole graph: what :func:`read_rows` gives, in order.

    Raises:
        SchemaError: a label's ids cannot be told apart, or are of a kind that no id can be.
        DatabaseGoneError: the connection was lost.
    """
    return build_snapshot(schema, read_rows(database, schema, progress))[0]


def read_rows(database: Database, schema: Schema, progress: OnStage = silent) -> GraphRows:
    """Read the graph's nodes, then the relationships that leave them, some pages of columns at the same time.

    ``progress`` hears (stage, done, total). A page is a transaction of its own, so that no long one holds the server's
    memory: what others write meanwhile may be in or not, but nothing is read twice, and what stays as it is is never
    missed. A relationship to a node that came later is left for the next time and counted.

    Raises:
        DatabaseGoneError: the connection was lost.
    """
    with ThreadPoolExecutor(PAGES_AT_ONCE, "snapshot") as readers:
        try:
            nodes, sources = _read_all_nodes(readers, database, schema, progress)
            known = {label: InternalIndex(rows.internal) for label, rows in nodes.items()}
            edges: dict[Triple, EdgeRows] = {}
            skipped = 0
            for kind, pages in _read_all_edges(readers, database, schema, sources, progress):
                rows = join_rows(kind, pages)
                reached = rows.source if kind.reversed else rows.target
                is_known = known[kind.stored[1]].find(reached) >= 0
                edges[kind.triple] = rows if is_known.all() else rows.take(is_known)
                skipped += int((~is_known).sum())
        except BaseException:
            readers.shutdown(cancel_futures=True)  # one failed page fails the snapshot: do not wait for all the others
            raise
    return GraphRows(nodes, {kind.triple: edges[kind.triple] for kind in schema.edges}, skipped)


def _read_all_nodes(
    readers: ThreadPoolExecutor, database: Database, schema: Schema, progress: OnStage
) -> tuple[dict[str, NodeRows], dict[str, list[list[int]]]]:
    """Return the nodes of each label, and the pages of those that relationships leave."""
    nodes: dict[str, NodeRows] = {}
    sources: dict[str, list[list[int]]] = {}
    reading = readers.map(partial(read_nodes, database), schema.nodes)
    for done, (kind, (rows, degrees)) in enumerate(zip(schema.nodes, reading, strict=True), 1):
        nodes[kind.label] = rows
        sources[kind.label] = cut_pages(rows.internal, degrees, RELATIONSHIPS_A_PAGE)
        progress("reading nodes", done, len(schema.nodes))
    return nodes, sources


def _read_all_edges(
    readers: ThreadPoolExecutor, database: Database, schema: Schema, sources: dict[str, list[list[int]]], progress: OnStage
) -> Iterator[tuple[EdgeKind, list[EdgeRows]]]:
    """Yield every kind of the schema once, with its pages."""
    reading: list[tuple[list[EdgeKind], list[Future[list[EdgeRows]]]]] = [
        (kinds, [readers.submit(read_page, database, kinds, page) for page in sources[kinds[0].stored[0]]])
        for kinds in group_kinds(schema)
    ]
    total = sum(len(futures) for _, futures in reading)
    done = 0
    for kinds, futures in reading:
        pages: list[list[EdgeRows]] = []
        while futures:
            pages.append(futures.pop(0).result())
            done += 1
            progress("reading relationships", done, total)
        for position, kind in enumerate(kinds):
            yield kind, [page[position] for page in pages]
