"""The embedded server's password: made once, kept in a file of mode 0600, never shown.

The file is written before the server is told, so that a crash between the two loses nothing: the next call
finds that the file's password is refused and Neo4j's initial one is not, and finishes the change.
"""

from __future__ import annotations

import secrets

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError
from pydantic import SecretStr

from cypher import load
from graph.errors import AuthenticationError, ServerError
from graph.server.home import ServerHome, replace_text

USERNAME = "neo4j"

RATE_LIMIT_S = 5
"""How long Neo4j refuses a user after three wrong passwords in a row."""

_INITIAL_PASSWORD = "neo4j"  # noqa: S105 - only good for changing it
_PASSWORD_BYTES = 24


def ensure_password(home: ServerHome, uri: str) -> SecretStr:
    """Return the password that the server at ``uri`` accepts for user ``neo4j``, changing the initial one if need be.

    Raises:
        AuthenticationError: the server refuses both the password of the file and the initial one, or refuses all
            for some seconds, as it was given too many wrong ones.
        ServerError: it does not answer.
    """
    is_new = not home.password_path.is_file()
    if is_new:
        replace_text(home.password_path, secrets.token_urlsafe(_PASSWORD_BYTES))
    password = home.password_path.read_text(encoding="utf-8").strip()
    try:
        if not is_new and _is_accepted(uri, password):
            return SecretStr(password)
        _change_initial(uri, password)
    except AuthError as error:
        if is_new:
            home.password_path.unlink()
        raise AuthenticationError(
            f"the server of {home.root} refuses the password in {home.password_path} and the initial one; "
            "put back the file that belongs to this store, or set HOPLINE_HOME to a new folder"
        ) from error
    except (DriverError, Neo4jError) as error:
        if is_rate_limit(error):
            raise AuthenticationError(
                f"the server of {home.root} was given wrong passwords too often and now refuses all; "
                f"see that {home.password_path} belongs to this store, wait {RATE_LIMIT_S} seconds, and try again"
            ) from error
        raise ServerError(
            f"the server of {home.root} runs but does not answer at {uri}: {error}; see {home.log_path}"
        ) from error
    return SecretStr(password)


def is_rate_limit(error: Exception) -> bool:
    """Whether Neo4j refused even to look at the password, because of wrong ones shortly before."""
    return isinstance(error, Neo4jError) and error.code == "Neo.ClientError.Security.AuthenticationRateLimit"


def _is_accepted(uri: str, password: str) -> bool:
    with neo4j.GraphDatabase.driver(uri, auth=(USERNAME, password)) as driver:
        try:
            driver.verify_connectivity()
        except AuthError:
            return False
    return True


def _change_initial(uri: str, password: str) -> None:
    statement = load("admin/change_own_password")
    with (
        neo4j.GraphDatabase.driver(uri, auth=(USERNAME, _INITIAL_PASSWORD)) as driver,
        driver.session(database="system") as session,
    ):
        session.run(statement.render(), old_password=_INITIAL_PASSWORD, new_password=password).consume()
