"""Writing a run's student: what is refused, and what to do then."""

import builtins
from types import SimpleNamespace

import numpy as np
import pytest

from gnn.inductive import Student
from graph.embeddings import Embeddings
from graph.event_sum import EventSum
from hopline.errors import ConfigError, TrainingError
from hopline.student_file import write_student


@pytest.fixture
def run():
    items = Embeddings("Item", np.arange(4), np.ones((4, 2), np.float32))
    return SimpleNamespace(
        items=(items,), student=Student(items.vectors, EventSum(np.ones(2, np.float32), np.zeros(2), 0.5, 5.0))
    )


def test_it_says_how_many_items_it_knows(run, tmp_path):
    assert write_student(run, tmp_path / "student.onnx") == 4
    assert (tmp_path / "student.onnx").stat().st_size > 0


def test_what_cannot_be_written_is_said(run, tmp_path):
    with pytest.raises(ConfigError, match=r"expected a file that ends in \.onnx"):
        write_student(run, tmp_path / "student.pt")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_student(run, tmp_path / "no" / "student.onnx")
    run.student = None
    with pytest.raises(TrainingError, match="has no student"):
        write_student(run, tmp_path / "student.onnx")


def test_without_the_extra_it_says_what_to_install(run, tmp_path, monkeypatch):
    whole = builtins.__import__

    def without(name, *arguments, **named):
        if name == "gnn.inductive.onnx_model":
            raise ImportError("No module named 'onnx'")
        return whole(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"pip install 'hopline\[onnx\]'"):
        write_student(run, tmp_path / "student.onnx")
