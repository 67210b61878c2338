"""What cleaning did: counts by rule, and every row as it was."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

SET_ASIDE = {
    "rule": pl.String,
    "action": pl.String,  # dropped or changed
    "kind": pl.String,  # source label, type and target label; or Label.property
    "source_id": pl.String,
    "target_id": pl.String,
    "value": pl.Float64,
    "time": pl.Int64,
    "new_value": pl.Float64,
    "new_time": pl.Int64,
    "new_text": pl.String,
}


@dataclass(frozen=True)
class RuleCount:
    """What one rule did to the rows that it saw; ``held_out``: how many of the dropped would be held out to measure on."""

    rule: str
    seen: int
    dropped: int
    changed: int
    held_out: int = 0
    note: str = ""


@dataclass(frozen=True)
class CleanReport:
    """``interactions`` came in, ``kept`` are left; counts by rule in their order; all rows dropped or changed, as they were."""

    interactions: int
    kept: int
    counts: tuple[RuleCount, ...]
    set_aside: pl.DataFrame

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        return {"interactions": self.interactions, "kept": self.kept, "rules": [asdict(count) for count in self.counts]}

    def summary(self) -> str:
        """Return one line for people; empty if nothing was dropped, changed or noted."""
        told = []
        for count in self.counts:
            did = [f"{number:,} {verb}" for number, verb in ((count.dropped, "dropped"), (count.changed, "changed")) if number]
            if count.held_out:
                did.append(f"{count.held_out:,} of them held out")
            if did or count.note:
                told.append(f"{count.rule} " + ", ".join([*did, *([count.note] if count.note else [])]))
        if not told:
            return ""
        return f"cleaning kept {self.kept:,} of {self.interactions:,} interactions: " + "; ".join(told)

    def write(self, path: Path) -> Path | None:
        """Write the rows dropped or changed as Parquet, in the order in which it was done; with none, remove an earlier file.

        Undone from the last to the first, they give back what came in.
        """
        if self.set_aside.is_empty():
            path.unlink(missing_ok=True)
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        self.set_aside.write_parquet(path)
        return path
