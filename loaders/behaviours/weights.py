"""One weight an interaction, from its behaviour, value, age and session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.event_weights import FAINTEST, TypeWeight
from graph.schema import EdgeKind
from graph.sessions import sessions_back
from graph.snapshot import EdgeColumns, Snapshot, Triple
from loaders.behaviours.config import BehaviourConfig, BehavioursConfig

SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class InteractionWeights:
    """What the m chosen interactions of each kind count, by kind.

    ``event``: float32[m], each event beside the others of its kind, 1 where nothing sets it apart; 0 for a rating that is none
    of liking. It scales the message that the edge passes. ``example``: float32[m], what it counts as an example of the ranking,
    of mean 1 over the kinds' means; 0: it is no positive. ``gate``: what the kind counts beside others, at most 1, where its
    learnt gate starts.
    """

    event: dict[Triple, NDArray[np.float32]]
    example: dict[Triple, NDArray[np.float32]]
    gate: dict[Triple, float]


def weigh_interactions(
    snapshot: Snapshot, rows: dict[Triple, NDArray[np.int64]], config: BehavioursConfig
) -> InteractionWeights:
    """Weigh the interactions that are learnt from, ``rows`` within each kind; others have no say in it.

    An event of age a, back from the newest one learnt from, counts 2^(−a / half-life). What cannot be told, as a value
    or time is missing, counts as the mean of what can.

    Raises:
        InputError: the configuration names a behaviour that no interaction has.
    """
    config.check(snapshot.schema)
    kinds = snapshot.schema.interactions
    picked = {kind.triple: _picked(snapshot.edges[kind.triple], rows[kind.triple]) for kind in kinds}
    strongest = max(config.weight(kind) for kind in kinds) or 1.0
    gate = {kind.triple: config.weight(kind) / strongest for kind in kinds}
    back = _sessions_back(picked, config)
    newest = max((int(part.time.max()) for part in picked.values() if part.time is not None and len(part.time)), default=0)
    event, ordered = {}, {}
    for kind in kinds:
        settings, part = config.settings(kind), picked[kind.triple]
        value = np.full(len(part.source), np.nan) if part.value is None else part.value
        weight = value_weight(kind, settings, part.value).of(value)
        half_life = settings.half_life_days or config.half_life_days
        if half_life is not None and part.time is not None:
            age_days = (newest - part.time) / SECONDS_A_DAY
            weight = weight * _mean_where(part.time == 0, np.maximum(np.exp2(-age_days / half_life), FAINTEST))
        if config.session_decay < 1 and part.time is not None:
            decay = np.maximum(config.session_decay ** back[kind.triple], FAINTEST)
            weight = weight * _mean_where(part.time == 0, decay)
        event[kind.triple] = weight.astype(np.float32)
        ordered[kind.triple] = event[kind.triple] * _by_order(part, settings)
    return InteractionWeights(event, _examples(ordered, gate), gate)


def positive_rows(snapshot: Snapshot, config: BehavioursConfig) -> NDArray[np.bool_]:
    """Tell of every interaction, as :func:`loaders.interactions.read_interactions` numbers them, if it is one of liking."""
    parts = [np.zeros(0, np.bool_)]
    for kind in snapshot.schema.interactions:
        columns = snapshot.edges[kind.triple]
        positive = np.full(len(columns.source), config.weight(kind) > 0)
        parts.append(positive & ~_is_negative(columns, config.settings(kind)))
    return np.concatenate(parts)


def value_weight(kind: EdgeKind, settings: BehaviourConfig, value: NDArray[np.float32] | None) -> TypeWeight:
    """Return what an event of a kind counts by its value, as those of the rows learnt from tell: ``value`` float32[m], or None.

    Where there is none to tell by, all count alike; of single ones without a value, what the others do on the mean.
    """
    known = np.zeros(0) if value is None else value[~np.isnan(value)].astype(np.float64)
    if settings.value in ("ignore", "order") or not len(known):
        return TypeWeight()
    if settings.value == "amount":
        cap = max(float(np.quantile(known, settings.cap_quantile)), 0.0)
        unit = float(np.log1p(np.clip(known, 0, cap)).mean()) or 1.0
        return TypeWeight(value=kind.value, cap=cap, unit=unit)
    neutral = settings.neutral or 0.0
    over = np.maximum(known - neutral, 0)
    unit = float(over.max()) or 1.0
    return TypeWeight(value=kind.value, neutral=neutral, unit=unit, missing=float(over.mean()) / unit)


def _picked(columns: EdgeColumns, rows: NDArray[np.int64]) -> EdgeColumns:
    value, time = columns.value, columns.time
    return EdgeColumns(
        columns.source[rows],
        columns.target[rows],
        None if value is None else value[rows],
        None if time is None else time[rows],
    )


def _is_negative(columns: EdgeColumns, settings: BehaviourConfig) -> NDArray[np.bool_]:
    """Tell where the value says that there was no liking; where it is missing, it says nothing."""
    if columns.value is None or settings.value in ("ignore", "order"):
        return np.zeros(len(columns.source), np.bool_)
    negative: NDArray[np.bool_] = columns.value <= (settings.neutral or 0.0)
    return negative


def _by_order(columns: EdgeColumns, settings: BehaviourConfig) -> NDArray[np.float32]:
    """Return a half and the share of values that are below each one's, equal ones counted half; the mean is 1."""
    if columns.value is None or settings.value != "order" or np.isnan(columns.value).all():
        return np.ones(len(columns.source), np.float32)
    known = np.sort(columns.value[~np.isnan(columns.value)])
    places = np.searchsorted(known, columns.value, "left") + np.searchsorted(known, columns.value, "right")
    return _mean_where(np.isnan(columns.value), 0.5 + places / (2 * len(known))).astype(np.float32)


def _mean_where(missing: NDArray[np.bool_], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    if not missing.any():
        return weight
    return np.where(missing, weight[~missing].mean() if not missing.all() else 1.0, weight)


def _sessions_back(picked: dict[Triple, EdgeColumns], config: BehavioursConfig) -> dict[Triple, NDArray[np.int64]]:
    """Return sessions back of each kind's events, those of all kinds cut together; undated ones are of none."""
    back = {triple: np.zeros(len(part.source), np.int64) for triple, part in picked.items()}
    if config.session_decay == 1:
        return back
    dated = {triple: np.flatnonzero(part.time) for triple, part in picked.items() if part.time is not None}
    if not dated:
        return back
    user = np.concatenate([picked[triple].source[rows] for triple, rows in dated.items()])
    time = np.concatenate([part.time[dated[t]] for t, part in picked.items() if part.time is not None])
    found = sessions_back(user, time, config.session_gap_minutes * 60)
    cuts = np.cumsum([len(rows) for rows in dated.values()])[:-1]
    for (triple, rows), of_kind in zip(dated.items(), np.split(found, cuts), strict=True):
        back[triple][rows] = of_kind
    return back


def _examples(event: dict[Triple, NDArray[np.float32]], gate: dict[Triple, float]) -> dict[Triple, NDArray[np.float32]]:
    """Return the events' weights times their kinds', scaled so that the mean of the kinds' means is 1.

    Positives alone are drawn, so they alone make the mean.
    """
    raw = {triple: weight * np.float32(gate[triple]) for triple, weight in event.items()}
    means = [float(weight[weight > 0].mean(dtype=np.float64)) for weight in raw.values() if (weight > 0).any()]
    scale = np.float32(sum(means) / len(means)) if means else np.float32(1)
    return {triple: weight / scale for triple, weight in raw.items()}
