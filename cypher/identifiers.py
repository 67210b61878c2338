"""The one place where a name becomes part of a statement's text."""

from collections.abc import Sequence

from cypher.errors import IdentifierError

MAX_IDENTIFIER_CHARS = 16_383  # Neo4j's documented limit is 65,534 bytes; four bytes a character at most


def escape(name: str) -> str:
    r"""Return ``name`` between backticks, safe to place where Cypher wants an identifier.

    Raises:
        IdentifierError: the name is empty, holds a NUL, or is longer than Neo4j allows.

    Source: Neo4j Cypher manual, "Naming rules": a backtick inside is written twice. Neo4j also turns the six
        characters ``\u0060`` into a backtick before it parses, so a backslash before ``u`` is refused.
    """
    if not name:
        raise IdentifierError("got an empty name; expected a label, type, property or index name of at least one character")
    if "\x00" in name or "\\u" in name:
        raise IdentifierError(f"the name {name!r} holds a NUL or a \\u escape, which Cypher would rewrite; rename it")
    if len(name) > MAX_IDENTIFIER_CHARS:
        raise IdentifierError(
            f"a name of {len(name)} characters is longer than the {MAX_IDENTIFIER_CHARS} Neo4j allows; shorten it"
        )
    return "`" + name.replace("`", "``") + "`"


def escape_any(names: Sequence[str]) -> str:
    """Return the names escaped and joined by ``|``, which stands for any of them.

    Raises:
        IdentifierError: no name, or one that cannot be escaped.
    """
    if not names:
        raise IdentifierError("got no name; expected at least one, as an empty choice would match everything")
    return "|".join(escape(name) for name in names)
