"""Reads a whole snapshot: nodes first, then what leaves them, some pages at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from graph.database import Database
from graph.progress import OnStage, silent
from graph.schema import EdgeKind, Schema
from graph.snapshot.columns import EdgeColumns, NodeColumns, Snapshot, Triple
from graph.snapshot.edges import EdgePage, group_kinds, join_pages, read_page
from graph.snapshot.nodes import FoundNodes, read_nodes

RELATIONSHIPS_A_PAGE = 25_000  # bounds what the server collects and one answer holds, but for what leaves one single node
PAGES_AT_ONCE = 4  # the server works on some pages while others travel and are decoded


def read_snapshot(database: Database, schema: Schema, progress: OnStage = silent) -> Snapshot:
    """Read the graph's nodes, then the relationships that leave them, some pages of columns at the same time.

    ``progress`` hears (stage, done, total). A page is a transaction of its own, so that no long one holds the server's
    memory: what others write meanwhile may be in or not, but nothing is read twice, and what stays as it is is never
    missed. A relationship to a node that came later is left for the next snapshot and counted.

    Raises:
        SchemaError: a label's ids cannot be told apart, or are of a kind that no id can be.
        DatabaseGoneError: the connection was lost.
    """
    with ThreadPoolExecutor(PAGES_AT_ONCE, "snapshot") as readers:
        try:
            nodes, found = _read_all_nodes(readers, database, schema, progress)
            edges: dict[Triple, EdgeColumns] = {}
            skipped = 0
            unusable: dict[tuple[Triple, str], int] = {}
            for kind, pages in _read_all_edges(readers, database, schema, found, progress):
                edges[kind.triple] = join_pages(kind, pages, len(nodes[kind.target].ids))
                skipped += sum(page.skipped for page in pages)
                for name, of_page in ((kind.value, 0), (kind.time, 1)):
                    if name is not None and (number := sum(page.unusable[of_page] for page in pages)):
                        unusable[kind.triple, name] = number
        except BaseException:
            readers.shutdown(cancel_futures=True)  # one failed page fails the snapshot: do not wait for all the others
            raise
    return Snapshot(schema, nodes, {kind.triple: edges[kind.triple] for kind in schema.edges}, skipped, unusable)


def _read_all_nodes(
    readers: ThreadPoolExecutor, database: Database, schema: Schema, progress: OnStage
) -> tuple[dict[str, NodeColumns], dict[str, FoundNodes]]:
    nodes: dict[str, NodeColumns] = {}
    found: dict[str, FoundNodes] = {}
    reading = readers.map(partial(read_nodes, database), schema.nodes)
    for done, (kind, read) in enumerate(zip(schema.nodes, reading, strict=True), 1):
        nodes[kind.label], found[kind.label] = read
        progress("reading nodes", done, len(schema.nodes))
    return nodes, found


def _read_all_edges(
    readers: ThreadPoolExecutor, database: Database, schema: Schema, found: dict[str, FoundNodes], progress: OnStage
) -> Iterator[tuple[EdgeKind, list[EdgePage]]]:
    """Yield every kind of the schema once, with its pages."""
    sources = {label: nodes.pages(RELATIONSHIPS_A_PAGE) for label, nodes in found.items()}
    reading: list[tuple[list[EdgeKind], list[Future[list[EdgePage]]]]] = [
        (kinds, [readers.submit(read_page, database, kinds, found, page) for page in sources[kinds[0].stored[0]]])
        for kinds in group_kinds(schema)
    ]
    total = sum(len(futures) for _, futures in reading)
    done = 0
    for kinds, futures in reading:
        pages: list[list[EdgePage]] = []
        while futures:
            pages.append(futures.pop(0).result())
            done += 1
            progress("reading relationships", done, total)
        for position, kind in enumerate(kinds):
            yield kind, [page[position] for page in pages]
