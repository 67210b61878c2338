"""``hopline ingest`` and ``Recommender.ingest``: what was acknowledged is in the graph, once, whatever ends or repeats it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from cypher import load
from graph.errors import DatabaseError
from graph.events import Event
from graph.server.lifecycle import down, status, up
from graph.settings import ServerSettings
from hopline import Recommender
from hopline.config import read_config
from hopline.errors import IngestError, InputError
from hopline.ingest import Intake
from tests.small_releases import rows

pytestmark = pytest.mark.integration
T = 1_750_000_000
INGEST = [sys.executable, "-c", "from hopline.cli import main; main()", "ingest"]
TOML = """
[graph_schema]
nodes = [{ label = "User", role = "user" }, { label = "Item", role = "item" }]
edges = [
    { source = "User", type = "CLICKED", target = "Item", role = "interaction", value = "value", time = "time" },
]
[events]
batch_size = 100
queue_size = 200
"""


@pytest.fixture
def shop(workplace):
    """A graph of which nothing but the schema is there."""
    (workplace / "hopline.toml").write_text(TOML)
    return workplace


def events(number, users=50, items=40):
    return [
        {"id": f"e{n}", "user": f"u{n % users}", "item": f"i{n * 7 % items}", "behaviour": "click", "value": n, "time": T + n}
        for n in range(number)
    ]


def write(path, lines):
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines))
    return path


def clicks(database):
    found = rows(database, "MATCH (u:User)-[r:CLICKED]->(i:Item) RETURN u.id AS u, i.id AS i, r.value AS value, r.time AS time")
    return sorted(tuple(row.values()) for row in found)


def latest(given):
    """What the graph is to hold: of each pair the event of the latest time."""
    pairs = {}
    for event in sorted(given, key=lambda event: event["time"]):
        pairs[event["user"], event["item"]] = (float(event["value"]), event["time"])
    return sorted((*pair, *told) for pair, told in pairs.items())


def num_known(database):
    return database.read(load("load/count_nodes"), {}, {"label": "HoplineEvent"})[0]["number"]


def test_a_file_is_taken_in_once_and_a_second_run_doubles_nothing(shop, hopline, database):
    given = events(1000)
    path = write(shop / "events.jsonl", given)
    status_, out, _ = hopline("ingest", path, "--json")
    told = json.loads(out)
    assert status_ == 0
    assert (told["new"], told["repeated"], told["set_aside"], told["set_aside_file"]) == (1000, 0, {}, None)
    assert told["nodes"] == {"Item": 40, "User": 50}
    assert clicks(database) == latest(given)
    _, out, _ = hopline("ingest", path, "--json")
    again = json.loads(out)
    assert (again["new"], again["repeated"], again["interactions"], again["nodes"]) == (0, 1000, 0, {})
    assert clicks(database) == latest(given)
    _, out, _ = hopline("ingest", path)
    assert "took in 0 events" in out
    assert "1,000 were there already" in out


def test_lines_that_cannot_be_used_are_set_aside_with_line_and_reason_and_the_others_are_taken(shop, hopline, database):
    (good,) = events(1)
    bad = {
        2: ("not JSON\n", "not a JSON object"),
        3: ({**good, "id": "b", "behaviour": "stare"}, "behaviour is none of click, impression"),
        5: ({**good, "id": "c", "time": time.time() + 3600}, "time is more than 300 s in the future"),
        6: ({**good, "id": "d", "user": ""}, "user is empty"),
        7: ("x" * 70_000 + "\n", "longer than 65536 bytes"),
    }
    path = write(
        shop / "events.jsonl", [good, bad[2][0], bad[3][0], "\n", bad[5][0], bad[6][0], bad[7][0], {**good, "id": "z"}]
    )
    for _ in range(2):
        status_, out, _ = hopline("ingest", path, "--json")
        told = json.loads(out)
        assert status_ == 0
        assert told["set_aside"] == {reason: 1 for _, reason in bad.values()}
        lines = (shop / told["set_aside_file"]).read_text().splitlines()
        assert lines[0] == "file\tline\treason\trow"
        found = {int(line.split("\t")[1]): line.split("\t") for line in lines[1:]}
        assert {number: row[2] for number, row in found.items()} == {number: reason for number, (_, reason) in bad.items()}
        assert json.loads(found[3][3]) == bad[3][0]
    assert num_known(database) == 2
    _, out, _ = hopline("ingest", path)
    assert "set aside: 1 × user is empty" in out


def test_standard_input_is_taken_in_as_it_comes_and_keeps_what_it_set_aside(shop, database):
    given = events(3)
    for part in (1, 2):
        with subprocess.Popen([*INGEST, "-", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            process.stdin.write(json.dumps(given[part]) + "\n{}\n")
            process.stdin.flush()
            wait_for(lambda part=part: num_known(database) == part)  # while the pipe is still open
            process.stdin.close()
            told = json.loads(process.stdout.read())
        assert (told["new"], told["set_aside"]) == (1, {"user is missing": 1})
    assert (shop / told["set_aside_file"]).read_text().splitlines()[1:] == ["stdin\t2\tuser is missing\t{}"] * 2
    assert clicks(database) == latest(given[1:])


def test_a_file_that_is_not_there_and_a_graph_without_a_schema_are_told(workplace, hopline):
    write(workplace / "events.jsonl", events(1))
    status_, _, err = hopline("ingest", "events.jsonl")
    assert status_ == 1
    assert "the graph has no schema yet" in err
    (workplace / "hopline.toml").write_text(TOML)
    status_, _, err = hopline("ingest", "other.jsonl")
    assert status_ == 1
    assert "there is no file other.jsonl" in err


def test_an_ingester_that_is_killed_and_run_again_loses_and_doubles_nothing(shop, hopline, database):
    given = events(20_000, users=500, items=400)
    path = write(shop / "events.jsonl", given)
    with subprocess.Popen([*INGEST, path, "--json"], stdout=subprocess.PIPE) as process:
        wait_for(lambda: num_known(database) > 1000)
        process.kill()
    there = num_known(database)
    assert 1000 < there < 20_000
    assert there % 100 == 0  # whole batches
    status_, out, _ = hopline("ingest", path, "--json")
    told = json.loads(out)
    assert status_ == 0
    assert (told["new"], told["repeated"]) == (20_000 - there, there)
    assert clicks(database) == latest(given)


def test_two_ingesters_of_one_file_at_once_take_each_event_in_once(shop, database):
    given = events(3000)
    path = write(shop / "events.jsonl", given)
    running = [subprocess.Popen([*INGEST, path, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    told = []
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err.decode()
        told.append(json.loads(out))
    assert sum(part["new"] for part in told) == 3000
    assert [part["new"] + part["repeated"] for part in told] == [3000, 3000]
    assert sum(part["interactions"] for part in told) == len(latest(given))
    assert clicks(database) == latest(given)


def test_a_database_that_is_killed_and_comes_back_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.database._RETRY_TIME_S", 1.0)
    monkeypatch.setenv("HOPLINE_HOME", str(tmp_path / "home"))
    settings = ServerSettings(home=tmp_path / "home", port=0, heap_mb=512)
    (tmp_path / "hopline.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    given = events(4000)
    seen = []

    def stream():
        for number, event in enumerate(given):
            if number == 1500:
                os.kill(status(settings).pid, signal.SIGKILL)
                threading.Thread(target=up, args=[settings]).start()
            yield event

    try:
        with Recommender.from_config() as recommender:
            config = read_config(events={"retry_s": 2})
            impatient = Intake(recommender.database, recommender.schema, config.events, tmp_path / "set-aside")
            report = recommender.ingest(stream(), on_stage=lambda stage, _done, _total: seen.append(stage))
            assert any(stage.startswith("the database is away, trying again") for stage in seen)
            assert (report.new, report.repeated) == (4000, 0)
            assert clicks(recommender.database) == latest(given)
            os.kill(status(settings).pid, signal.SIGKILL)
            with pytest.raises(IngestError, match="no event of events was taken in; run the same again"):
                impatient.take([{**given[0], "id": "other"}])
    finally:
        down(settings)


def test_an_error_says_how_far_it_got(shop, recommender, monkeypatch):
    recommender.ingest([])
    write_batch = type(recommender._intake._writer).write
    batches = []

    def refuse_the_third(writer, batch, *rest):
        batches.append(batch)
        if len(batches) == 3:
            raise DatabaseError("the disk is full")
        return write_batch(writer, batch, *rest)

    monkeypatch.setattr(type(recommender._intake._writer), "write", refuse_the_third)
    with pytest.raises(IngestError, match=r"the disk is full. Here: 200 events of events, up to line 200, are in the graph"):
        recommender.ingest(events(500))
    monkeypatch.undo()
    report = recommender.ingest(events(500))
    assert (report.new, report.repeated) == (300, 200)


def test_values_are_taken_as_dictionaries_and_as_events_and_a_path_as_a_file(shop, recommender, database):
    given = events(4)
    report = recommender.ingest([given[0], Event(**given[1]), {"user": "u", "odd": {1, 2}}, None])
    assert (report.new, sum(report.set_aside.values())) == (2, 2)
    assert report.set_aside_file.name == "events.tsv"
    report = recommender.ingest(write(shop / "more.jsonl", given))
    assert (report.new, report.repeated) == (2, 2)
    with pytest.raises(InputError, match="there is no file"):
        recommender.ingest("none.jsonl")
    assert clicks(database) == latest(given)


def test_a_schema_that_was_loaded_since_is_the_one_that_counts(workplace, recommender, database):
    recommender.load(workplace / "films")
    assert recommender.ingest([{"user": "u1", "item": "f0", "behaviour": "rating", "value": 1}]).new == 1
    rows(database, "MATCH (s:HoplineSchema) SET s.json = replace(s.json, 'RATED', 'SCORED')")
    report = recommender.ingest([{"user": "u1", "item": "f0", "behaviour": "RATED", "value": 1}])
    assert report.new == 1
    assert rows(database, "MATCH (:User {id: 'u1'})-[r:SCORED]->() RETURN count(r) AS n")[0]["n"] == 1


def test_what_a_user_just_met_is_not_recommended_to_them(workplace, recommender):
    recommender.load(workplace / "films")
    recommender.compile(train={"epochs": 2}).fit().publish()
    before = [item.id for item in recommender.recommend("u1", 5).items]
    recommender.ingest([{"user": "u1", "item": before[0], "behaviour": "rating", "value": 5}])
    after = [item.id for item in recommender.recommend("u1", 5).items]
    assert before[0] not in after
    assert after[:4] == before[1:]


def wait_for(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
