"""Learning on while events come, beside a model that is left as it was and one that is trained anew every day.

The first four fifths of MovieLens-100K by time are loaded, learnt and published; the rest comes as events, cut into four days
of as many events each. `hopline learn` looks after each quarter of a day. Every event is foretold before it is learnt, among
all items that the user had not met: by the release as it was taught by then, by the first one, and by one trained anew at the
end of the day before. All know what each user did up to then, and sum it up as they do when they serve. CPU time is that of
this process.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.data_sets import find
from benchmarks.server import fresh_database
from gnn.inductive import foretell
from graph.snapshot import read_snapshot
from hopline.config import read_config
from hopline.online.events import UserEvents
from hopline.recommender import Recommender
from hopline.run_folder import Run, read_run

DAYS, LOOKS, HELD, K = 4, 4, 0.2, 10
_QUIET_USERS = 200


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return NDCG@20 of the events by each model, CPU seconds, and the share of ten items that users without events keep."""
    data = find(dataset or "ml100k")
    if data.name != "ml100k":
        raise ValueError(f"{data.name} tells no times; this needs ml100k")
    with tempfile.TemporaryDirectory(prefix="hopline-online-") as scratch, fresh_database() as database:
        files, events = _cut(data.folder, Path(scratch) / "files")
        config = read_config(run_folder=Path(scratch) / "run", split={"test": 0.001}, online={"min_events": 1})
        online, days = Recommender(config, database), np.array_split(np.arange(len(events)), DAYS)
        say(online.load(files).written.summary())
        first_s = _fitted(online, say)
        online.publish()
        quiet = _quiet_users(read_run(config.run_folder), events)
        before = _answers(online, quiet)
        gains: dict[str, list[float]] = {"online": [], "frozen": [], "retrained": []}
        overlaps, online_s, retrain_s, publish_s = [], 0.0, 0.0, []
        later: dict[str, list[float]] = {name: [] for name in gains}  # of the days before which there was a training
        retrained: tuple[Run, dict[str, int]] | None = None
        for day, rows in enumerate(days):
            of_day: dict[str, list[float]] = {name: [] for name in gains}
            for part in np.array_split(rows, LOOKS):
                online.ingest([events[row] for row in part.tolist()])
                with _cpu() as spent:
                    started = time.perf_counter()
                    report = online.learn()
                    publish_s.append(time.perf_counter() - started)
                online_s += spent[0]
                assert report.ndcg is not None
                assert report.released_ndcg is not None
                of_day["online"] += [report.ndcg] * report.events
                of_day["frozen"] += [report.released_ndcg] * report.events
                overlaps.append(1.0 if report.overlap is None else report.overlap)
                say(f"day {day + 1}: {report.summary()}")
            snapshot = read_snapshot(database, online.schema)
            if retrained is not None:
                model, taught = retrained
                told = UserEvents.of(snapshot, model, np.array([taught.get(str(one), 0) for one in _user_ids(snapshot)]))
                assert model.student is not None
                of_day["retrained"] = foretell(model.student, model.scorer().items, told.lessons(told.new()))[0].tolist()
                later = {name: later[name] + of_day[name] for name in later}
            gains = {name: gains[name] + of_day[name] for name in gains}
            if day + 1 < DAYS:
                anew = Recommender(config.model_copy(update={"run_folder": Path(scratch) / f"day-{day + 1}"}), database)
                retrain_s += _fitted(anew, say)
                model = read_run(anew.config.run_folder)
                assert model.known is not None
                retrained = model, dict(zip(map(str, model.users.ids.tolist()), model.known.tolist(), strict=True))
        kept = [len(set(one) & set(other)) / K for one, other in zip(before, _answers(online, quiet), strict=True)]
    return {
        "dataset": data.name,
        "events": len(gains["online"]),
        "looks": DAYS * LOOKS,
        "ndcg_online": float(np.mean(gains["online"])),
        "ndcg_frozen": float(np.mean(gains["frozen"])),
        "ratio_frozen": float(np.mean(gains["online"]) / np.mean(gains["frozen"])),
        "ndcg_online_later": float(np.mean(later["online"])),
        "ndcg_retrained_later": float(np.mean(later["retrained"])),
        "ratio_retrain": float(np.mean(later["online"]) / np.mean(later["retrained"])),
        "online_cpu_s": online_s,
        "retrain_cpu_s": retrain_s,
        "first_training_cpu_s": first_s,
        "cpu_ratio": online_s / retrain_s,
        "look_s": float(np.median(publish_s)),
        "stability": float(np.mean(kept)),
        "stability_a_look_least": float(np.min(overlaps)),
    }


def _cut(source: Path, files: Path) -> tuple[Path, list[dict[str, Any]]]:
    """Copy a data set up to a moment, its users too; return the folder, and what came later as events in order of time."""
    files.mkdir()
    for path in source.iterdir():
        (files / path.name).write_bytes(path.read_bytes())
    inter = next(files.glob("*.inter"))
    frame = pl.read_csv(inter, separator="\t", schema_overrides={"user_id:token": pl.String, "item_id:token": pl.String})
    frame = frame.sort("timestamp:float", "user_id:token", "item_id:token")
    moment = frame["timestamp:float"][int(len(frame) * (1 - HELD))]
    old, new = frame.filter(pl.col("timestamp:float") < moment), frame.filter(pl.col("timestamp:float") >= moment)
    old.write_csv(inter, separator="\t")
    users = next(files.glob("*.user"))
    lines = users.read_text(encoding="utf-8").splitlines(keepends=True)
    known = set(old["user_id:token"].to_list())
    users.write_text("".join([lines[0], *(line for line in lines[1:] if line.split("\t")[0] in known)]), encoding="utf-8")
    names = ("user", "item", "value", "time")
    columns = ("user_id:token", "item_id:token", "rating:float", "timestamp:float")
    events = [dict(zip(names, row, strict=True)) | {"behaviour": "rating"} for row in new.select(columns).iter_rows()]
    return files, events


def _fitted(recommender: Recommender, say: Callable[[str], None]) -> float:
    with _cpu() as spent:
        recommender.fit(on_epoch=lambda record: say(f"epoch {record.epoch}"))
    return spent[0]


@contextmanager
def _cpu() -> Iterator[list[float]]:
    spent, started = [0.0], time.process_time()
    yield spent
    spent[0] = time.process_time() - started


def _user_ids(snapshot: Any) -> list[Any]:
    ids: list[Any] = snapshot.nodes[snapshot.schema.user.label].ids.tolist()
    return ids


def _quiet_users(first: Run, events: list[dict[str, Any]]) -> list[str]:
    active = {event["user"] for event in events}
    return [user for user in map(str, first.users.ids.tolist()) if user not in active][:_QUIET_USERS]


def _answers(recommender: Recommender, users: list[str]) -> list[list[Any]]:
    return [[item.id for item in recommender.recommend(user, K).items] for user in users]
