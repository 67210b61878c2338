"""An address is checked before it is used, and a password put into it is not shown again."""

import pytest

from graph.address import check_address
from graph.errors import DatabaseError


@pytest.mark.parametrize(
    "uri",
    [
        "bolt://localhost",
        "bolt://localhost:7687",
        "bolt://127.0.0.1:7687/",
        "bolt://[::1]:7687",
        "neo4j://example.org:7687?policy=fast",
        *(f"{scheme}://example.org" for scheme in ("bolt+s", "bolt+ssc", "neo4j+s", "neo4j+ssc")),
    ],
)
def test_the_addresses_that_neo4j_documents_are_accepted(uri):
    check_address(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *("", " ", "localhost", "localhost:7687", "http://localhost:7474", "https://example.org", "file:///tmp"),
        *("bolt:localhost:7687", "bolt://", "bolt://:7687", "bolt://[::1"),
        *("bolt://localhost:port", "bolt://localhost:99999", "bolt://localhost:0"),
    ],
)
def test_anything_else_is_refused_with_what_was_got_and_an_example(uri):
    with pytest.raises(DatabaseError) as refused:
        check_address(uri)
    assert f"NEO4J_URI is {uri!r}; expected an address such as bolt://localhost:7687" in str(refused.value)


@pytest.mark.parametrize(
    "uri",
    [
        "bolt://neo4j:s3cret@localhost:7687",
        "neo4j+s://s3cret@example.org",
        "bolt://neo4j:s3c@s3cret@h",
        "neo4j:s3cret@localhost:7687",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_shown(uri):
    with pytest.raises(DatabaseError, match="set NEO4J_USERNAME and NEO4J_PASSWORD") as refused:
        check_address(uri)
    assert "s3c" not in str(refused.value)
    assert "@" + uri.rpartition("@")[2] in str(refused.value)
