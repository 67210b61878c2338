"""A run's record tells each epoch once, whatever cut it off."""

import builtins
import json
import sys

import pytest

from graph.progress import silent
from hopline.config import Config
from hopline.errors import ConfigError, TrainingError
from hopline.fit import fit
from hopline.run_record import FILE, read_record
from tests.small_graphs import checkerboard, snapshot


def config(folder, **train):
    told = {"epochs": 3, "validate_every": 1, **train}
    return (
        Config()
        .changed({"train": told, "model": {"embedding_size": 8}, "fuse": {"ease": 0.0, "ials": 0.0}})
        .model_copy(update={"run_folder": folder})
    )


def run(folder, on_epoch=lambda _record: None, **train):
    return fit(snapshot(checkerboard()), config(folder, **train), 0, silent, lambda _r: None, lambda _e, _s, _n: None, on_epoch)


def epochs(lines):
    return [(line["phase"], line["epoch"]) for line in lines if line["event"] == "epoch"]


def without_moments(lines):
    """Lines but for what no two runs share: when, and how fast."""
    left_out = {"at", "seconds", "edges_per_s", "train_s", "config"}
    return [{key: value for key, value in line.items() if key not in left_out} for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return run(folder), read_record(folder)


def test_a_run_is_told_from_its_start_to_its_end(whole):
    found, lines = whole
    assert [lines[0]["event"], lines[-1]["event"]] == ["start", "end"]
    assert lines[0]["nodes"] == {"User": 24, "Item": 24, "Entity": 4}
    assert lines[0]["edges"]["(User)-[RATED]->(Item)"] == len(checkerboard()) == sum(lines[0]["split"].values())
    assert lines[0]["config"]["train"]["seed"] == lines[0]["seed"] == 0
    assert set(lines[0]["versions"]) >= {"hopline", "torch", "dgl"}
    assert epochs(lines) == [("validate", n) for n in (1, 2, 3)] + [("refit", n + 1) for n in range(found.best_epoch)]
    assert set(lines[1]["losses"]) == {"ranking", "rating", "link"}
    assert lines[1]["metrics"]["ndcg@20"] > 0
    assert lines[1]["learning_rate"] == 0.02
    assert lines[1]["seconds"] > 0
    assert lines[1]["edges_per_s"] > 0
    assert (lines[-1]["best_epoch"], lines[-1]["metrics"]) == (found.best_epoch, found.metrics)


@pytest.mark.parametrize("cut", [("validate", 2), ("refit", 1)])
def test_a_run_that_was_cut_off_tells_each_epoch_once(whole, tmp_path, cut):
    def stop(_record):
        if epochs(read_record(tmp_path))[-1] == cut:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, stop)
    path = tmp_path / FILE
    before = read_record(tmp_path)
    text = path.read_text().splitlines()
    path.write_text("\n".join(text[:-1]) + "\n" + text[-1][:20])  # the last line was being written
    run(tmp_path)
    after = read_record(tmp_path)
    assert without_moments(after) == without_moments(whole[1])
    assert after[: len(before) - 1] == before[:-1]


def test_a_finished_run_is_told_as_it_was_and_another_one_anew(tmp_path):
    run(tmp_path)
    first = read_record(tmp_path)
    run(tmp_path)
    assert read_record(tmp_path)[:-1] == first[:-1]
    run(tmp_path, seed=1)
    again = read_record(tmp_path)
    assert again[0]["seed"] == 1
    assert epochs(again)[:3] == [("validate", n) for n in (1, 2, 3)]


def test_why_a_run_stopped_is_told(tmp_path):
    with pytest.raises(TrainingError) as stopped:
        run(tmp_path, learning_rate=1e6)
    last = read_record(tmp_path)[-1]
    assert (last["event"], last["reason"]) == ("stopped", str(stopped.value))
    run(tmp_path)
    assert [line["event"] for line in read_record(tmp_path)].count("stopped") == 0


def test_every_line_is_json_whatever_the_figures(tmp_path, whole):
    run(tmp_path)
    for line in (tmp_path / FILE).read_text().splitlines():
        json.loads(line, parse_constant=pytest.fail)


def test_event_files_tell_what_the_record_tells(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator").EventAccumulator

    def stop(record):
        if record.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, stop, tensorboard=True)
    run(tmp_path, tensorboard=True)
    lines = [line for line in read_record(tmp_path) if line.get("phase") == "validate"]
    events = accumulator(str(tmp_path / "tensorboard" / "validate"))
    events.Reload()
    for name, figure in (("loss/ranking", "ranking"), ("loss/link", "link")):
        assert [event.step for event in events.Scalars(name)] == [1, 2, 3]
        assert [event.value for event in events.Scalars(name)] == pytest.approx([line["losses"][figure] for line in lines])
    assert [event.value for event in events.Scalars("valid/ndcg@20")] == pytest.approx(
        [line["metrics"]["ndcg@20"] for line in lines]
    )


def test_event_files_without_tensorboard_name_the_extra(tmp_path, monkeypatch):
    real = builtins.__import__

    def refuse(name, *told):
        if name.partition(".")[0] == "tensorboard":
            raise ImportError(name)
        return real(name, *told)

    for module in [name for name in sys.modules if name.startswith(("tensorboard", "torch.utils.tensorboard"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"pip install 'hopline\[tensorboard\]'"):
        run(tmp_path, tensorboard=True)
