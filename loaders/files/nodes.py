"""A file of nodes → their ids and typed properties."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graph.schema import Feature
from loaders.files.plan import KEY, NodeFile
from loaders.files.properties import PropertyKind, typed_property
from loaders.files.rows import LINE, RAW, Rows, refuse_empty
from loaders.files.spelling import folded, other_spellings, reject_spellings


@dataclass(frozen=True)
class ReadNodes:
    """The nodes of one file: the key and the properties, those that a model should read, and the rows that were set aside."""

    frame: pl.DataFrame
    features: tuple[Feature, ...]
    set_aside: pl.DataFrame


def read_nodes(file: NodeFile) -> ReadNodes:
    """Read a whole file; of rows with the same key the first is kept.

    Raises:
        InputError: the file is missing, cannot be decoded, or has no usable row.
    """
    rows = _usable(file)
    columns, features = {KEY: rows.frame[file.key]}, []
    for name, kind in file.properties.items():
        safe = name
        while safe == KEY or (safe != name and safe in file.properties):
            safe += "_"  # a property may not take the key's name
        columns[safe], feature = typed_property(safe, kind, rows.frame[name], file.separator)
        features.extend([feature] if feature is not None else [])
    return ReadNodes(pl.DataFrame(columns), tuple(features), rows.left_out())


def _usable(file: NodeFile) -> Rows:
    numbers = [name for name, kind in file.properties.items() if kind is PropertyKind.NUMERIC]
    parts: list[pl.DataFrame] = []
    rejected: list[pl.DataFrame] = []
    for rows in file.source.batches():
        rows.require_text(file.key)
        for name in numbers:
            rows.require_number(name)
        rows.unique(file.key)
        for part in parts:
            rows.reject(pl.col(file.key).is_in(part[file.key].implode()), f"{file.key} came before, the first is kept")
        odd = pl.col(file.key) != folded(pl.col(file.key))
        raw = pl.when(odd).then(RAW).alias(RAW)  # only these can be found to be another's spelling yet
        parts.append(rows.frame.select(LINE, raw, file.key, *file.properties))
        rejected.extend(rows.rejected)
    whole = Rows(file.source.path, pl.concat(parts) if parts else pl.DataFrame(), rejected)
    if whole.frame.is_empty():
        refuse_empty(whole.path, whole.left_out())
    reject_spellings(whole, file.key, other_spellings(whole.frame[file.key]))
    return whole
