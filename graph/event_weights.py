"""What a user's events count beside each other: by what was done, how much of it, how long ago, and how many sessions back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph.errors import ReleaseError
from graph.property_values import read_number
from graph.sessions import sessions_back
from graph.snapshot.instants import read_instants

FAINTEST = 1e-6  # what is left of an event at least: however long ago, it was liking


class TypeWeight(BaseModel):
    """What an event of one relationship type counts.

    Of a ``value``, a property v, it counts ``weight`` times max(v − ``neutral``, 0) / ``unit``, or, of an amount, which has a
    ``cap``, log(1 + min(v, cap)) / unit; ``missing`` times where v is no number. Half of it is left after ``half_life_s``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    weight: float = Field(default=1.0, ge=0)
    half_life_s: float | None = Field(default=None, gt=0)
    value: str | None = None
    neutral: float = 0.0
    cap: float | None = None
    unit: float = Field(default=1.0, gt=0)
    missing: float = Field(default=1.0, ge=0)

    def of(self, value: ArrayLike) -> NDArray[np.float64]:
        """Return what events count when they happen, float64[n], by their values, [n], NaN where there is none."""
        given = np.asarray(value, np.float64)
        if self.value is None:
            return np.full(len(given), self.weight)
        over = np.log1p(np.clip(given, 0, self.cap)) if self.cap is not None else np.maximum(given - self.neutral, 0)
        found: NDArray[np.float64] = self.weight * np.where(np.isnan(given), self.missing, over / self.unit)
        return found


@dataclass(frozen=True)
class Fading:
    """What n events count when they happen, ``start`` float32[n], and how that fades while their user goes on.

    ``rate`` float64[n]: halvings a second; ``time`` int64[n]: seconds since 1970, 0 where it is not known, and then it does not
    fade; ``session`` int64[n]: the place among the user's sessions; ``decay``: what is left after another session.
    """

    start: NDArray[np.float32]
    rate: NDArray[np.float64]
    time: NDArray[np.int64]
    session: NDArray[np.int64]
    decay: float

    def of_rows(self, rows: NDArray[np.int64]) -> Fading:
        """Return some of the events, by row."""
        return Fading(self.start[rows], self.rate[rows], self.time[rows], self.session[rows], self.decay)

    def when(self, rows: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what events ``rows`` int64[m] count, float32[m], when the last of their users is ``last``, int64[m]."""
        is_dated = (self.time[rows] != 0) & (self.time[last] != 0)
        halvings = np.where(is_dated, self.rate[rows] * np.maximum(self.time[last] - self.time[rows], 0), 0)
        back = np.where(is_dated, np.maximum(self.session[last] - self.session[rows], 0), 0)
        left = np.maximum(np.exp2(-halvings), FAINTEST) * np.maximum(self.decay**back, FAINTEST)
        found: NDArray[np.float32] = (self.start[rows] * left).astype(np.float32)
        return found


class EventWeights(BaseModel):
    """What events count, by relationship ``types``, and for each session of ``session_decay`` that the user had since.

    Sessions are apart by ``session_gap_s`` in which nothing happened. A type that is not named counts 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    types: Mapping[str, TypeWeight] = {}
    session_gap_s: float = Field(default=1800.0, gt=0)
    session_decay: float = Field(default=1.0, gt=0, le=1)

    @classmethod
    def from_json(cls, text: str) -> EventWeights:
        """Return what ``model_dump_json`` wrote.

        Raises:
            ReleaseError: it is damaged.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise ReleaseError(f"what events count cannot be read ({error}); run `hopline train` again") from error

    @property
    def is_even(self) -> bool:
        """Whether all events count alike, however long ago."""
        alike = all(one.weight == 1 and one.half_life_s is None and one.value is None for one in self.types.values())
        return alike and self.session_decay == 1

    @property
    def amounts(self) -> dict[str, str]:
        """The property that holds what counts of an event, by relationship type."""
        return {name: one.value for name, one in self.types.items() if one.value is not None}

    def fading(
        self,
        user: NDArray[np.int64],
        types: Mapping[str, NDArray[np.int64]],
        value: NDArray[np.float64],
        time: NDArray[np.int64],
    ) -> Fading:
        """Return what n events count: ``types`` are rows by type, the others int64[n] and float64[n], NaN for no value."""
        start, rate = np.ones(len(user), np.float32), np.zeros(len(user))
        for name, rows in types.items():
            of_type = self.types.get(name, TypeWeight())
            start[rows] = of_type.of(value[rows])
            rate[rows] = 0 if of_type.half_life_s is None else 1 / of_type.half_life_s
        session = np.zeros(len(user), np.int64)
        if self.session_decay < 1:
            dated = np.flatnonzero(time)
            session[dated] = -sessions_back(user[dated], time[dated], self.session_gap_s)
        return Fading(start, rate, time, session, self.session_decay)

    def of_items(self, events: Sequence[Sequence[Sequence[Any]]]) -> NDArray[np.float32]:
        """Return what each of the items that one user met counts, float32[n]: as much as the event with it that counts most.

        ``events`` are those with each item, one or more, as they are stored: relationship type, value, time.
        """
        each = [event for of_item in events for event in of_item]
        name = np.asarray([event[0] for event in each])
        value = np.asarray([read_number(event[1]) for event in each], np.float64)
        time = np.nan_to_num(read_instants([event[2] for event in each])[0]).astype(np.int64)
        rows = {one: np.flatnonzero(name == one) for one in np.unique(name).tolist()}
        fading = self.fading(np.zeros(len(each), np.int64), rows, value, time)
        counts = fading.when(np.arange(len(each)), np.full(len(each), np.argmax(time) if each else 0))
        starts = np.cumsum([0, *(len(of_item) for of_item in events)])[:-1]
        found: NDArray[np.float32] = np.maximum.reduceat(counts, starts) if each else np.zeros(0, np.float32)
        return found
