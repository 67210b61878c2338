"""Keys of nodes, in whatever types a graph has them, as ids that can be told apart."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.errors import SchemaError
from graph.schema import NodeKind, NodeRole
from graph.snapshot.rows import NodeRows


def keys_of(kind: NodeKind, rows: NodeRows) -> list[Any]:
    """Return the key of each node, None where it has none; an entity without one goes by its internal id."""
    keys = rows.properties[kind.key]
    if kind.role is not NodeRole.ENTITY:
        return keys
    return [f"#{node}" if key is None else key for node, key in zip(rows.internal.tolist(), keys, strict=True)]


def as_ids(keys: list[Any], kind: NodeKind) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return keys as ascending ids, int64[n] if all are whole numbers, else text; and which key each is, by its place.

    Raises:
        SchemaError: users or items that cannot be told apart, such as 7 and "7"; or keys that are lists, times or points.
    """
    types = set(map(type, keys))
    if types <= {int}:
        ids = np.asarray(keys, np.int64)
    elif types == {str}:
        ids = np.asarray(keys, np.str_)
    else:
        odd = next((key for key in keys if not isinstance(key, (int, float, str)) or isinstance(key, bool)), None)
        if odd is not None:
            raise SchemaError(
                f"the key {kind.key!r} of {kind.label!r} is {odd!r} somewhere; an id must be text or a number: name another "
                "key in [graph_schema], or several in key_from"
            )
        # 7.0 is 7 to Neo4j too.
        whole = [int(key) if isinstance(key, float) and key.is_integer() else key for key in keys]
        if all(type(key) is int for key in whole):
            ids = np.asarray(whole, np.int64)
        else:
            ids = np.asarray([str(key) for key in whole], dtype=np.str_)
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    if kind.role is not NodeRole.ENTITY and (ids[1:] == ids[:-1]).any():
        ((one, count),) = Counter(ids.tolist()).most_common(1)
        same = [key for key in keys if str(key) in {str(one), f"{one}.0"}]
        raise SchemaError(
            f"{count} {kind.label} nodes have the {kind.key} {one} ({', '.join(map(repr, same[:4]))}) and cannot be told "
            f"apart; give each its own, or name another key of {kind.label} in [graph_schema]"
        )
    return ids, order
