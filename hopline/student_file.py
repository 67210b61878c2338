"""A run's student as an ONNX file, with the ids of the items that it knows."""

from __future__ import annotations

import json
from pathlib import Path

from hopline.errors import ConfigError, TrainingError
from hopline.run_folder import Run

ITEMS = "items"
"""Name of the metadata with the ids by label, in JSON: an item's place in the model is its place in them, one after another."""


def write_student(run: Run, path: Path) -> int:
    """Write what makes vectors of users whom a run has not seen; return the number of items that they may have met.

    Raises:
        ConfigError: another ending than .onnx, a file that cannot be written, or the extra is not installed.
        TrainingError: the run has no student, or it is too large.
    """
    if path.suffix != ".onnx":
        raise ConfigError(f"got {path} to write the student to; expected a file that ends in .onnx")
    if run.student is None:
        raise TrainingError("the last run has no student, as too little was learnt from; train on more interactions")
    try:
        from gnn.inductive.onnx_model import student_model  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(f"what writes ONNX is not installed ({error}); run: pip install 'hopline[onnx]'") from error
    told = {ITEMS: json.dumps({part.label: part.ids.tolist() for part in run.items})}
    model = student_model(run.student, told)
    try:
        path.write_bytes(model.SerializeToString())
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}); name another file") from error
    return len(run.student.asking)
