"""What tasks foretell, from training to an answer: the same from a run that was kept, and said why where there is none."""

import json
import sys
from dataclasses import replace

import polars as pl
import pytest

from graph.progress import silent
from graph.schema import EdgeKind, EdgeRole, Schema
from hopline.cli import main
from hopline.config import Config
from hopline.errors import InputError, NotFoundError, TrainingError
from hopline.fit import fit
from hopline.predict import predict
from hopline.run_folder import read_run, write_run
from hopline.run_record import read_record
from tests.small_graphs import RATED, READ, checkerboard, edges, goods_and_articles, snapshot

ALL = [(user, item) for user in range(24) for item in range(24)]


def learn(folder, tasks, graph=None, split=None, **train):
    config = Config().changed(
        {
            "train": {"epochs": 4, "validate_every": 2, **train},
            "tasks": tasks,
            "model": {"embedding_size": 8},
            "fuse": {"ease": 0.0, "ials": 0.0},
            "split": split or {},
        }
    )
    told = (silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    return fit(graph or snapshot(checkerboard()), config.model_copy(update={"run_folder": folder}), 0, *told)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def run(folder):
    found = learn(folder, {"click": {}}, metric="click.auc")
    write_run(folder, found)
    return found


def test_what_happens_is_likelier_and_ratings_are_within_those_seen(run):
    clicks = predict(run, ALL, "click")
    assert clicks.columns == ["user", "item", "domain", "probability", "reason"]
    assert clicks["reason"].null_count() == len(ALL)
    alike = clicks["user"].to_numpy() % 2 == clicks["item"].to_numpy() % 2
    probability = clicks["probability"].to_numpy()
    assert probability[alike].mean() > probability[~alike].mean() + 0.3
    assert predict(run, ALL, "rating")["value"].is_between(1, 5).all()


@pytest.mark.parametrize("task", ["click", "rating"])
def test_a_run_that_is_read_back_foretells_the_same(run, folder, task):
    assert predict(run, ALL, task).equals(predict(read_run(folder), ALL, task))


def test_figures_of_what_is_foretold_are_in_the_run_and_its_record(run, folder):
    end = read_record(folder)[-1]["metrics"]
    for name in ("click/auc", "click/log_loss", "click/ece", "rating/rmse"):
        assert run.metrics[f"valid/{name}"] == end[f"valid/{name}"]
        assert run.metrics[name] == end[name]
    assert run.metrics["click/auc"] > 0.8


def test_ids_are_found_as_text_and_as_numbers_and_those_unknown_say_why(run):
    pairs = pl.DataFrame({"item": ["0", "99", "1", None], "user": ["2", "2", "nobody", "2"], "shown": [1, 2, 3, 4]})
    found = predict(run, pairs, "click")
    assert found["user"].to_list() == ["2", "2", "nobody", "2"]
    assert found["probability"][0] == predict(run, [(2, 0)], "click")["probability"][0]
    unknown = "was not in the graph that was learnt from"
    assert found["reason"].to_list() == [None, f"item 99 {unknown}", f"user nobody {unknown}", f"item null {unknown}"]
    assert found["probability"].null_count() == 3
    assert predict(run, [], "click").is_empty()


def test_a_task_that_was_not_learnt_is_told_with_those_that_were_and_how_to_ask_for_it(run):
    with pytest.raises(TrainingError, match=r"'conversion'; .*it learnt: click, rating\. .*section \[tasks\.conversion\]"):
        predict(run, ALL, "conversion")
    with pytest.raises(InputError, match="click, conversion, rating"):
        predict(run, ALL, "weather")


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (pl.DataFrame({"user": [1], "film": [2]}), "no item; expected user and item"),
        (pl.DataFrame({"user": [[1]], "item": [2]}), "the column user of the pairs is List"),
        ([(1, 2, 3)], r"got \(1, 2, 3\) among the pairs"),
        (7, "expected a frame"),
    ],
)
def test_pairs_that_are_none_are_told(run, pairs, told):
    with pytest.raises(InputError, match=told):
        predict(run, pairs, "click")


def test_a_domain_that_the_run_has_not_is_told(run):
    with pytest.raises(NotFoundError, match="'Article'; it has Item"):
        predict(run, ALL, "click", domain="Article")


def test_what_is_held_out_to_measure_leaves_no_trace_in_what_is_foretold(tmp_path):
    pairs = checkerboard()
    test = {(user, (user + 4) % 24) for user in range(24)}
    valid = {(user, (user + 8) % 24) for user in range(24)}
    parts = {"valid": valid, "train": set(pairs) - test - valid}
    for name, part in parts.items():
        (tmp_path / f"{name}.txt").write_text("".join(f"{user}\t{item}\n" for user, item in sorted(part)))
    split = {"by": "files"} | {f"{name}_file": tmp_path / f"{name}.txt" for name in parts}
    (tmp_path / "test.txt").write_text("".join(f"{user}\t{item}\n" for user, item in sorted(test)))
    measured = learn(tmp_path / "a", {"click": {}}, split=split | {"test_file": tmp_path / "test.txt"})
    unknown = learn(tmp_path / "b", {"click": {}}, split=split, graph=snapshot(sorted(set(pairs) - test)))
    assert "click/auc" in measured.metrics
    assert "click/auc" not in unknown.metrics
    for task in ("click", "rating"):
        assert predict(measured, ALL, task).equals(predict(unknown, ALL, task))


