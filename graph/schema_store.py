"""The schema, kept in the graph it describes."""

from __future__ import annotations

from pydantic import ValidationError

from cypher import load
from graph.database import Database
from graph.errors import SchemaError
from graph.schema import Schema


def save_schema(database: Database, schema: Schema) -> Schema:
    """Keep a schema; kinds that the graph already has stay, kinds of the same name are replaced. Return the whole.

    Raises:
        SchemaError: the two do not fit together, such as two labels for users, or the one that is there cannot be read.
    """
    old = _stored_schema(database)
    if old is None:
        whole = schema
    else:
        # In its place: the order says which domain is the default one, and must not turn with what was loaded last.
        nodes = {node.label: node for node in (*old.nodes, *schema.nodes)}
        edges = {edge.triple: edge for edge in (*old.edges, *schema.edges)}
        try:
            whole = Schema(nodes=tuple(nodes.values()), edges=tuple(edges.values()))
        except SchemaError as error:
            raise SchemaError(
                f"this data set does not fit the graph that is there: {error}. Load it into another database or an empty one "
                "(NEO4J_DATABASE, or HOPLINE_HOME for the embedded server)"
            ) from error
    # MERGE alone is no promise of one node: of two loads at once each would make its own.
    database.schema(load("schema/create_key_constraint"), {}, {"label": "HoplineSchema", "key": "name"})
    database.write(load("schema/write_schema"), {"json": whole.model_dump_json()})
    return whole


def load_schema(database: Database) -> Schema:
    """Return the graph's schema.

    Raises:
        SchemaError: there is none, or it was written by another version of Hopline.
    """
    schema = _stored_schema(database)
    if schema is None:
        raise SchemaError(
            "the graph has no schema yet; run `hopline import FOLDER` first, or give [graph_schema] in hopline.toml"
        )
    return schema


def _stored_schema(database: Database) -> Schema | None:
    rows = database.read(load("schema/read_schema"))
    try:
        return Schema.model_validate_json(rows[0]["json"]) if rows else None
    except ValidationError as error:
        raise SchemaError(
            f"the schema in the graph cannot be read ({error}); it was written by another version of Hopline: use that one, or "
            "delete the HoplineSchema node and load the files again"
        ) from error
