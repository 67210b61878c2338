"""`hopline compress`, from a trained run to answers out of the database."""

import json

import numpy as np
import pytest

from hopline.run_folder import read_run
from tests.small_files import WITHHELD

pytestmark = pytest.mark.integration


def as_json(result):
    status, out, err = result
    assert (status, err) == (0, "")
    return json.loads(out)


def test_small_vectors_are_served_and_the_large_ones_come_back(hopline, recommender):
    as_json(hopline("import", "films", "--json"))
    hopline("train", "--quiet")
    trained = read_run(recommender.config.run_folder)
    report = as_json(hopline("compress", "--max-loss", "5%", "--code", "float32", "--json"))
    assert report["max_loss"] == 0.05
    chosen = report["chosen"]
    assert chosen["size"] < trained.users.vectors.shape[1]
    assert chosen["ratio"] >= 0.95
    assert as_json(hopline("publish", "--json"))["metrics"]["ndcg@20"] == report["metrics"]["ndcg@20"]
    [release] = recommender.releases()
    assert {column.dimensions for column in release.columns} == {chosen["size"] + 1}
    for user, film in WITHHELD.items():
        answer = recommender.recommend(user, k=3)
        assert answer.by_model
        assert int(answer.items[0].id[1:]) % 2 == int(film[1:]) % 2

    status, out, err = hopline("compress", "--size", "2", "--code", "float32", "--quiet")
    assert (status, err) == (0, "")
    assert "chosen: 2 numbers, 12 bytes a node" in " ".join(out.split())
    assert read_run(recommender.config.run_folder).users.vectors.shape[1] == 2

    assert as_json(hopline("compress", "--undo", "--json")) == {"undone": True}
    assert read_run(recommender.config.run_folder).metrics == trained.metrics
    status, out, _ = hopline("compress", "--undo")
    assert (status, "it had no others" in " ".join(out.split())) == (0, True)


def test_a_byte_a_number_is_chosen_published_and_asked(hopline, recommender):
    hopline("import", "films", "--json")
    hopline("train", "--quiet")
    report = as_json(hopline("compress", "--max-loss", "5%", "--code", "int8", "--json"))
    chosen = report["chosen"]
    assert (report["code"], chosen["num_bytes"]) == ("int8", chosen["size"] + 1)
    assert chosen["ratio"] >= 0.95
    run = read_run(recommender.config.run_folder)
    assert not np.array_equal(run.scorer().items, run.items[0].vectors)
    assert as_json(hopline("publish", "--canary", "--json"))["metrics"]["ndcg@20"] == report["metrics"]["ndcg@20"]
    [release] = recommender.releases()
    assert (release.code, release.columns[0].dimensions) == ("int8", chosen["size"] + 1)
    for user, film in WITHHELD.items():
        assert int(recommender.recommend(user, k=3).items[0].id[1:]) % 2 == int(film[1:]) % 2
    _, out, _ = hopline("compress", "--code", "int8", "--size", "3")
    assert "chosen: 3 numbers in int8, 4 bytes a node" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--code", "int2"), "'int2' is not one of 'auto', 'float32', 'int8', 'int4'"),
        (("--max-loss", "lots"), "expected a share such as 1% or 0.01"),
        (("--max-loss", "120%"), "expected a share such as 1% or 0.01"),
        (("--max-bytes", "3"), "should be greater than or equal to 8"),
    ],
)
def test_options_that_make_no_sense_are_refused(hopline, arguments, told):
    status, _, err = hopline("compress", *arguments)
    assert status == 2
    assert told in " ".join(err.replace("│", " ").split())


def test_before_training_it_says_what_to_do_first(hopline):
    status, out, err = hopline("compress")
    assert (status, out) == (1, "")
    assert "run `hopline train` first" in err
