"""``DELETE /users/{user}``."""

import pytest

from hopline.service.keys import KeyFile, Scope
from tests.small_releases import rows

pytestmark = pytest.mark.integration


def test_a_user_is_erased_and_the_receipt_tells_what_was_there(client, database):
    answer = client.delete("/users/u1")
    assert answer.status_code == 200
    assert (answer.json()["user"], answer.json()["relationships"], answer.json()["releases"]) == ("u1", {"RATED": 2}, [1])
    assert rows(database, "MATCH (u:User {id: 'u1'}) RETURN u") == []
    assert not client.post("/recommend", json={"user": "u1"}).json()["by_model"]
    again = client.delete("/users/u1")
    assert (again.status_code, "there is no User whose id is 'u1'" in again.json()["error"]) == (404, True)


def test_an_id_with_slashes_and_quotes_is_an_id(client, database):
    rows(database, "CREATE (:User {id: $id})", id="a/b' OR 1=1 //")
    assert client.delete("/users/a%2Fb'%20OR%201=1%20%2F%2F").status_code == 200
    assert rows(database, "MATCH (u:User) RETURN count(u) AS number") == [{"number": 8}]


def test_only_a_key_for_admin_may(draft, serving, tmp_path, database):
    keys = KeyFile(tmp_path / "run" / "keys.json")
    reader, writer, admin = (keys.add(scope.value, [scope]) for scope in (Scope.READ, Scope.WRITE, Scope.ADMIN))
    client = serving()
    found = [client.delete("/users/u1", headers={"X-API-Key": key}).status_code for key in (reader, writer, admin)]
    assert found == [403, 403, 200]
