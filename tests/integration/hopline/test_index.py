"""Relationships between items, and what answering needs beside vectors, by the command line and from a configuration."""

import json

import numpy as np
import pytest

from graph.embeddings import Embeddings
from graph.experiments import Variant
from hopline.run_folder import Run, write_run
from tests.small_files import SIZE, WITHHELD
from tests.small_releases import rows

pytestmark = pytest.mark.integration
ALIKE = SIZE // 2 - 1
USER = next(iter(WITHHELD))  # who has met all alike but for one


def as_json(result):
    status, out, err = result
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.fixture
def published(hopline, workplace):
    """The films loaded, and a release with neighbours by vectors: two dimensions, even and odd."""
    as_json(hopline("import", "films", "--json"))
    parity = np.eye(2, dtype=np.float32)[np.arange(SIZE) % 2]
    run = Run(
        users=Embeddings("User", np.array([f"u{n}" for n in range(SIZE)]), parity),
        items=(Embeddings("Item", np.array([f"f{n}" for n in range(SIZE)]), parity),),
        popular={"Item": ["f3", "f1"]},
        config={},
        metrics={},
        best_epoch=1,
        train_s=0.1,
        interactions="made by hand",
        read_at=1_700_000_000,
        cleaning={},
    )
    write_run(workplace / "runs" / "default", run)
    with (workplace / "hopline.toml").open("a") as file:
        file.write(f"[publish]\nsimilar = {ALIKE}\n")
    return as_json(hopline("publish", "--json"))


def test_neighbours_that_are_asked_for_are_written_and_found_by(hopline, published, database, workplace):
    assert published["similar"] == {"type": "HOPLINE_SIMILAR_V1", "by": "cosine", "k": ALIKE, "numbers": {"Item": ALIKE * SIZE}}
    found = rows(database, "MATCH (i:Item {id: 'f4'})-[s:HOPLINE_SIMILAR_V1]->(j) RETURN j.id AS id, s.weight AS weight")
    assert all(int(row["id"][1:]) % 2 == 0 and row["weight"] == pytest.approx(1) for row in found)
    for command in (("recommend", "-u", USER), ("similar", "-i", "f4")):
        answer = as_json(hopline(*command, "--retrieve", "vectors+similar", "--json"))
        assert {name for item in answer["items"] for name in item["found_by"]} == {"vectors", "similar"}
        assert "HOPLINE_SIMILAR_V1" in answer["statement"]
        assert "vectors and similar" in " ".join(hopline(*command, "--retrieve", "vectors+similar")[1].split())
        assert all(item["found_by"] == [] for item in as_json(hopline(*command, "--json"))["items"])
    with (workplace / "hopline.toml").open("a") as file:
        file.write('[ask]\nretrieve = "vectors+similar"\n')
    assert any(item["found_by"] for item in as_json(hopline("recommend", "-u", USER, "--json"))["items"])


def test_what_is_missing_is_shown_made_again_and_built_anew(hopline, published, database):
    found = as_json(hopline("index", "status", "--json"))
    assert [part["name"] for part in found["parts"] if part["state"] in {"missing", "failed"}] == []
    assert found["job"] is None
    rows(database, "DROP INDEX `hopline_v1 Item`")
    assert "hopline_v1 Item" in as_json(hopline("index", "status", "--json"))["wanting"]
    assert "Next: `hopline index refresh` makes what is missing." in hopline("index", "status")[1]
    told = "made hopline_v1 Item; popular items are counted anew"
    assert as_json(hopline("index", "refresh", "--json")) == {"told": told}
    shown = hopline("index", "status")[1]
    assert f"refresh: done; {told}" in shown
    assert "missing" not in shown
    assert hopline("index", "build", "--quiet")[1] == "release 2 serves, built anew\n"
    releases = as_json(hopline("releases", "--json"))["releases"]
    assert [(one["version"], one["state"], one["similar"]["numbers"]) for one in releases] == [
        (2, "active", {"Item": ALIKE * SIZE}),
        (1, "previous", {"Item": ALIKE * SIZE}),
    ]
    assert releases[0]["checksum"] == releases[1]["checksum"]


def test_a_build_while_an_experiment_runs_says_by_what_its_users_are_answered(published, hopline, recommender):
    recommender.publish()
    recommender.experiments.start("halves", [Variant("old", 1, 0.5), Variant("new", 2, 0.5)])
    told = as_json(hopline("index", "build", "--json"))["told"]
    assert told == (
        "release 3 serves, built anew; users of experiment 'halves' are answered by its own releases 1, 2, as they are, until "
        "it ends"
    )
