"""Fill what nodes lack, before their features are encoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from graph.snapshot import NodeColumns, Snapshot
from loaders.errors import InputError

Filled = dict[tuple[str, str], list[tuple[Any, float | None, str | None]]]


def fill_features(snapshot: Snapshot, wanted: Mapping[str, float | str]) -> tuple[Snapshot, Filled]:
    """Return a snapshot whose nodes have what ``wanted`` says, by ``Label.property``, and what was filled.

    ``mean`` and ``median`` are those of the label's nodes that have a number. What was filled: by (label, property), a
    node's id and the number, or the text, that it got.

    Raises:
        InputError: no such feature, or a number for what is none.
    """
    nodes = dict(snapshot.nodes)
    filled: Filled = {}
    for name, value in wanted.items():
        label, _, feature = name.partition(".")
        if label not in nodes or feature not in nodes[label].columns:
            known = sorted(f"{of}.{column}" for of, columns in nodes.items() for column in columns.columns)
            raise InputError(f"[clean.missing] features names {name!r}; the snapshot has {', '.join(known) or 'none'}")
        nodes[label], filled[label, feature] = _fill(name, nodes[label], feature, value)
    return replace(snapshot, nodes=nodes), filled


def _fill(
    name: str, columns: NodeColumns, feature: str, value: float | str
) -> tuple[NodeColumns, list[tuple[Any, float | None, str | None]]]:
    column = columns.columns[feature]
    if isinstance(column, list):
        text = str(value)
        rows = [row for row, found in enumerate(column) if found is None or found in ("", [])]
        full = list(column)
        for row in rows:
            full[row] = text
        return (
            replace(columns, columns={**columns.columns, feature: full}),
            [(columns.ids[row], None, text) for row in rows],
        )
    missing = ~np.isfinite(column)
    if isinstance(value, str):
        if value not in {"mean", "median"}:
            raise InputError(
                f"[clean.missing] features gives {name!r} the text {value!r}; it holds numbers: a number, mean, median"
            )
        if missing.all():
            return columns, []
        value = float((np.mean if value == "mean" else np.median)(column[~missing]))
    numbers = np.where(missing, value, column)
    return (
        replace(columns, columns={**columns.columns, feature: numbers}),
        [(node, value, None) for node in columns.ids[missing]],
    )
