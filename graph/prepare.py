"""A statement of the catalogue with its values, as the driver takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cypher import Access, Names, Statement, StatementError


def prepare(
    statement: Statement,
    access: Access,
    params: Mapping[str, Any] | None,
    identifiers: Names | None,
) -> tuple[Any, dict[str, Any]]:
    """Return the text and values to send; the text is Any, as the driver's types want a literal string.

    Raises:
        StatementError: it is of another access, or declares other parameters or identifiers.
    """
    if statement.access is not access:
        kind = statement.access.value
        raise StatementError(f"{statement.name} is a {kind} statement, not {access.value}; use Database.{kind}")
    values = dict(params or {})
    declared = set(statement.params)
    if set(values) != declared:
        raise StatementError(f"{statement.name} was given the params {sorted(values)}; it declares {sorted(declared)}")
    return statement.render(identifiers), values
