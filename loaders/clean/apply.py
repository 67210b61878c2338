"""Apply the rules to a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.behaviours import behaviour_of
from graph.snapshot import EdgeColumns, Snapshot
from loaders.clean.config import CleanConfig
from loaders.clean.features import Filled, fill_features
from loaders.clean.report import SET_ASIDE, CleanReport, RuleCount
from loaders.clean.rule import Events, Rule, Verdict
from loaders.errors import InputError
from loaders.interactions import InteractionLog, read_interactions, rows_by_kind


@dataclass(frozen=True)
class Cleaned:
    """A snapshot to learn from, and what was done to get it.

    ``log``: its interactions; ``before``: those that came in; ``dropped_by``: int64[n] of those that came in, the place in the
    report's counts of the rule that dropped a row, -1 for one that was kept.
    """

    snapshot: Snapshot
    log: InteractionLog
    before: InteractionLog
    dropped_by: NDArray[np.int64]
    report: CleanReport


def clean(snapshot: Snapshot, config: CleanConfig, now: int) -> Cleaned:
    """Apply the rules that are on, each to what those before it left; ``now``: when the graph was read, seconds since 1970.

    Medians, means and quantiles are those of all interactions, before any split: they are a few numbers a kind of
    interaction and tell no model who met what. Nodes stay, whatever becomes of their interactions.

    Raises:
        InputError: a rule names a behaviour, label or property that the graph does not have, or the rules leave no interaction.
    """
    before = read_interactions(snapshot)
    events = _events(snapshot, before, config, now)
    counts, parts = [_references(snapshot, len(events))], []
    dropped_by = np.full(len(events), -1, np.int64)
    alive = np.arange(len(events))
    for rule in config.rules():
        _check(rule, events)
        verdict = rule.judge(events)
        parts.append(_set_aside(rule, verdict, snapshot, before, events, alive))
        actions = parts[-1]["action"].to_list()
        seen, dropped = int(rule.concerns(events).sum()), actions.count("dropped")
        counts.append(RuleCount(rule.name, seen, dropped, actions.count("changed"), note=verdict.note))
        dropped_by[alive[~verdict.keep]] = len(counts) - 1
        events, alive = _left(events, verdict), alive[verdict.keep]
    if len(dropped_by) and not len(alive):
        raise InputError(
            f"the rules of [clean] leave none of {len(dropped_by):,} interactions; "
            + ", ".join(f"{count.rule} dropped {count.dropped:,}" for count in counts if count.dropped)
        )
    cleaned = _rebuilt(snapshot, events, alive)
    if config.missing is not None and config.missing.features:
        cleaned, filled = fill_features(cleaned, config.missing.features)
        parts.append(_filled_rows(filled))
        nodes = sum(len(snapshot.nodes[label].ids) for label in {label for label, _ in filled})
        counts.append(RuleCount("missing features", nodes, 0, len(parts[-1])))
    report = CleanReport(len(dropped_by), len(alive), tuple(counts), pl.concat([pl.DataFrame(schema=SET_ASIDE), *parts]))
    return Cleaned(cleaned, read_interactions(cleaned), before, dropped_by, report)


def _events(snapshot: Snapshot, log: InteractionLog, config: CleanConfig, now: int) -> Events:
    kinds = snapshot.schema.interactions
    columns = [snapshot.edges[kind.triple] for kind in kinds]
    begun = {} if config.time_travel is None else config.time_travel.created
    created = {label: _created(snapshot, label, name) for label, name in begun.items()}
    ends = [
        np.maximum(
            created[kind.source][part.source] if kind.source in created else 0,
            created[kind.target][part.target] if kind.target in created else 0,
        )
        * np.ones(len(part.source), np.int64)
        for kind, part in zip(kinds, columns, strict=True)
    ]
    return Events(
        kind=np.repeat(np.arange(len(kinds)), [len(part.source) for part in columns]),
        user=log.user_index,
        item=log.item_index,
        value=log.value,
        time=np.zeros(len(log), np.int64) if log.time is None else log.time,
        created=np.concatenate(ends),
        behaviours=tuple(behaviour_of(kind) for kind in kinds),
        has_value=tuple(part.value is not None for part in columns),
        has_time=tuple(part.time is not None for part in columns),
        now=now,
    )


def _created(snapshot: Snapshot, label: str, name: str) -> NDArray[np.int64]:
    column = snapshot.nodes[label].columns.get(name) if label in snapshot.nodes else None
    if not isinstance(column, np.ndarray):
        raise InputError(
            f"[clean.time_travel] created names {label}.{name}; expected a property that the schema declares a numeric feature"
        )
    return np.nan_to_num(column).astype(np.int64)


def _check(rule: Rule, events: Events) -> None:
    unknown = sorted(set(rule.behaviours) - set(events.behaviours))
    if unknown:
        raise InputError(
            f"[clean.{rule.name}] names the behaviours {unknown}; the graph's interactions are {sorted(set(events.behaviours))}"
        )


def _references(snapshot: Snapshot, seen: int) -> RuleCount:
    """Count what the snapshot could not hold, of all kinds of relationships; it stays in Neo4j alone."""
    note = "an end has no key, or came while the graph was read" if snapshot.skipped else ""
    return RuleCount("unknown references", seen + snapshot.skipped, snapshot.skipped, 0, note=note)


def _left(events: Events, verdict: Verdict) -> Events:
    value = events.value if verdict.value is None else verdict.value
    time = events.time if verdict.time is None else verdict.time
    keep = verdict.keep
    return replace(
        events,
        kind=events.kind[keep],
        user=events.user[keep],
        item=events.item[keep],
        value=value[keep],
        time=time[keep],
        created=events.created[keep],
    )


def _rebuilt(snapshot: Snapshot, events: Events, alive: NDArray[np.int64]) -> Snapshot:
    """Return the snapshot with the interactions that are left; the same one, if all are as they were."""
    edges = dict(snapshot.edges)
    for number, (triple, rows) in enumerate(rows_by_kind(snapshot, alive).items()):
        old, of_kind = snapshot.edges[triple], events.kind == number
        edges[triple] = EdgeColumns(
            old.source[rows],
            old.target[rows],
            None if old.value is None else events.value[of_kind],
            None if old.time is None else events.time[of_kind],
        )
    return replace(snapshot, edges=edges)


def _set_aside(
    rule: Rule, verdict: Verdict, snapshot: Snapshot, before: InteractionLog, events: Events, alive: NDArray[np.int64]
) -> pl.DataFrame:
    """Return the rows that a rule dropped or changed; what was dropped has no new value or time."""
    value = events.value if verdict.value is None else verdict.value
    time = events.time if verdict.time is None else verdict.time
    same = ((value == events.value) | (np.isnan(value) & np.isnan(events.value))) & (time == events.time)
    rows = np.flatnonzero(~verdict.keep | ~same)
    dropped = ~verdict.keep[rows]
    names = [" ".join(kind.triple) for kind in snapshot.schema.interactions]
    frame: dict[str, Any] = {
        "rule": [rule.name] * len(rows),
        "action": np.where(dropped, "dropped", "changed").tolist(),
        "kind": [names[number] for number in events.kind[rows].tolist()],
        "source_id": [str(node) for node in before.user_ids[events.user[rows]].tolist()],
        "target_id": _target_ids(snapshot, alive[rows]),
        "value": events.value[rows].astype(np.float64),
        "time": events.time[rows],
        "new_value": np.where(dropped, np.nan, value[rows].astype(np.float64)),
        "new_time": np.where(dropped, 0, time[rows]),
        "new_text": [None] * len(rows),
    }
    missing = pl.col("value", "new_value").fill_nan(None), pl.col("time", "new_time").replace(0, None)
    return pl.DataFrame(frame, schema=SET_ASIDE).with_columns(*missing)


def _target_ids(snapshot: Snapshot, rows: NDArray[np.int64]) -> list[str]:
    """Return the external ids of the items of interactions by ascending row."""
    return [
        str(node)
        for triple, of_kind in rows_by_kind(snapshot, rows).items()
        for node in snapshot.nodes[triple[2]].ids[snapshot.edges[triple].target[of_kind]].tolist()
    ]


def _filled_rows(filled: Filled) -> pl.DataFrame:
    rows = [
        ("missing", "changed", f"{label}.{feature}", str(node), None, None, None, number, None, text)
        for (label, feature), nodes in filled.items()
        for node, number, text in nodes
    ]
    return pl.DataFrame(rows, schema=SET_ASIDE, orient="row")
