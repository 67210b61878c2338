"""The command line on a real server, from loading to rolling back."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from graph.embeddings import Embeddings
from hopline.run_folder import Run, write_run
from tests.small_files import SIZE
from tests.small_releases import rows

pytestmark = pytest.mark.integration


def as_json(result):
    """The one JSON object that a command printed, and nothing else."""
    status, out, err = result
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


def refused(result):
    """The message of a command that failed as it should: on stderr alone, one line, no traceback."""
    status, out, err = result
    assert (status, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    return err


@pytest.fixture
def published(hopline, workplace):
    """The films loaded, and a release whose vectors were made by hand: two dimensions, even and odd."""
    as_json(hopline("import", "films", "--json"))
    parity = np.eye(2, dtype=np.float32)[np.arange(SIZE) % 2]
    spread = (1 + np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]
    run = Run(
        users=Embeddings("User", np.array([f"u{n}" for n in range(SIZE)]), parity),
        items=(Embeddings("Item", np.array([f"f{n}" for n in range(SIZE)]), parity * spread),),
        popular={"Item": ["f3", "f1"]},
        config={},
        metrics={"ndcg@20": 0.25},
        best_epoch=1,
        train_s=0.1,
        interactions="made by hand",
        read_at=1_700_000_000,
        cleaning={},
    )
    write_run(workplace / "runs" / "default", run)
    return as_json(hopline("publish", "--json"))


def test_the_story_of_the_readme_load_train_evaluate_publish_recommend(hopline):
    loaded = as_json(hopline("import", "films", "--json"))
    assert loaded["set_aside"] == {}
    assert [part["name"] for part in loaded["written"]["nodes"]] == ["User", "Item", "Entity"]
    status, out, err = hopline("train", "--epochs", "3", "--quiet")
    assert (status, err) == (0, "")
    assert out.startswith("trained ")
    assert "NDCG@20" in out
    report = as_json(hopline("evaluate", "--no-tune", "--json"))
    assert list(report["models"]) == ["hopline", "popularity", "itemknn", "rp3beta", "ease", "ials"]
    assert report["num_users"] == SIZE
    assert as_json(hopline("publish", "--json"))["version"] == 1
    found = as_json(hopline("recommend", "--user", "u2", "--k", "4", "--why", "--json"))
    assert len(found["items"]) == len(found["reasons"]) == 4
    why = as_json(hopline("explain", "--user", "u2", "--item", "f8", "--by", "model", "--limit", "3", "--json"))
    assert 0 < len(why["paths"]) <= 3
    assert why["own"] + why["others"] + sum(path["brought"] for path in why["paths"]) == pytest.approx(why["score"])
    status, out, err = hopline("explain", "--user", "u2", "--item", "f8", "--by", "model")
    assert (status, err) == (0, "")
    assert f"model score {why['score']:.3f}" in out
    assert "drawn at random" in " ".join(out.split())
    assert "leave out --cypher" in refused(hopline("explain", "-u", "u2", "-i", "f8", "--by", "model", "--cypher"))
    assert "there is no User whose id is '[x]'" in refused(hopline("explain", "-u", "[x]", "-i", "f8", "--by", "model"))


def test_recommending_shows_titles_as_they_are_reasons_and_the_statement(hopline, published, database):
    found = as_json(hopline("recommend", "-u", "u2", "-k", "1", "--why", "--json"))
    (item,) = found["items"]
    assert (item["id"], item["title"]) == ("f8", "Film number 8 [8]")
    assert item["score"] == pytest.approx(1 + 8 / SIZE, rel=1e-4)
    assert found["reasons"][0].endswith(", which you rated 5, chose it too") or "like Film number" in found["reasons"][0]
    status, out, _ = hopline("recommend", "-u", "u2", "-k", "1", "--why")
    assert status == 0
    assert "Film number 8 [8]" in out
    assert "because" in out
    assert "nothing is left" not in out
    _, statement, _ = hopline("recommend", "-u", "u2", "-k", "3", "--cypher")
    assert [item for row in rows(database, statement) for item, _, _ in row["items"]][:1] == ["f8"]


def test_recommending_is_narrowed_by_where(hopline, published, workplace):
    with (workplace / "hopline.toml").open("a") as file:
        file.write('[ask.filters]\ngenres = "list"\ndirector = { fact = "DIRECTED_BY" }\n')
    narrowed = "--where", "director=director 0|director 3", "--where", "genres=even"
    for command in (("recommend", "-u", "u2"), ("similar", "-i", "f2"), ("session", "-i", "f2")):
        found = as_json(hopline(*command, *narrowed, "--json"))
        assert found["items"]
        assert all(int(item["id"][1:]) % 4 == 0 for item in found["items"])
    assert "nothing is left" not in hopline("recommend", "-u", "u2", *narrowed)[1]
    assert "met every Item that is as asked for" in hopline("recommend", "-u", "u2", "-w", "genres=none")[1]
    assert "with one of ['director', 'genres']" in " ".join(refused(hopline("recommend", "-u", "u2", "-w", "year>=1")).split())


def test_an_unknown_user_is_said_to_be_unknown(hopline, published):
    _, out, _ = hopline("recommend", "--user", "[nobody]")
    assert "user [nobody] is not known to release 1: these are popular items" in " ".join(out.split())
    found = as_json(hopline("recommend", "--user", "[nobody]", "--json"))
    assert (found["by_model"], [item["id"] for item in found["items"]]) == (False, ["f3", "f1"])


def test_similar_items_and_explanations(hopline, published, database):
    found = as_json(hopline("similar", "--item", "f4", "--k", "3", "--json"))
    assert all(int(item["id"][1:]) % 2 == 0 for item in found["items"])
    assert hopline("similar", "--item", "f4")[0] == 0
    why = as_json(hopline("explain", "--user", "u2", "--item", "f8", "--limit", "2", "--json"))
    assert len(why["paths"]) == 2
    assert len(rows(database, hopline("explain", "--user", "u2", "--item", "f8", "--cypher")[1])) == 5
    assert "directed by director 0, like Film number" in hopline("explain", "--user", "u2", "--item", "f8")[1]


def test_releases_can_be_listed_and_rolled_back(hopline, published):
    hopline("publish", "--quiet")
    _, table, _ = hopline("releases")
    assert [line.split()[1::2] for line in table.splitlines() if "0.2500" in line]
    listed = as_json(hopline("releases", "--json"))["releases"]
    assert [(release["version"], release["state"]) for release in listed] == [(2, "active"), (1, "previous")]
    assert "previous" in table
    assert as_json(hopline("rollback", "--json"))["version"] == 1
    assert "none before it" in refused(hopline("rollback"))
    assert "release 2" not in hopline("recommend", "-u", "u2")[1]


def test_any_release_can_be_made_active_and_old_ones_taken_away(hopline, published):
    hopline("publish", "--quiet")
    hopline("publish", "--quiet")
    assert as_json(hopline("activate", "1", "--json"))["state"] == "active"
    assert hopline("activate", "3")[1] == "release 3 is active\n"
    assert "there is no complete release 9; there are [3, 2, 1]" in refused(hopline("activate", "9"))
    assert as_json(hopline("gc", "--json")) == {"collected": [], "forgotten_events": 0}
    assert as_json(hopline("gc", "--keep", "1", "--json")) == {"collected": [2], "forgotten_events": 0}
    assert as_json(hopline("rollback", "--json"))["version"] == 1
    assert hopline("gc", "--keep", "1")[1] == "took away nothing\n"


def test_a_damaged_release_is_made_active_only_unchecked(hopline, published, database):
    hopline("publish", "--quiet")
    rows(database, "MATCH (i:Item {id: 'f3'}) SET i.hopline_v1 = [x IN i.hopline_v1 | -x]")
    for command in (("activate", "1"), ("rollback",)):
        assert "release 1 is damaged" in refused(hopline(*command))
    assert as_json(hopline("rollback", "--unchecked", "--json"))["version"] == 1


def test_the_server_tells_where_it_is_and_never_its_password(hopline, server):
    for command in ("status", "up"):
        text = json.dumps(as_json(hopline(command, "--json"))) + hopline(command)[1]
        assert str(server.pid) in text
        assert server.password.get_secret_value() not in text


def latin(folder):
    path = folder / "latin"
    path.mkdir()
    (path / "a.inter").write_bytes("user_id:token\titem_id:token\nÅsa\tf1\n".encode("latin-1"))
    return path


def test_a_file_in_another_encoding_is_read_when_it_is_named(hopline, workplace, database):
    as_json(hopline("import", latin(workplace), "--encoding", "latin-1", "--json"))
    assert rows(database, "MATCH (u:User) RETURN u.id AS id") == [{"id": "Åsa"}]


def test_the_files_are_checked_before_a_server_is_sought(hopline, workplace, monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "bolt://localhost:1")
    assert "there is no file or folder nowhere" in refused(hopline("import", "nowhere"))


def test_mistakes_are_one_message_and_status_one(hopline, workplace):
    assert "there is no file or folder nowhere" in refused(hopline("import", "nowhere"))
    assert "got format 'csv'; known are mapping" in refused(hopline("import", "films", "--format", "csv"))
    assert "run `hopline import FOLDER` first" in refused(hopline("train"))
    hopline("import", "films", "--quiet")
    assert "run `hopline train` first" in refused(hopline("publish", "--json"))
    assert "nothing is published yet" in refused(hopline("recommend", "-u", "u0", "--json"))
    assert "run `hopline train` first" in refused(hopline("explain", "-u", "u0", "-i", "f8", "--by", "model"))
    assert "there is no configuration file no.toml" in refused(hopline("train", "--config", "no.toml"))
    assert "nothing is published yet" in hopline("releases")[1]
    assert "it may be latin-1: give `--encoding latin-1`" in refused(hopline("import", latin(workplace)))
    (workplace / "runs").rename(workplace / "old")
    (workplace / "runs").write_text("in the way")
    assert "runs" in refused(hopline("import", "films"))


def test_unknown_ids_are_mistakes_where_nothing_stands_in_for_them(hopline, published):
    assert "there is no Item whose id is 'f99'" in refused(hopline("similar", "--item", "f99"))
    assert "there is no User whose id is 'eve'" in refused(hopline("explain", "--user", "eve", "--item", "f1"))


def test_a_split_without_test_files_can_be_trained_but_not_evaluated(hopline, workplace):
    pairs = [line.split("\t")[:2] for line in (workplace / "films" / "films.inter").read_text().splitlines()[1:]]
    for name, part in (("train", pairs[2:]), ("valid", pairs[:2])):
        (workplace / f"{name}.txt").write_text("".join(f"{user}\t{item}\n" for user, item in part))
    with (workplace / "hopline.toml").open("a") as toml:
        toml.write('[split]\nby = "files"\ntrain_file = "train.txt"\nvalid_file = "valid.txt"\n')
    hopline("import", "films", "--quiet")
    status, out, _ = hopline("train", "--epochs", "1", "--quiet")
    assert status == 0
    assert "valid/ndcg@20" in out
    assert "The last of 1 epochs was the best: more may be better still (`--epochs 2`)" in out
    assert "the split has no test interactions" in refused(hopline("evaluate", "--quiet"))


def test_the_installed_program_ends_with_the_status_and_no_traceback(workplace):
    ended = subprocess.run(
        [sys.executable, "-c", "from hopline.cli import main; main()", "similar", "--item", "f1"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: the graph has no schema yet")


def test_describing_tells_counts_and_what_is_learnt_from_what(hopline, workplace):
    hopline("import", "films", "--json")
    found = as_json(hopline("describe", "--json"))
    assert {node["label"]: node["count"] for node in found["nodes"]}["Item"] == SIZE
    learnt = {edge["role"]: edge["tasks"] for edge in found["edges"]}
    assert learnt == {"interaction": ["ranking", "rating"], "knowledge": ["link"]}
    status, out, err = hopline("describe")
    assert (status, err) == (0, "")
    assert "ranking, rating" in " ".join(out.split())
    status, out, _ = hopline("describe", "--mermaid")
    assert out.startswith("flowchart LR\n")


def test_sync_reads_what_changed_and_its_check_shows_what_did_not_get_there(hopline, database):
    hopline("import", "films")
    assert "no cache" in refused(hopline("sync", "--check"))
    first = as_json(hopline("sync", "--json"))
    assert (first["kind"], first["nodes"]["added"] > SIZE, first["edges"]["removed"]) == ("full", True, 0)
    assert hopline("sync", "--check", "--quiet") == (0, "the kept snapshot is what the graph holds\n", "")

    rows(database, "MATCH (:User {id: 'u0'})-[r:RATED]->() WITH r LIMIT 2 DELETE r")
    status, out, _ = hopline("sync", "--check", "--quiet")
    assert status == 1
    assert "User RATED Item" in out
    assert "superfluous: u0 → f" in out
    status, out, _ = hopline("sync", "--check", "--json")
    found = json.loads(out)
    assert (status, found["equal"], found["differences"][0]["superfluous"]) == (1, False, 2)

    assert "2 removed" in hopline("sync", "--quiet")[1]
    assert as_json(hopline("sync", "--check", "--json")) == {"equal": True, "differences": []}
    assert as_json(hopline("sync", "--json"))["kind"] == "unchanged"
