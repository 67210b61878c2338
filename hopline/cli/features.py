"""What ``hopline train`` says of the properties it learns from."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from loaders.features import PropertyReport


def feature_table(rows: Sequence[PropertyReport]) -> Table:
    """Return one row a property, with how much of it could be used."""
    table = Table(title="properties learnt from", title_justify="left")
    for name in ("property", "type", "coverage", "distinct", "unusable", "such as"):
        table.add_column(name, justify="right" if name in {"coverage", "distinct", "unusable"} else "left", overflow="fold")
    for row in rows:
        unusable = f"{row.unusable:,}" if row.unusable else ""
        cells = (f"{row.label}.{row.name}", row.type, f"{row.coverage:.1%}", f"{row.distinct:,}", unusable, row.example or "")
        table.add_row(*map(Text, cells))  # as Text: brackets in a value are no markup
    return table
