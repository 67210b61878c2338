"""What a search found: every trial, the best, and what to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import tomlkit

from gnn.bootstrap import Difference
from hopline.tune.settings import Settings, by_section

State = Literal["complete", "pruned", "failed"]


@dataclass(frozen=True)
class Tried:
    """One configuration that was tried.

    ``value``: the metric on validation, None unless complete; ``alone``: that of the network without what it is fused with, of
    a pruned trial as far as it came. Of both more is better: an error is negative. ``why``: what made it fail.
    """

    number: int
    state: State
    settings: Settings
    value: float | None
    alone: float | None
    best_epoch: int | None
    seconds: float
    why: str = ""


@dataclass(frozen=True)
class Progress:
    """How far a search is: trials done of those wanted (None: as many as there is time for), the best, seconds left."""

    done: int
    wanted: int | None
    best: Tried | None
    left_s: float | None


OnTrial = Callable[[Tried, Progress], None]
"""Told after each trial."""


@dataclass(frozen=True)
class TuningReport:
    """All finished trials in the order of their ends, those of earlier calls too.

    ``present``: that of the present configuration; None where it failed. ``gain``: how much better than it the best is, a mean
    over users, and how sure that is, None where it cannot be told; the best of many was lucky too, so expect less.
    ``importances``: share of the metric's variation among the best trials that a key accounts for, empty where too few trials
    are complete to tell. ``study``: the file that keeps the trials; ``new``: how many this call ran.
    """

    metric: str
    trials: tuple[Tried, ...]
    best: Tried
    present: Tried | None
    gain: Difference | None
    changes: Settings
    importances: dict[str, float]
    study: Path
    new: int

    @property
    def sections(self) -> dict[str, dict[str, Any]]:
        """What to change, section by section: ``recommender.compile(**report.sections)`` takes it over."""
        return by_section(self.changes)

    def toml(self) -> str:
        """Return what to change as lines of ``hopline.toml``; empty where the present configuration is the best."""
        return tomlkit.dumps(self.sections).strip()

    def ranked(self) -> list[Tried]:
        """Return the complete trials, the best first."""
        complete = [trial for trial in self.trials if trial.value is not None]
        return sorted(complete, key=lambda trial: trial.value or 0.0, reverse=True)
