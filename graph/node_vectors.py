"""Write vectors onto the nodes they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.asking import either_type
from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import ReleaseError, SchemaError
from graph.releases import VECTORS_A_BATCH
from graph.schema import Schema

_RESERVED = "hopline_"  # how the properties of releases begin


def write_vectors(
    database: Database,
    schema: Schema,
    embeddings: Embeddings,
    name: str,
    norms: NDArray[np.float32] | None = None,
    on_batch: Callable[[int], None] = lambda _written: None,
) -> None:
    """Write each vector to the property ``name`` of its node, and its norm, if given, to ``<name>_norm``.

    ``norms``: float32[n]; ``on_batch`` hears how many vectors each batch wrote.

    Raises:
        ReleaseError: a vector whose node the graph does not hold.
    """
    # The statement always sets a norm. Without one it takes away a property that no node has, and never one of somebody's.
    norm = f"{_RESERVED}norm" if norms is None else f"{name}_norm"
    names = {"label": embeddings.label, "key": schema.node(embeddings.label).key, "norm_property": norm}
    of_norms: list[Any] = [None] * len(embeddings.ids) if norms is None else norms.tolist()
    written = 0
    for first in range(0, len(embeddings.ids), VECTORS_A_BATCH):
        part = slice(first, first + VECTORS_A_BATCH)
        params = {
            "ids": [either_type(node_id) for node_id in embeddings.ids[part].tolist()],
            "property": name,
            "vectors": embeddings.vectors[part].tolist(),
            "norms": of_norms[part],
        }
        written += database.write(load("publish/write_vectors"), params, names)[0]["written"]
        on_batch(len(params["ids"]))
    if written != len(embeddings.ids):
        raise ReleaseError(
            f"{len(embeddings.ids) - written} of {len(embeddings.ids)} {embeddings.label} vectors have no node in the graph; "
            "it changed since training: run `hopline train` again"
        )


def check_free_property(schema: Schema, name: str) -> None:
    """Refuse a property to write vectors to that means something else already.

    Raises:
        SchemaError: it is empty, a release's, or a key, title or feature of the schema.
    """
    used = {kind.label: {kind.key, kind.title, *(feature.name for feature in kind.features)} for kind in schema.nodes}
    taken = [label for label, names in used.items() if name in names]
    if not name or name.startswith(_RESERVED) or taken:
        why = f"the schema uses it for {', '.join(taken)}" if taken else f"it is empty or begins with {_RESERVED!r}"
        raise SchemaError(f"got the property {name!r} to write vectors to, but {why}; give another name, such as 'kge'")
