"""What a rule sees, what it says, and what all rules can be told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Events:
    """n interactions of all kinds.

    ``kind``: int64[n] into ``behaviours``; ``user``, ``item``: int64[n] dense indices, items of all labels in one row of
    numbers;
    ``value``: float32[n], NaN where missing; ``time``, ``created``: int64[n] seconds since 1970, 0 where missing, the second
    the later of the user's and the item's beginning. ``now`` is when the graph was read.
    """

    kind: NDArray[np.int64]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    value: NDArray[np.float32]
    time: NDArray[np.int64]
    created: NDArray[np.int64]
    behaviours: tuple[str, ...]
    has_value: tuple[bool, ...]
    has_time: tuple[bool, ...]
    now: int

    def __len__(self) -> int:
        return len(self.kind)

    def of_kinds(self, wanted: Sequence[bool]) -> Mask:
        """Return bool[n], whether an event is of one of the kinds that ``wanted`` says yes to."""
        found: Mask = np.asarray([*wanted, False], np.bool_)[self.kind]
        return found


@dataclass(frozen=True)
class Verdict:
    """What a rule says of n events: bool[n], which to keep, and float32[n], int64[n], what their values and times become.

    None leaves values or times as they are. ``note`` is for people.
    """

    keep: Mask
    value: NDArray[np.float32] | None = None
    time: NDArray[np.int64] | None = None
    note: str = ""


class Rule(BaseModel, ABC):
    """A rule of cleaning: its fields are what it can be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    behaviours: tuple[str, ...] = Field(default=(), description="behaviours that the rule is for; none named: all")

    def concerns(self, events: Events) -> Mask:
        """Return bool[n], which events the rule is for."""
        return events.of_kinds([not self.behaviours or behaviour in self.behaviours for behaviour in events.behaviours])

    @abstractmethod
    def judge(self, events: Events) -> Verdict:
        """Say what to keep and change; events that the rule is not for stay as they are."""
