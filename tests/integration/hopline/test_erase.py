"""``hopline erase``: a person, out of the graph and out of what is kept beside it."""

import json

import numpy as np
import pytest

from graph.releases import active_release
from hopline.run_folder import read_run
from hopline.teacher_file import read_teacher
from tests.small_releases import rows

pytestmark = pytest.mark.integration


def names(folder, user):
    """Files of the run's folder that hold an id, as text or packed."""
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and user.encode() in path.read_bytes()
    )


def test_a_person_is_erased_from_graph_and_run_and_what_is_left_is_told(recommender, hopline, database):
    recommender.load("films")
    recommender.compile(train={"epochs": 2}).fit()
    recommender.compress(4)
    recommender.publish()
    folder = recommender.config.run_folder
    before, teacher = read_run(folder), read_teacher(folder)
    user = before.users.ids[3]
    rows(database, "MATCH (u:User {id: $id}) SET u.id = 'somebody special'", id=str(user))
    record = folder / "run.json"
    record.write_text(record.read_text().replace(json.dumps(str(user)), '"somebody special"', 1))
    assert names(folder, "somebody special")

    status, out, _ = hopline("erase", "--user", "somebody special", "--yes", "--json")
    receipt = json.loads(out)
    assert (status, receipt["user"], receipt["releases"]) == (0, "somebody special", [1])
    assert sum(receipt["relationships"].values()) > 0
    assert names(folder, "somebody special") == []
    assert [one for one in receipt["left"] if "HoplineEvent" in one]
    after = read_run(folder)
    kept = np.arange(len(before.users.ids)) != 3
    assert after.users.ids.tolist() == before.users.ids[kept].tolist()
    assert np.array_equal(after.users.vectors, before.users.vectors[kept])
    assert np.array_equal(after.items[0].vectors, before.items[0].vectors)
    assert np.array_equal(read_teacher(folder).learnt.users, teacher.learnt.users[kept])
    for task, predictors in before.predictors.items():
        for etype, predictor in predictors.items():
            for factor, other in zip(predictor.factors, after.predictors[task][etype].factors, strict=True):
                assert np.array_equal(other.users, factor.users[kept])
                assert np.array_equal(other.items, factor.items)

    assert recommender.publish().version == active_release(database).version == 2  # what is left of the run still serves
    status, _, err = hopline("erase", "--user", "somebody special", "--yes")
    assert (status, "there is no User whose id is 'somebody special'" in err) == (1, True)


def test_who_is_asked_and_says_no_erases_nobody(recommender, hopline, database, monkeypatch):
    recommender.load("films")
    number = "MATCH (u:User) RETURN count(u) AS number"
    before = rows(database, number)
    user = rows(database, "MATCH (u:User) RETURN u.id AS id LIMIT 1")[0]["id"]
    monkeypatch.setattr("builtins.input", lambda *_: "n")
    status, _, _ = hopline("erase", "--user", user)
    assert status == 1
    assert rows(database, number) == before


def test_a_user_whom_only_the_run_still_knows_is_taken_out_of_it(recommender, database):
    recommender.load("films")
    recommender.compile(train={"epochs": 1}).fit()
    user = str(read_run(recommender.config.run_folder).users.ids[0])
    rows(database, "MATCH (u:User {id: $id}) DETACH DELETE u", id=user)
    receipt = recommender.erase(user)
    assert receipt.relationships == {}
    assert user not in read_run(recommender.config.run_folder).users.ids
