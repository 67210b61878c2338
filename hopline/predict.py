"""What a run foretells of pairs of a user and an item: a probability, or the value that the user would give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.asking import either_type
from graph.pair_predictor import PairPredictor
from hopline.errors import InputError, NotFoundError, TrainingError
from hopline.run_folder import Run
from loaders.files.foreign_frames import as_polars

Foretold = Literal["click", "conversion", "rating"]
COLUMNS: Mapping[str, str] = {"click": "probability", "conversion": "probability", "rating": "value"}
"""Tasks that foretell something of a pair, and what the column is called that holds it."""

Pairs = pl.DataFrame | Iterable[tuple[Any, Any]]


def predict(run: Run, pairs: Pairs, task: Foretold, domain: str | None = None) -> pl.DataFrame:
    """Return a row a pair: ``user``, ``item``, ``domain`` (the item's label), ``probability`` or ``value``, and ``reason``.

    ``pairs``: a frame (polars, pandas, …) with the columns user and item, or (user id, item id) one by one. ``domain`` names
    the label to look for items in; None: the first that has the id. Of two kinds of rating of a label, it is the first of
    the schema. What cannot be told of a pair is null, and ``reason`` says why; it is null else.

    A click's probability is of what is shown, where the graph tells what was shown and passed by (see :mod:`gnn.tasks.click`);
    else it is true among as many pairs that met as did not. So is a conversion's first step; the later ones are as they are.

    Raises:
        InputError: no such task, or a frame without these columns.
        TrainingError: the run did not learn the task.
        NotFoundError: the run has no such domain.
    """
    if task not in COLUMNS:
        raise InputError(f"got the task {task!r}; what is foretold of a pair is {', '.join(COLUMNS)}")
    predictors = run.predictors.get(task)
    if not predictors:
        learnt = ", ".join(name for name in COLUMNS if run.predictors.get(name)) or "none"
        raise TrainingError(
            f"the run did not learn the task {task!r}; of those that foretell something of a pair it learnt: {learnt}. Ask for "
            f"it by a section [tasks.{task}] in hopline.toml, which may be empty, then run `hopline train`"
        )
    labels = [part.label for part in run.items]
    if domain is not None and domain not in labels:
        raise NotFoundError(f"the run has no items labelled {domain!r}; it has {', '.join(labels)}")
    frame = _frame(pairs)
    users = _find(frame["user"], {run.users.label: run.users.ids})
    items = _find(frame["item"], {part.label: part.ids for part in run.items if domain in (None, part.label)})
    by_label = by_domain(predictors)
    figure = np.full(len(frame), np.nan, np.float32)
    for label, predictor in by_label.items():
        rows = np.flatnonzero((users.place >= 0) & (items.label == label))
        figure[rows] = predictor.predict(users.place[rows], items.place[rows])
    told = frame.select("user", "item").with_columns(
        pl.Series("domain", items.label.tolist(), pl.String),
        pl.Series(COLUMNS[task], figure).fill_nan(None),
        pl.Series("__known_user", users.place >= 0),
    )
    return told.with_columns(_reason(task, list(by_label)).alias("reason")).drop("__known_user")


def by_domain(predictors: Mapping[tuple[str, str, str], PairPredictor]) -> dict[str, PairPredictor]:
    """Return a task's predictors by label of items; of two kinds of a label, that of the first."""
    return {target: predictor for (_, _, target), predictor in reversed(list(predictors.items()))}


class _Places(NamedTuple):
    """Where nodes are: ``label`` [n], None of unknown ids, and ``place`` int64[n] among those of the label, −1 of these."""

    label: NDArray[np.object_]
    place: NDArray[np.int64]


def _find(ids: pl.Series, known: Mapping[str, NDArray[Any]]) -> _Places:
    """Look for ids, as they are or as the other of text and whole number, in each label after the other."""
    places: dict[Any, tuple[str | None, int]] = {}
    for label, of_label in known.items():
        for index, one in enumerate(of_label.tolist()):
            places.setdefault(one, (label, index))
    wanted = ids.to_list()
    nowhere: tuple[str | None, int] = (None, -1)
    found = {one: next((places[same] for same in either_type(one) if same in places), nowhere) for one in set(wanted)}
    labels = np.empty(len(wanted), object)
    labels[:] = [found[one][0] for one in wanted]
    return _Places(labels, np.array([found[one][1] for one in wanted], np.int64))


def _reason(task: str, labels: list[str]) -> pl.Expr:
    """Return why nothing is told of a pair, null where something is."""
    unknown = "was not in the graph that was learnt from"
    return (
        pl.when(~pl.col("__known_user"))
        .then(pl.format(f"user {{}} {unknown}", pl.col("user").cast(pl.String).fill_null("null")))
        .when(pl.col("domain").is_null())
        .then(pl.format(f"item {{}} {unknown}", pl.col("item").cast(pl.String).fill_null("null")))
        .when(~pl.col("domain").is_in(labels))
        .then(pl.format(f"no {task} was learnt of {{}}", pl.col("domain")))
        .when(pl.col(COLUMNS[task]).is_null())
        .then(pl.lit("what was learnt of the pair is no finite number; train again"))
    )


def _frame(pairs: Pairs) -> pl.DataFrame:
    if not isinstance(pairs, pl.DataFrame) and isinstance(pairs, Iterable) and not hasattr(pairs, "columns"):
        rows = [tuple(pair) for pair in pairs]
        wrong = next((pair for pair in rows if len(pair) != 2), None)
        if wrong is not None:
            raise InputError(f"got {wrong!r} among the pairs; expected a user's id and an item's")
        columns = {"user": [user for user, _ in rows], "item": [item for _, item in rows]}
        return pl.DataFrame([pl.Series(name, ids, strict=False) for name, ids in columns.items()])
    frame = as_polars(pairs, "pairs")
    missing = [name for name in ("user", "item") if name not in frame.columns]
    if missing:
        raise InputError(
            f"the pairs have the columns {frame.columns} and no {' and no '.join(missing)}; expected user and item"
        )
    nested = [name for name in ("user", "item") if frame[name].dtype.is_nested()]
    if nested:
        raise InputError(
            f"the column {nested[0]} of the pairs is {frame[nested[0]].dtype}; expected ids: text or whole numbers"
        )
    return frame
