"""A file of nodes → their ids and typed properties."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from graph.schema import Feature
from loaders.files.plan import KEY, NodeFile
from loaders.files.properties import PropertyKind, parts_of, typed_property
from loaders.files.rows import FILE, LINE, RAW, Rows, refuse_empty
from loaders.files.spelling import folded

_ORIGIN = (FILE, LINE, RAW)


@dataclass(frozen=True)
class ReadNodes:
    """The nodes of one file: the key and the properties in ``rows``, and those of them that a model should read.

    The row as read is kept only where its key might be another's spelling.
    """

    rows: Rows
    features: tuple[Feature, ...]

    @property
    def frame(self) -> pl.DataFrame:
        """The key and the properties."""
        return self.rows.frame.drop(*_ORIGIN)


def read_nodes(file: NodeFile) -> ReadNodes:
    """Read a whole file; of rows with the same key the first is kept.

    Raises:
        InputError: the file is missing, cannot be decoded, or has no usable row.
    """
    rows = _usable(file)
    columns: dict[str, pl.Series] = {name: rows.frame[name] for name in _ORIGIN}
    columns[KEY] = rows.frame[file.key]
    features = []
    for name, kind in file.properties.items():
        safe = name
        while safe == KEY or (safe != name and safe in file.properties):
            safe += "_"  # a property may not take the key's name
        columns[safe], feature = typed_property(safe, kind, rows.frame[name], file.separator)
        features.extend([feature] if feature is not None else [])
    return ReadNodes(Rows(rows.path, pl.DataFrame(columns), rows.rejected), tuple(features))


def _usable(file: NodeFile) -> Rows:
    numbers = [name for name, kind in file.properties.items() if kind is PropertyKind.NUMERIC]
    vectors = [name for name, kind in file.properties.items() if kind is PropertyKind.VECTOR]
    columns = list(dict.fromkeys([file.key, *file.properties]))
    parts: list[pl.DataFrame] = []
    rejected: list[pl.DataFrame] = []
    for rows in file.source.batches():
        if file.prepare is not None:
            file.prepare(rows)
        if file.repeats:  # what is no relationship is told where those are read
            rows = Rows(rows.path, rows.frame.filter(pl.col(file.key).str.strip_chars() != ""))  # noqa: PLW2901
        rows.require_text(file.key)
        for name in numbers:
            rows.require_number(name)
        for name in vectors:
            given = parts_of(pl.col(name), file.separator)
            number = pl.element().cast(pl.Float64, strict=False)
            rows.reject(given.list.eval(number.is_null() | ~number.is_finite()).list.any(), f"{name} is not a list of numbers")
        if file.repeats:
            rows.frame = rows.frame.unique(file.key, keep="first", maintain_order=True)
        rows.unique(file.key)
        for part in parts:
            is_met = pl.col(file.key).is_in(part[file.key].implode())
            if file.repeats:
                rows.frame = rows.frame.filter(~is_met)
            else:
                rows.reject(is_met, f"{file.key} came before, the first is kept")
        file_name = pl.lit(rows.path.name).alias(FILE)
        odd = pl.col(file.key) != folded(pl.col(file.key))
        parts.append(rows.frame.select(file_name, LINE, pl.when(odd).then(RAW).alias(RAW), *columns))
        rejected.extend(rows.rejected)
    whole = Rows(file.source.path, pl.concat(parts) if parts else pl.DataFrame(), rejected)
    if whole.frame.is_empty():
        refuse_empty(whole.path, whole.left_out())
    return whole
