"""A run's vectors made small: what is chosen, what is kept, and what is said where it cannot be done."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.compress import CompressConfig
from graph.embeddings import as_served
from graph.progress import silent
from hopline.compress import compress_run
from hopline.compressed_file import remove_compressed, write_compressed
from hopline.config import Config
from hopline.errors import ConfigError, EvaluationError, TrainingError
from hopline.fit import fit
from hopline.rounded import Rounded
from hopline.run_draft import draft_run
from hopline.run_folder import read_run, write_run
from hopline.teacher_file import read_teacher
from tests.small_graphs import READ, checkerboard, edges, goods_and_articles, snapshot

CONFIG = Config().changed(
    {
        "train": {"epochs": 3},
        "model": {"embedding_size": 8},
        "split": {"valid": 0.2, "test": 0.2},
        "fuse": {"ials": 0.0, "scales": [], "distil": {"steps": 20}},
    }
)


def learn(folder, graph):
    told = (silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    run = fit(graph, CONFIG.model_copy(update={"run_folder": folder}), 0, *told)
    write_run(folder, run)
    return run


@pytest.fixture(scope="module")
def graph():
    return snapshot(checkerboard())


@pytest.fixture(scope="module")
def run(graph, tmp_path_factory):
    return learn(tmp_path_factory.mktemp("run"), graph)


@pytest.fixture
def folder(run, tmp_path):
    write_run(tmp_path, run)
    return tmp_path


def compress(folder, graph, size=None, **config):
    return compress_run(
        read_run(folder), read_teacher(folder), graph, CompressConfig(**config), CONFIG.fuse.distil, silent, size=size
    )


def test_what_was_taught_from_is_kept_in_half_precision(run, folder):
    teacher = read_teacher(folder)
    for name in ("learnt", "validated"):
        for side in ("users", "items"):
            kept = getattr(getattr(run.teacher, name), side)
            assert kept.shape == (24, 8)
            np.testing.assert_allclose(getattr(getattr(teacher, name), side), kept, rtol=1e-3, atol=1e-6)
    assert not np.array_equal(teacher.learnt.items, teacher.validated.items)


def test_the_smallest_within_the_budget_is_chosen_and_the_larger_ones_tried_too(folder, graph):
    compressed, report = compress(folder, graph, max_loss=0.05, code="float32", sizes=[1, 2, 3, 5, 7])
    assert report.metric == "ndcg@20"
    assert report.teacher_bytes == 32
    within = [one for one in report.tried if one.ratio >= 0.95]
    assert report.chosen == min(within, key=lambda one: one.size)
    assert max(one.size for one in report.tried) == 7
    assert [one.size for one in report.tried] == sorted({one.size for one in report.tried})
    for one in report.tried:
        assert (one.code, one.num_bytes) == ("float32", 4 * (one.size + 1))
        assert one.low <= one.ratio <= one.high
        assert one.value == pytest.approx(one.ratio * report.teacher)
    assert compressed.vectors.users.shape == compressed.vectors.items.shape == (24, report.chosen.size)
    assert report.metrics.keys() >= {"ndcg@20", "recall@10"}


def test_codes_are_tried_and_the_fewest_bytes_that_keep_enough_chosen(folder, graph):
    compressed, report = compress(folder, graph, max_loss=0.05, sizes=[1, 2, 3, 5, 7])
    by_code = {code: {one.size: one for one in report.tried if one.code == code} for code in ("float32", "int8")}
    assert by_code["float32"].keys() == by_code["int8"].keys()
    within = [one for one in report.tried if one.ratio >= 0.95]
    assert report.chosen.num_bytes == min(one.num_bytes for one in within)
    assert report.code == report.chosen.code == compressed.told["code"] == "int8"
    assert compressed.vectors.items.shape[1] == report.chosen.size
    assert f"lose at most {0.05:.4g} of it" in report.reason


def test_half_a_byte_a_number_is_tried_where_it_is_named(folder, graph):
    compressed, report = compress(folder, graph, max_loss=0.05, code="int4", sizes=[1, 2, 3, 5, 7])
    assert {one.code for one in report.tried} == {"int4"} == {report.code, compressed.told["code"]}
    assert report.chosen.num_bytes == (report.chosen.size + 2) // 2


def test_vectors_are_taught_as_they_will_be_left():
    rng = np.random.default_rng(0)
    users, items = (rng.normal(size=(number, 7)).astype(np.float32) for number in (9, 40))
    users[3] = 0
    rounded = Rounded("int4")
    rounded.fit(items)
    left = as_served(users, items, "int4")
    np.testing.assert_allclose(rounded.users(users), left[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(rounded.items(items[5:12]), left[1][5:12], rtol=1e-5, atol=1e-6)
    assert [Rounded.of(code) is None for code in ("float32", "int8", "int4")] == [True, True, False]


def test_the_front_holds_what_nothing_smaller_equals_and_more_numbers_keep_more_of_the_first_items(tmp_path):
    graph = snapshot([(u, i) for u in range(24) for i in range(24) if u % 4 == i % 4])
    learn(tmp_path, graph)
    _, report = compress(tmp_path, graph, max_loss=0.0, metric="ndcg@3", sizes=[1, 5])
    for one in report.tried:
        others = [other for other in report.tried if other != one and other.num_bytes <= one.num_bytes]
        assert (one in report.front) is (max((other.value for other in others), default=-1.0) < one.value)
        assert 0 <= one.overlap <= 1
    overlaps = {one.size: one.overlap for one in report.tried if one.code == "float32"}
    assert overlaps[1] < overlaps[5]


def test_what_fits_no_code_is_refused_and_what_fits_bytes_alone_is_tried_in_bytes(folder, graph):
    _, report = compress(folder, graph, max_loss=0.5, max_bytes=8, sizes=[7])
    assert report.code == "int8"
    with pytest.raises(ConfigError, match="max_bytes is 8, and the smallest vectors that may be chosen take 12"):
        compress(folder, graph, max_bytes=8, sizes=[11])


def test_of_a_size_that_loses_more_than_the_budget_the_code_that_keeps_most_is_taken(folder, graph):
    _, report = compress(folder, graph, 1, max_loss=0.0)
    assert {one.size for one in report.tried} == {1}
    within = [one for one in report.tried if one.ratio >= 1]
    assert report.chosen == (
        min(within, key=lambda one: one.num_bytes) if within else max(report.tried, key=lambda one: one.ratio)
    )
    assert report.reason == "as asked"


def test_figures_of_bytes_are_of_what_is_left_of_the_vectors(folder, graph):
    compressed, report = compress(folder, graph, size=5, code="int8")
    assert (report.code, report.chosen.num_bytes) == ("int8", 6)
    write_compressed(folder, compressed)
    served = read_run(folder)
    assert draft_run(served).code == "int8"
    left = as_served(compressed.vectors.users, compressed.vectors.items, "int8")
    np.testing.assert_array_equal(served.scorer().items, left[1])
    np.testing.assert_array_equal(served.users.vectors, compressed.vectors.users)
    assert remove_compressed(folder)
    assert draft_run(read_run(folder)).code == "float32"


def test_a_run_serves_what_was_compressed_until_that_is_taken_away(run, folder, graph):
    compressed, report = compress(folder, graph, size=3, code="float32")
    assert report.max_loss is None
    write_compressed(folder, compressed)
    served = read_run(folder)
    np.testing.assert_array_equal(served.users.vectors, compressed.vectors.users)
    np.testing.assert_array_equal(served.scorer().items, compressed.vectors.items)
    assert served.compressed["chosen"]["size"] == 3
    assert {name: served.metrics[name] for name in report.metrics} == report.metrics
    assert served.metrics["valid/ndcg@20"] == run.metrics["valid/ndcg@20"]

    again, _ = compress(folder, graph, size=3, code="float32")
    np.testing.assert_array_equal(again.vectors.items, compressed.vectors.items)

    assert remove_compressed(folder)
    assert not remove_compressed(folder)
    np.testing.assert_array_equal(read_run(folder).users.vectors, run.users.vectors)
    assert read_run(folder).metrics == run.metrics


def test_training_anew_forgets_what_was_compressed(run, folder, graph):
    write_compressed(folder, compress(folder, graph, size=2)[0])
    write_run(folder, run)
    assert read_run(folder).compressed == {}


def test_each_domain_gets_its_own_part_of_the_vectors(tmp_path):
    read = {READ.triple: edges([(u, i) for u in range(24) for i in range(6) if u % 2 == i % 2])}
    graph = replace(goods_and_articles(), edges=snapshot(checkerboard()).edges | read)
    run = learn(tmp_path, graph)
    compressed, _ = compress(tmp_path, graph, size=2)
    write_compressed(tmp_path, compressed)
    served = read_run(tmp_path)
    assert [(part.label, part.ids.tolist()) for part in served.items] == [(part.label, part.ids.tolist()) for part in run.items]
    np.testing.assert_array_equal(np.concatenate([part.vectors for part in served.items]), compressed.vectors.items)


def test_a_budget_that_cannot_be_met_says_the_nearest(tmp_path):
    # Four tastes: one number ranks for two of them at the most.
    graph = snapshot([(u, i) for u in range(24) for i in range(24) if u % 4 == i % 4])
    learn(tmp_path, graph)
    with pytest.raises(
        TrainingError, match=r"no vectors within 8 bytes keep 1 of .* the nearest, of 1 numbers in float32 \(8 bytes\)"
    ):
        compress(tmp_path, graph, max_loss=0.0, max_bytes=8, code="float32", sizes=[1, 5])
    assert read_run(tmp_path).compressed == {}


@pytest.mark.parametrize(
    ("config", "size", "told"),
    [
        ({"metric": "click.auc"}, None, "expected one of ranking, such as ndcg@20"),
        ({"metric": "nonsense@20"}, None, "expected one of ranking, such as ndcg@20"),
        ({}, 9, "got 9 numbers a vector to compress to; expected at most 8"),
        (
            {"max_bytes": 8, "code": "float32", "sizes": [3, 5]},
            None,
            "max_bytes is 8, and the smallest vectors that may be chosen take 16",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(folder, graph, config, size, told):
    with pytest.raises(ConfigError, match=told):
        compress(folder, graph, size, **config)


def test_another_graph_than_that_learnt_from_is_refused(folder):
    with pytest.raises(EvaluationError, match="changed since training"):
        compress(folder, snapshot(checkerboard(withheld=[(0, 0)])))


def test_files_that_are_gone_or_damaged_are_said_so(run, folder, graph):
    write_compressed(folder, compress(folder, graph, size=2)[0])
    (folder / "compressed.safetensors").write_bytes(b"cut off")
    with pytest.raises(TrainingError, match=r"cannot be read .*; run `hopline train` again"):
        read_run(folder)
    (folder / "teacher.safetensors").unlink()
    with pytest.raises(TrainingError, match=r"distilled from cannot be read .*; run `hopline train` again"):
        read_teacher(folder)
    write_run(folder, replace(run, teacher=None))
    assert read_run(folder).teacher is None
