"""Check the address of a database before the driver sees it, and never show a password that was put into it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from graph.errors import DatabaseError

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
_USER_INFO = re.compile(r"^([\w+.-]*://)?.*@", re.DOTALL)


def check_address(uri: str, variable: str = "NEO4J_URI") -> None:
    """Check that ``uri`` is what ``NEO4J_URI`` may be: a Bolt address, without a user and password.

    ``variable`` is the name of the environment's variable that holds it.

    Raises:
        DatabaseError: it is something else.
    """
    try:
        parts = urlsplit(uri)
        is_address = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no port, half an IPv6 address
        is_address = False
    if "@" in uri:
        shown = _USER_INFO.sub(r"\1…@", uri)
        raise DatabaseError(
            f"{variable} is {shown!r}, with a user in it; expected an address such as bolt://localhost:7687: "
            "set NEO4J_USERNAME and NEO4J_PASSWORD instead"
        )
    if not is_address:
        raise DatabaseError(
            f"{variable} is {uri!r}; expected an address such as bolt://localhost:7687 or neo4j+s://example.org "
            f"({', '.join(_SCHEMES)}), or no NEO4J_URI for the embedded server"
        )
