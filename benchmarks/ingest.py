"""Taking in events: `hopline ingest` of files against a transaction an event; durable events a second, memory's growth."""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import psutil

from benchmarks.server import fresh_database, session_of
from cypher import load
from graph.events import EventsConfig
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from hopline.ingest import Intake

EVENTS = 1_000_000
USERS, ITEMS = 50_000, 20_000
A_TURN = 50_000  # events of a file, after each of which some are written a transaction each
NAIVE_A_TURN = 100
WARMING = 20_000  # events taken in first, and not counted: Java compiles what it runs often
_MIB = 1 << 20
_SCHEMA = Schema(
    nodes=(NodeKind(label="User", role=NodeRole.USER), NodeKind(label="Item", role=NodeRole.ITEM)),
    edges=(EdgeKind(source="User", type="CLICKED", target="Item", role=EdgeRole.INTERACTION, value="value", time="time"),),
)
_NAIVE = (
    "MERGE (u:User {id: $user}) MERGE (i:Item {id: $item}) MERGE (u)-[r:CLICKED_ALONE]->(i) "
    "SET r.value = $value, r.time = $time"
)


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return durable events a second by each way; ``dataset`` is not used, the events are made.

    The naive way is a plain statement an event, without an id to take it in once by, and without looking whether it is late.
    The two ways take turns, so that a slow minute of the machine hits both. Events have an id, a value, a time and a context.
    """
    seconds = {"batched": 0.0, "naive": 0.0}
    resident: list[float] = []
    done = naive = 0
    process = psutil.Process()
    with fresh_database() as database, session_of(database) as session, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        intake = Intake(database, _SCHEMA, EventsConfig(), Path(folder))
        began = time.perf_counter()
        for part in _parts():
            path.write_text("".join(json.dumps(event) + "\n" for event in part), encoding="utf-8")
            started = time.perf_counter()
            report = intake.take_file(path, lambda *_: resident.append(process.memory_info().rss / _MIB))
            between = time.perf_counter()
            if report.new != len(part):
                raise AssertionError(f"took in {report.new} events, expected {len(part)}: {report}")
            alone = part[:NAIVE_A_TURN]
            _write_alone(session, alone)
            if len(part) == A_TURN:
                seconds["batched"] += between - started
                seconds["naive"] += time.perf_counter() - between
                done, naive = done + len(part), naive + len(alone)
                say(f"{done:,} of {EVENTS:,} after {time.perf_counter() - began:.0f} s")
            else:
                resident.clear()
        found = database.read(load("load/count_nodes"), {}, {"label": "HoplineEvent"})[0]["number"]
        if found != WARMING + EVENTS:
            raise AssertionError(f"the graph knows {found} events, expected {WARMING + EVENTS}")
    first = len(resident) * A_TURN // EVENTS
    batched_per_s, naive_per_s = done / seconds["batched"], naive / seconds["naive"]
    return {
        "events": done,
        "events_per_s": batched_per_s,
        "naive_events": naive,
        "naive_events_per_s": naive_per_s,
        "ratio": batched_per_s / naive_per_s,
        "memory_growth_mb": max(resident[first:]) - max(resident[:first]),
        "memory_mb": max(resident),
    }


def _parts() -> Iterator[list[dict[str, Any]]]:
    """Yield the events that warm, then those that are measured, a turn at a time; a few items get much of what users do."""
    rng = np.random.default_rng(0)
    popularity = 1 / (np.arange(ITEMS) + 10.0)
    popularity /= popularity.sum()
    for number in (WARMING, *[A_TURN] * (EVENTS // A_TURN)):
        users, items = rng.integers(0, USERS, number).tolist(), rng.choice(ITEMS, number, p=popularity).tolist()
        values, times = rng.integers(1, 6, number).tolist(), rng.integers(1_600_000_000, 1_700_000_000, number).tolist()
        yield [
            {
                "id": uuid.UUID(bytes=rng.bytes(16)).hex,
                "user": f"user-{users[row]}",
                "item": f"item-{items[row]}",
                "behaviour": "click",
                "value": values[row],
                "time": times[row],
                "context": {"device": ("phone", "desk")[row % 2], "scenario": "home"},
            }
            for row in range(number)
        ]


def _write_alone(session: neo4j.Session, events: list[dict[str, Any]]) -> None:
    for event in events:
        params = {name: event[name] for name in ("user", "item", "value", "time")}
        session.run(_NAIVE, params).consume()
