"""Files of relationships → usable rows, kept on disk by their ends, and then tables of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from graph.schema import EdgeKind, EdgeRole
from graph.tables import SOURCE, TARGET, EdgeTable
from loaders import set_aside
from loaders.errors import InputError
from loaders.files.knowledge import relation_types
from loaders.files.plan import EdgeFile
from loaders.files.properties import PropertyKind, as_one_text, parts_of
from loaders.files.rows import FILE, LINE, RAW, Rows, refuse_empty
from loaders.files.spelling import folded, reject_spellings
from loaders.files.spool import Partitions
from loaders.files.times import TimeForm, read_times, recognise_times

MOST_BEHAVIOURS = 200
_TYPE, _VALUE, _TIME, _TURNED = "__type", "value", "time", "__turned"


def read_edges(file: EdgeFile, known: Mapping[str, tuple[Path, pl.Series]]) -> Iterator[Rows]:
    """Yield the usable rows of a file, batch by batch; ``known`` has the ids of labels that have a file, and that file.

    Raises:
        InputError: the file is missing, cannot be decoded, or has no usable row.
    """
    form: TimeForm | None = None
    used = 0
    rejected: list[pl.DataFrame] = []
    for rows in file.source.batches():
        if file.prepare is not None:
            file.prepare(rows)
        rows.require_text(*file.ends, *([file.behaviour] if file.behaviour is not None else []))
        if file.value is not None:
            rows.number(file.value)
        if file.time is not None:
            form = form or recognise_times(rows.frame[file.time])
            read_times(rows, file.time, form)
        for name, kind in file.properties.items():
            if kind is PropertyKind.NUMERIC:
                rows.number(name)
        for label, column in zip(file.labels, file.ends, strict=True):
            if label in known:
                path, ids = known[label]
                rows.known(column, ids, path.name)
        if file.labels[0] == file.labels[1] and file.role is not EdgeRole.KNOWLEDGE:
            rows.reject(pl.col(file.ends[0]) == pl.col(file.ends[1]), f"{' and '.join(file.ends)} are the same")
        used += rows.frame.height
        if not used:
            rejected.append(rows.left_out())
        yield rows
    if not used:
        refuse_empty(file.source.path, pl.concat([set_aside.empty(), *rejected]))


class EdgeGroup:
    """Relationships between the same two labels in the same role, of all their files, in parts that fit in memory.

    A pair of ends always falls into the same part, so that of a repeated pair one is kept, wherever it stands.
    """

    def __init__(self, labels: tuple[str, str], role: EdgeRole, rows: Partitions) -> None:
        self.labels, self.role, self.rows = labels, role, rows
        self._measured: dict[str, set[str]] = {}  # type as written → which of value and time it has

    def add(self, rows: Rows, file: EdgeFile) -> None:
        """Keep usable rows of a file.

        Raises:
            InputError: the column of behaviours has too many values to be one.
        """
        source, target = file.ends
        frame = rows.frame.select(
            pl.lit(rows.path.name).alias(FILE),
            LINE,
            RAW,
            pl.col(source).alias(SOURCE),
            pl.col(target).alias(TARGET),
            (pl.lit(file.type) if file.behaviour is None else pl.col(file.behaviour).str.strip_chars()).alias(_TYPE),
            *([] if file.value is None else [pl.col(file.value).alias(_VALUE)]),
            *([] if file.time is None else [pl.col(file.time).alias(_TIME)]),
            *(_property(name, kind) for name, kind in file.properties.items()),
        )
        if file.either_way:
            frame = frame.with_columns(
                pl.min_horizontal(SOURCE, TARGET).alias(SOURCE),
                pl.max_horizontal(SOURCE, TARGET).alias(TARGET),
                (pl.col(SOURCE) > pl.col(TARGET)).alias(_TURNED),
            )
        for type_ in frame[_TYPE].unique(maintain_order=True):
            self._measured.setdefault(type_, set())
        for name in (_VALUE, _TIME):
            if name in frame.columns:
                for type_ in frame.filter(pl.col(name).is_not_null())[_TYPE].unique():
                    self._measured[type_].add(name)
        if self.role is EdgeRole.INTERACTION and len(self._measured) > MOST_BEHAVIOURS:
            raise InputError(
                f"{file.source.path}: the column {file.behaviour!r} has more than {MOST_BEHAVIOURS} different values; a "
                "behaviour is one of a few, such as view and buy: rename the column"
            )
        self.rows.add(frame, folded(pl.col(SOURCE)))

    @property
    def kinds(self) -> dict[str, EdgeKind]:
        """The kind of each type as written; a value or a time only where a row has one."""
        source, target = self.labels
        types = relation_types(list(self._measured))
        return {
            written: EdgeKind(
                source=source,
                type=types[written],
                target=target,
                role=self.role,
                value=_VALUE if _VALUE in has else None,
                time=_TIME if _TIME in has else None,
            )
            for written, has in self._measured.items()
        }

    def tables(self, spellings: Mapping[str, pl.DataFrame]) -> Iterator[tuple[list[EdgeTable], pl.DataFrame]]:
        """Yield the relationships part by part, each pair once, and the rows that were set aside for that."""
        kinds = self.kinds
        for number in range(self.rows.number):
            found = self.rows.part(number)
            if not found:
                continue
            rows = Rows(Path(), pl.concat(found, how="diagonal_relaxed"))
            for label, column in zip(self.labels, (SOURCE, TARGET), strict=True):
                reject_spellings(rows, column, spellings[label])
            self._keep_one_of_a_pair(rows)
            parts = rows.frame.partition_by(_TYPE, as_dict=True, maintain_order=True, include_key=False)
            yield [_table(kinds[written], part) for (written,), part in parts.items()], rows.left_out()

    def _keep_one_of_a_pair(self, rows: Rows) -> None:
        pair = pl.struct(_TYPE, SOURCE, TARGET)
        if self.role is EdgeRole.INTERACTION:
            place = rows.frame.with_row_index("__place")
            by = [pl.col(_TIME).fill_null(0), pl.col("__place")] if _TIME in place.columns else [pl.col("__place")]
            rows.frame = place.sort(by)
            rows.reject(~pair.is_last_distinct(), "repeated interaction, the latest is kept")
            rows.frame = rows.frame.sort("__place").drop("__place")
        else:
            same = pl.struct(_TYPE, SOURCE, TARGET, *([_TURNED] if _TURNED in rows.frame.columns else []))
            rows.reject(~same.is_first_distinct(), "the same relationship came before, the first is kept")
            rows.frame = rows.frame.filter(pair.is_first_distinct())  # the other way round is no other relationship


def _table(kind: EdgeKind, part: pl.DataFrame) -> EdgeTable:
    unused = [name for name, used in ((_VALUE, kind.value), (_TIME, kind.time)) if used is None]
    return EdgeTable(kind, part.drop(FILE, LINE, RAW, _TURNED, *unused, strict=False))


def _property(name: str, kind: PropertyKind) -> pl.Expr:
    safe = f"{name}_" if name in (SOURCE, TARGET, _VALUE, _TIME) else name
    if kind is PropertyKind.NUMERIC:
        return pl.col(name).alias(safe)
    given = pl.when(pl.col(name) != "")
    return given.then(parts_of(pl.col(name), " ") if kind is PropertyKind.MULTI else as_one_text(pl.col(name))).alias(safe)
