"""Where a database is, and who asks it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr

from graph.address import check_address
from graph.server.jars import Progress
from graph.server.lifecycle import up
from graph.settings import ConnectionSettings, ServerSettings


@dataclass(frozen=True)
class Endpoint:
    """Where a database is and who asks; ``password`` is None for a server without authentication.

    ``prefix`` is that of the environment's variables that said so, to be named in messages.
    """

    uri: str
    username: str
    password: SecretStr | None
    database: str
    prefix: str = "NEO4J_"

    @property
    def auth(self) -> tuple[str, str] | None:
        """User and password as the driver takes them."""
        return (self.username, self.password.get_secret_value()) if self.password else None


def locate(connection: ConnectionSettings, server: ServerSettings, progress: Progress | None = None) -> Endpoint:
    """Return the endpoint that ``NEO4J_URI`` names; without one, the embedded server's, started if need be.

    The embedded server has a user and password of its own: ``NEO4J_USERNAME`` and ``NEO4J_PASSWORD`` are then
    unused.

    Raises:
        DatabaseError: it is not an address of a Neo4j server.
        ServerError: the embedded server could not be installed or started.
    """
    if connection.uri is not None:
        prefix = str(connection.model_config.get("env_prefix"))
        check_address(connection.uri, f"{prefix}URI")
        return Endpoint(connection.uri, connection.username, connection.password, connection.database, prefix)
    running = up(server, progress)
    return Endpoint(running.uri, running.username, running.password, connection.database)