def shop():
    """Goods that are clicked, put in the cart and bought by whom they suit, and articles that are read; both have an item 3."""
    base = goods_and_articles()
    kinds = [
        EdgeKind(source="User", type=name, target="Item", role=EdgeRole.INTERACTION)
        for name in ("CLICKED", "ADDED_TO_CART", "BOUGHT")
    ]
    suits = [pair for pair in ALL if pair[0] % 2 == pair[1] % 2]
    steps = (suits, [pair for pair in suits if pair[1] % 3], [pair for pair in suits if pair[1] % 3 == 1])
    return replace(
        base,
        schema=Schema(nodes=base.schema.nodes, edges=(*kinds, *base.schema.edges[1:])),
        edges={
            **{key: of for key, of in base.edges.items() if key != RATED},
            **{kind.triple: edges(pairs) for kind, pairs in zip(kinds, steps, strict=True)},
            READ.triple: edges([(user, article) for user in range(24) for article in range(6)]),
        },
    )


def test_a_purchase_is_foretold_of_goods_and_of_articles_it_is_said_that_none_was_learnt(tmp_path):
    run = learn(tmp_path, {"conversion": {}}, graph=shop())
    found = predict(run, ALL, "conversion")
    suits = found["user"].to_numpy() % 2 == found["item"].to_numpy() % 2
    bought = suits & (found["item"].to_numpy() % 3 == 1)
    probability = found["probability"].to_numpy()
    assert probability[bought].mean() > max(probability[~suits].mean(), probability[suits & ~bought].mean())
    assert run.metrics["conversion/auc"] > 0.5
    article = predict(run, [(3, 3)], "conversion", domain="Article")
    assert article["reason"].to_list() == ["no conversion was learnt of Article"]
    assert article["probability"].to_list() == [None]


def test_without_a_refit_what_was_validated_serves(tmp_path):
    found = learn(tmp_path, {"click": {}}, refit=False)
    assert {line.get("phase") for line in read_record(tmp_path)} == {None, "validate"}
    assert found.predictors.keys() == {"click", "rating"}


def test_weights_that_are_learnt_are_told_epoch_by_epoch(tmp_path):
    learn(tmp_path, {"weighting": "uncertainty"}, refit=False)
    epochs = [line for line in read_record(tmp_path) if line["event"] == "epoch"]
    assert all(line["weights"].keys() == line["losses"].keys() for line in epochs)
    assert epochs[-1]["weights"]["link"] != epochs[0]["weights"]["link"]


def test_the_ranking_cannot_be_left_out(tmp_path):
    with pytest.raises(TrainingError, match=r"\[tasks\] ranking is null"):
        learn(tmp_path, {"ranking": None})


@pytest.fixture
def hopline(folder, run, monkeypatch, capsys, tmp_path):
    """Run ``hopline`` where the run is; return its exit status, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hopline.toml").write_text(f"run_folder = {json.dumps(str(folder))}\n")

    def answer(*arguments):
        monkeypatch.setattr(sys, "argv", ["hopline", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return answer


def test_the_command_foretells_a_pair(hopline, run):
    status, out, err = hopline("predict", "rating", "--user", "3", "--item", "5", "--json")
    assert (status, err) == (0, "")
    (pair,) = json.loads(out)["pairs"]
    assert pair["value"] == pytest.approx(predict(run, [(3, 5)], "rating")["value"][0])
    assert "probability" in hopline("predict", "click", "--user", "3", "--item", "5")[1]


def test_the_command_foretells_a_file_of_pairs_and_sets_bad_rows_aside(hopline, tmp_path):
    (tmp_path / "pairs.csv").write_text("item,user\n1,1\n2,nobody\n3\n")
    status, out, err = hopline("predict", "click", "--pairs", "pairs.csv", "--out", "foretold.csv", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert [pair["reason"] is None for pair in found["pairs"]] == [True, False]
    assert [(row["line"], row["reason"]) for row in found["set_aside"]] == [(4, "ragged row: expected 2 fields")]
    assert pl.read_csv(tmp_path / "foretold.csv").height == 2
    assert "line 4 was set aside" in hopline("predict", "click", "--pairs", "pairs.csv")[1]


def test_a_file_without_a_pair_foretells_nothing(hopline, tmp_path):
    (tmp_path / "pairs.csv").write_text("user,item\n")
    status, out, _ = hopline("predict", "click", "--pairs", "pairs.csv", "--json")
    assert (status, json.loads(out)["pairs"]) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("click", "--user", "1"), "give --user and --item, or --pairs"),
        (("click", "--user", "1", "--item", "1", "--pairs", "pairs.csv"), "give --user and --item, or --pairs"),
        (("click", "--pairs", "none.csv"), "none.csv"),
        (("conversion", "--user", "1", "--item", "1"), "[tasks.conversion]"),
    ],
)
def test_the_command_refuses_in_one_line(hopline, arguments, told):
    status, out, err = hopline("predict", *arguments)
    assert (status, out) == (1, "")
    assert told in err
    assert err.count("\n") == 1
