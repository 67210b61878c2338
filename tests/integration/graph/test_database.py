"""The connection runs what the catalogue says, refuses what it does not, and shows no password."""

import re

import pytest
from pydantic import SecretStr

from cypher import Access, Statement, StatementError, load
from graph.database import Database
from graph.errors import AuthenticationError, DatabaseError
from graph.settings import ConnectionSettings

pytestmark = pytest.mark.integration

WRONG = "s3cret-but-wr0ng"
COUNT, NAMES = load("load/count_nodes"), {"label": "Thing"}
RUN = {Access.READ: Database.read, Access.WRITE: Database.write, Access.SCHEMA: Database.schema}


def statement(text, access=Access.READ, params=()):
    return Statement("test/given", "What the test is about.", text, (), params, (), access)


def connect(server, server_settings, **changes):
    settings = {"uri": server.uri, "username": server.username, "password": server.password, "database": "neo4j"} | changes
    return Database.connect(ConnectionSettings(**settings), server_settings)


def test_settings_that_name_a_server_connect_to_it(server, server_settings):
    with connect(server, server_settings) as database:
        assert database.read(load("admin/read_server_version")) == [{"version": server.version, "edition": "community"}]
        assert database.version == tuple(map(int, server.version.split(".")))
        assert database.supports_search is (database.version >= (2026, 1))


def test_the_password_is_not_shown_by_what_holds_it(server, connected_database):
    password = server.password.get_secret_value()
    for holder in (server, connected_database, connected_database.endpoint):
        assert password not in f"{holder!r} {holder}"


@pytest.mark.parametrize("changes", [{"password": SecretStr(WRONG)}, {"password": None}, {"username": "nobody"}])
def test_a_user_or_password_that_is_wrong_is_refused_with_what_to_check(server, server_settings, changes):
    with pytest.raises(AuthenticationError, match="check NEO4J_USERNAME and NEO4J_PASSWORD") as refused:
        connect(server, server_settings, **changes)
    assert server.uri in str(refused.value)
    assert repr(changes.get("username", "neo4j")) in str(refused.value)
    for secret in (WRONG, server.password.get_secret_value()):
        assert secret not in f"{refused.value!r} {refused.value.__cause__!r}"


def test_a_database_that_is_not_there_is_told_by_its_name(server, server_settings):
    with pytest.raises(DatabaseError, match="has no database 'films'; set NEO4J_DATABASE"):
        connect(server, server_settings, database="films")


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("other", Access)
def test_a_statement_is_run_by_the_method_of_its_access_alone(connected_database, access, other):
    given = statement("RETURN 1 AS one", access)
    if access is other:
        assert RUN[other](connected_database, given) == [{"one": 1}]
        return
    with pytest.raises(
        StatementError, match=f"test/given is a {access.value} .*, not {other.value}; use Database.{access.value}"
    ):
        RUN[other](connected_database, given)


@pytest.mark.parametrize("params", [{"lable": 1}, {"id": 1, "more": 2}])
@pytest.mark.parametrize("access", Access)
def test_params_that_are_not_those_declared_are_refused_with_both(connected_database, access, params):
    given = statement("RETURN $id AS id", access, ("id",))
    with pytest.raises(StatementError, match=re.escape(f"was given the params {sorted(params)}; it declares ['id']")):
        RUN[access](connected_database, given, params)
    with pytest.raises(StatementError, match=r"was given the params \[\]"):
        RUN[access](connected_database, given)


@pytest.mark.parametrize("names", [None, {}, {"label": "A", "key": "b"}])
def test_identifiers_that_are_not_those_declared_are_refused(connected_database, names):
    with pytest.raises(StatementError, match=r"it declares \['label'\]"):
        connected_database.read(COUNT, {}, names)


def test_a_statement_that_says_it_reads_cannot_write(database):
    with pytest.raises(DatabaseError, match="while running test/given: Writing in read access mode not allowed"):
        database.read(statement("CREATE (:Thing)"))
    assert database.read(COUNT, {}, NAMES) == [{"number": 0}]


def test_a_write_that_fails_half_way_leaves_nothing(database):
    with pytest.raises(DatabaseError, match=r"while running test/given: / by zero \(Neo\.ClientError\..*log"):
        database.write(statement("UNWIND [1, 0] AS x CREATE (:Thing {x: 1 / x})", Access.WRITE))
    assert database.read(COUNT, {}, NAMES) == [{"number": 0}]


def test_text_that_is_no_cypher_is_told_by_the_name_of_the_statement(connected_database):
    with pytest.raises(DatabaseError, match=r"(?s)Neo4j failed while running test/given: .*SELECT.*SyntaxError"):
        connected_database.read(statement("SELECT 1"))


def test_a_closed_connection_leaves_the_server_to_others(server, server_settings, connected_database):
    connect(server, server_settings).close()
    assert connected_database.read(statement("RETURN 1 AS one")) == [{"one": 1}]
