"""A student as an ONNX model, by a runtime that knows nothing of Hopline, gives the vectors that the student gives."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest

from gnn.errors import TrainingError
from gnn.inductive import Student, onnx_model
from gnn.inductive.onnx_model import student_model
from graph.event_sum import EventSum

ITEMS, SIZE = 30, 6


@pytest.fixture
def student():
    rng = np.random.default_rng(0)
    base, slope = rng.normal(size=(2, SIZE)).astype(np.float32)
    return Student(rng.normal(size=(ITEMS, SIZE)).astype(np.float32), EventSum(base, slope, 0.7, 20.0))


def run(student, items, weights, told=None):
    session = onnxruntime.InferenceSession(
        student_model(student, told or {}).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    fed = {"items": np.asarray(items, np.int64), "weights": np.asarray(weights, np.float32)}
    return session.run(["vectors"], fed)[0], session


def test_each_user_gets_the_students_vector(student):
    rng = np.random.default_rng(1)
    for events in (1, 3, 50):
        items = rng.integers(0, ITEMS, (7, events))
        weights = rng.uniform(0, 2, (7, events)).astype(np.float32)
        found, _ = run(student, items, weights)
        wanted = [student.vector(of, weight) for of, weight in zip(items, weights, strict=True)]
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_weights_of_nothing_stand_for_no_event(student):
    filled, _ = run(student, [[4, 9, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]], [[1, 0.5, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(filled[0], student.vector([4, 9], [1, 0.5]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(filled[1], student.vector([2]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(filled[2], student.vector([]), rtol=1e-5, atol=1e-6)


def test_nobody_known_and_no_events_at_all_are_answered_too(student):
    none, _ = run(student, np.empty((2, 0)), np.empty((2, 0)))
    np.testing.assert_allclose(none, [student.vector([])] * 2, rtol=1e-5, atol=1e-6)
    silent = replace(student, sum=EventSum(np.zeros(SIZE, np.float32), np.zeros(SIZE, np.float32), 0.7, 20.0))
    assert run(silent, [[1]], [[0]])[0].tolist() == [[0.0] * SIZE]


def test_what_is_told_is_kept_with_the_model(student):
    _, session = run(student, [[1]], [[1]], {"items": "[1, 2]"})
    assert session.get_modelmeta().custom_metadata_map == {"items": "[1, 2]"}


def test_an_item_that_was_not_learnt_is_refused_by_the_runtime(student):
    with pytest.raises(Exception, match="indices element out of data bounds"):
        run(student, [[ITEMS]], [[1]])


def test_more_than_a_file_holds_is_refused(student, monkeypatch):
    monkeypatch.setattr(onnx_model, "_MOST_BYTES", 100)
    with pytest.raises(TrainingError, match=r"30 items of 6 numbers are more than .*hopline compress"):
        student_model(student, {})
