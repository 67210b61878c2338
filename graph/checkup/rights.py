"""What the user may do: tried, and taken back, so that nothing stays."""

from __future__ import annotations

from cypher import Names, Statement, load
from graph.checkup.finding import Finding
from graph.counts import GraphCounts
from graph.database import Database
from graph.errors import AccessDeniedError, DatabaseError, DatabaseGoneError
from graph.inspect.sample import sample_nodes

PROBE = "hopline probe"  # the name of an index that is never there

_READING = "init, describe, sync, train, evaluate, explore and recommend"


def check_rights(database: Database, counts: GraphCounts) -> list[Finding]:
    """Try a write, an index and a constraint, and take each back; ``counts`` tell what labels there are.

    Raises:
        DatabaseGoneError: the connection was lost.
    """
    refused = _refused(database, load("checkup/create_node"), {})
    if refused is not None:
        return [
            Finding.warning(
                "rights",
                f"may read, may not write ({refused}); {_READING} work; import, publish, rollback and embed --write do not",
                "name a user in NEO4J_USERNAME who may write, or a database that is not read-only, to import or publish",
            )
        ]
    found = _label_and_property(database, counts)
    if found is None:
        return [
            Finding.ok("rights", "may read and write; indexes and constraints cannot be tried on a graph without properties")
        ]
    index = _refused(database, load("checkup/create_index"), {"index": PROBE, **found})
    taken = database.read(load("checkup/read_any_index"))
    constraint = None
    if taken:
        constraint = _refused(database, load("checkup/create_constraint"), {"index": taken[0]["name"], **found})
    lacking = [name for name, why in (("indexes", index), ("constraints", constraint)) if why is not None]
    if lacking:
        return [
            Finding.warning(
                "rights",
                f"may read and write, may not make {' or '.join(lacking)} ({index or constraint}); {_READING} work; "
                "import and publish do not",
                "let the user make indexes and constraints, or name another in NEO4J_USERNAME, to import or publish",
            )
        ]
    return [Finding.ok("rights", "may read, write, and make indexes and constraints")]


def _label_and_property(database: Database, counts: GraphCounts) -> dict[str, str] | None:
    """Return a label and a property that are there already, as trying one that is not would leave its name behind."""
    for label, _ in counts.nodes.most_common():
        if properties := sample_nodes(database, label).properties:
            return {"label": label, "property": next(iter(properties))}
    return None


def _refused(database: Database, statement: Statement, names: Names) -> str | None:
    """Return why the user may not run a statement; None if they may, whatever else speaks against it."""
    try:
        database.attempt(statement, {}, names)
    except AccessDeniedError as error:
        return error.reason
    except DatabaseGoneError:
        raise
    except DatabaseError:  # such as a name that is taken: what is looked at is whether one may
        return None
    return None
