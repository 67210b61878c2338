"""Events out of their time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from loaders.clean.rule import Events, Rule, Verdict

_SHOWS_ANOTHER_UNIT = 0.5  # share of dated events in the future from which the times, not the events, are what is wrong


class TimeTravel(Rule):
    """Leave out events after now, before a first year, or before their user or item began.

    Where most dated events lie in the future, their times are of another unit than seconds, and no event is left out for that.
    """

    name: ClassVar[str] = "time_travel"

    slack_s: float = Field(default=86_400, ge=0, description="seconds after the graph was read that clocks may differ by")
    first_year: int | None = Field(default=None, ge=1970, le=9999, description="events before this year are out of their time")
    created: Mapping[str, str] = Field(
        default={}, description="by label, a numeric feature that holds when the node began, seconds since 1970"
    )
    action: Literal["drop", "forget"] = Field(default="drop", description="forget: keep the event, without its time")

    def judge(self, events: Events) -> Verdict:
        """Judge by each event's own time."""
        dated = self.concerns(events) & (events.time != 0)
        future = dated & (events.time > events.now + self.slack_s)
        note = ""
        if future.sum() > _SHOWS_ANOTHER_UNIT * dated.sum():
            note = f"{int(future.sum()):,} of {int(dated.sum()):,} times are in the future: no seconds since 1970; they stay"
            future[:] = False
        lost = future | (dated & (events.created != 0) & (events.time < events.created))
        if self.first_year is not None:
            lost |= dated & (events.time < datetime(self.first_year, 1, 1, tzinfo=timezone.utc).timestamp())
        if self.action == "forget":
            return Verdict(np.ones(len(events), np.bool_), time=np.where(lost, 0, events.time), note=note)
        return Verdict(~lost, note=note)
