"""How interactions are held out: the configuration, and the splitter it stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.behaviours import behaviour_of
from graph.snapshot import Snapshot
from hopline.errors import InputError
from loaders.splits import GivenFiles, RandomPerUser, Splitter, TimeSplit


class SplitConfig(BaseModel):
    """How interactions are held out to stop training in time and to measure the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["random", "time", "files"] = Field(
        default="random",
        description="random: per user; time: one cut for all; files: pairs of ids, tab-separated, or LightGCN's lines",
    )
    valid: float = Field(default=0.1, gt=0, lt=1, description="share held out to validate")
    test: float = Field(default=0.2, gt=0, lt=1, description="share held out to measure")
    seed: int = Field(default=0, ge=0)
    target: tuple[str, ...] = Field(
        default=(), description="behaviours to hold out and measure, such as purchase; none named: all that tell of liking"
    )
    pairs_together: bool | None = Field(
        default=None,
        description="hold out a user's interactions with an item together; false: those of other behaviours are trained on, "
        "and their pairs, being met, are not measured; unset: true, but false for a split by time, where leaving out what came "
        "before would tell of what comes after",
    )
    train_file: Path | None = None
    valid_file: Path | None = Field(default=None, description="unset: the share `valid` of each user is drawn from train_file")
    test_file: Path | None = None

    @model_validator(mode="after")
    def _leaves_something(self) -> SplitConfig:
        if self.by == "files" and self.train_file is None:
            raise ValueError(
                "by = 'files' needs train_file (and valid_file, or a share of train is drawn; test_file, to measure)"
            )
        if self.by != "files" and self.valid + self.test >= 1:
            raise ValueError(f"valid {self.valid:g} and test {self.test:g} leave nothing to train on; together, stay below 1")
        return self

    @property
    def holds_pairs_together(self) -> bool:
        """Whether all interactions of one user and item go to one part."""
        return self.by != "time" if self.pairs_together is None else self.pairs_together

    def targets(self, snapshot: Snapshot, positive: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which of the interactions of a snapshot, bool[n], are to be held out and measured, of those of liking.

        Raises:
            InputError: ``target`` names a behaviour that no interaction has.
        """
        behaviours = [behaviour_of(kind) for kind in snapshot.schema.interactions]
        unknown = sorted(set(self.target) - set(behaviours))
        if unknown:
            raise InputError(f"[split] target names {unknown}; the graph's interactions are {sorted(set(behaviours))}")
        wanted = [not self.target or behaviour in self.target for behaviour in behaviours]
        sizes = [len(snapshot.edges[kind.triple].source) for kind in snapshot.schema.interactions]
        targets: NDArray[np.bool_] = positive & np.repeat(np.asarray(wanted, np.bool_), sizes)
        return targets

    def splitter(self) -> Splitter:
        """Return the splitter."""
        if self.by == "time":
            return TimeSplit(valid=self.valid, test=self.test)
        if self.by == "files" and self.train_file:
            return GivenFiles(self.train_file, self.valid_file, self.test_file, self.valid, self.seed)
        return RandomPerUser(valid=self.valid, test=self.test, seed=self.seed)
