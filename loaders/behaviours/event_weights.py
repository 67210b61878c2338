"""What events count where users are known by them alone, as interactions that are learnt from are weighed."""

from __future__ import annotations

import numpy as np

from graph.asking import liking_types
from graph.event_weights import EventWeights, Fading, TypeWeight
from graph.schema import EdgeKind
from graph.snapshot import EdgeColumns, Snapshot
from loaders.behaviours.config import BehavioursConfig
from loaders.behaviours.weights import SECONDS_A_DAY, value_weight
from loaders.interactions import InteractionLog, rows_by_kind
from loaders.splits import Rows


def read_event_weights(snapshot: Snapshot, rows: Rows, config: BehavioursConfig) -> EventWeights:
    """Return what events count, by the interactions that are learnt from, ``rows`` int64[m] of the log.

    They are of the types that tell of liking. A behaviour whose weight nobody told counts as much as the strongest: training
    goes on learning from where a default starts, a sum does not, and did worse with it (see ARCHITECTURE.md). Of two kinds of
    one type, what is told of the first counts.
    """
    liked = liking_types(snapshot.schema)  # others are not read where somebody asks
    kinds = [kind for kind in snapshot.schema.interactions if kind.type in liked]
    told_weights = [config.settings(kind).weight for kind in kinds]
    strongest = max((weight for weight in told_weights if weight is not None), default=1.0) or 1.0
    of_kind = rows_by_kind(snapshot, rows)
    types: dict[str, TypeWeight] = {}
    for kind, told_weight in zip(kinds, told_weights, strict=True):
        weight = 1.0 if told_weight is None else told_weight / strongest
        told = _of_kind(kind, snapshot.edges[kind.triple], of_kind[kind.triple], weight, config)
        types.setdefault(kind.type, told)
    return EventWeights(types=types, session_gap_s=config.session_gap_minutes * 60, session_decay=config.session_decay)


def fading_of(snapshot: Snapshot, log: InteractionLog, weights: EventWeights) -> Fading:
    """Return what all interactions of a snapshot, whose ``log`` is given, count."""
    types: dict[str, list[Rows]] = {}
    first = 0
    for kind in snapshot.schema.interactions:
        size = len(snapshot.edges[kind.triple].source)
        types.setdefault(kind.type, []).append(np.arange(first, first + size))
        first += size
    time = np.zeros(len(log), np.int64) if log.time is None else log.time
    rows = {name: np.concatenate(parts) for name, parts in types.items()}
    return weights.fading(log.user_index, rows, log.value.astype(np.float64), time)


def _of_kind(kind: EdgeKind, columns: EdgeColumns, rows: Rows, weight: float, config: BehavioursConfig) -> TypeWeight:
    settings = config.settings(kind)
    days = settings.half_life_days or config.half_life_days
    half_life_s = None if days is None or kind.time is None else days * SECONDS_A_DAY
    of_value = value_weight(kind, settings, None if columns.value is None else columns.value[rows])
    return of_value.model_copy(update={"weight": weight, "half_life_s": half_life_s})
