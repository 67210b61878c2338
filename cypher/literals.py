"""Values as Cypher literals, for statements that people paste; Hopline itself sends parameters."""

from __future__ import annotations

import json
from typing import Any

from cypher.errors import StatementError
from cypher.identifiers import escape


def literal(value: Any) -> str:
    """Return a Cypher literal for None, a bool, a number, a string, or a list or map of such.

    Raises:
        StatementError: any other type.
        IdentifierError: a key of a map that Cypher would rewrite.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        number = int if isinstance(value, int) else float
        return number.__repr__(value)  # a subclass, such as numpy's float64, may write itself otherwise
    if isinstance(value, str):
        # JSON's escapes are a subset of Cypher's; a single quote needs none between double quotes.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{escape(str(key))}: {literal(part)}" for key, part in value.items()) + "}"
    raise StatementError(f"a {type(value).__name__} has no Cypher literal here; expected a string, number, bool, list or map")
