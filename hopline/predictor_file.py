"""What a run foretells of users and items, as a file beside its vectors: ``predictors.safetensors``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from graph.pair_predictor import PairPredictor, PairVectors
from hopline.tensor_rows import drop_row

FILE = "predictors.safetensors"

Predictors = Mapping[str, Mapping[tuple[str, str, str], PairPredictor]]
"""By task, then by (label of users, kind of relationship or task, label of items)."""


def write_predictors(folder: Path, predictors: Predictors) -> None:
    """Write them to ``folder``."""
    tensors: dict[str, NDArray[np.float32]] = {}
    listed: list[dict[str, Any]] = []
    for task, of_task in predictors.items():
        for etype, one in of_task.items():
            for step, factor in enumerate(one.factors):
                tensors[f"{len(listed)}.{step}.users"] = np.ascontiguousarray(factor.users)
                tensors[f"{len(listed)}.{step}.items"] = np.ascontiguousarray(factor.items)
            listed.append(
                {
                    "task": task,
                    "etype": etype,
                    "links": [factor.link for factor in one.factors],
                    "bounds": [bound if math.isfinite(bound) else None for bound in (one.lowest, one.highest)],
                }
            )
    save_file(tensors, folder / FILE, metadata={"predictors": json.dumps(listed)})


def read_predictors(folder: Path) -> Predictors:
    """Read those of ``folder``.

    Raises:
        OSError, ValueError, KeyError, SafetensorError: there is no such file, or it is damaged.
    """
    found: dict[str, dict[tuple[str, str, str], PairPredictor]] = {}
    with safe_open(folder / FILE, framework="np") as opened:
        for number, told in enumerate(json.loads(opened.metadata()["predictors"])):
            factors = (
                PairVectors(opened.get_tensor(f"{number}.{step}.users"), opened.get_tensor(f"{number}.{step}.items"), link)
                for step, link in enumerate(told["links"])
            )
            source, kind, target = told["etype"]
            of_task = found.setdefault(told["task"], {})
            lowest, highest = told["bounds"]
            of_task[source, kind, target] = PairPredictor(
                tuple(factors), -math.inf if lowest is None else lowest, math.inf if highest is None else highest
            )
    return found


def drop_user(folder: Path, row: int, label: str) -> None:
    """Take one node of a label, that of users, out of what is foretold, on either side.

    Raises:
        OSError, ValueError, KeyError, IndexError, SafetensorError: the file is damaged.
    """
    with safe_open(folder / FILE, framework="np") as opened:
        told = json.loads(opened.metadata()["predictors"])
    ends = [(one["etype"][0], one["etype"][2]) for one in told]

    def has_row(name: str) -> bool:
        number, _, side = name.split(".")
        source, target = ends[int(number)]
        end: str = source if side == "users" else target
        return end == label

    drop_row(folder / FILE, row, has_row)
