"""Values as Cypher literals, for statements that people paste; Hopline itself sends parameters."""

from __future__ import annotations

import json
from typing import Any

from cypher.errors import StatementError


def literal(value: Any) -> str:
    """Return a Cypher literal for None, a bool, a number, a string, or a list or map of such.

    Raises:
        StatementError: any other type.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        # JSON's escapes are a subset of Cypher's; a single quote needs none between double quotes.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"`{str(key).replace('`', '``')}`: {literal(part)}" for key, part in value.items()) + "}"
    raise StatementError(f"a {type(value).__name__} has no Cypher literal here; expected a string, number, bool, list or map")
