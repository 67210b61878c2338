"""Keys of users and items in graphs that others made: composite ones joined to one text, and each findable by an index."""

from __future__ import annotations

from cypher import load
from graph.database import Database
from graph.errors import AccessDeniedError, DatabaseError, DatabaseGoneError, SchemaError
from graph.progress import OnStage, silent
from graph.schema import NodeKind, NodeRole, Schema

DERIVED_KEY = "hopline_id"  # the property that a composite key is joined to
AWAIT_INDEXES_S = 1800
_NODES_A_BATCH = 20_000


def derive_keys(database: Database, schema: Schema, progress: OnStage = silent) -> int:
    """Write the joined key of nodes whose key is composite and that lack it; return how many did.

    Raises:
        DatabaseError: the user may not write.
    """
    total = 0
    for kind in schema.nodes:
        if not kind.key_from:
            continue
        params = {"properties": list(kind.key_from), "limit": _NODES_A_BATCH}
        done = 0
        while number := _derive(database, kind, params):
            done += number
            progress(f"joining keys of {kind.label}", done, 0)
            if number < _NODES_A_BATCH:
                break
        total += done
    return total


def index_keys(database: Database, schema: Schema) -> None:
    """See that users and items are found by their keys quickly and that no two share one.

    Raises:
        SchemaError: two nodes share a key.
        AccessDeniedError: the user may not make constraints, or the database is read-only.
    """
    for kind in schema.nodes:
        if kind.role is NodeRole.ENTITY:
            continue
        try:
            database.schema(load("schema/create_key_constraint"), {}, {"label": kind.label, "key": kind.key})
        except (AccessDeniedError, DatabaseGoneError):
            raise
        except DatabaseError as error:
            raise SchemaError(
                f"{kind.label} nodes cannot be looked up by {kind.key}: no constraint could be made that keeps it unique "
                f"({error}); give each node its own, or name another key in [graph_schema]"
            ) from error
    database.read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEXES_S})


def _derive(database: Database, kind: NodeKind, params: dict[str, object]) -> int:
    names = {"label": kind.label, "key": kind.key}
    try:
        return int(database.write(load("schema/derive_keys"), params, names)[0]["derived"])
    except DatabaseGoneError:
        raise
    except DatabaseError as error:
        raise DatabaseError(
            f"the key of {kind.label} is made of {', '.join(kind.key_from)}, which Hopline joins to a property {kind.key} of "
            f"its own, and that could not be written ({error}); let the user write it, or name a key of one property in "
            "[graph_schema]"
        ) from error
