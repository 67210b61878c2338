"""What fusing several runs found: each way that was tried, who was left out and why, and what was taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gnn.barrier import Barrier
from gnn.fuse import Gain


@dataclass(frozen=True)
class TriedWay:
    """A run alone, or several fused: ``value`` of the metric on validation, and what it gains over the first run alone.

    ``shares``: by name, those of the runs that are heard, together 1.
    """

    name: str
    value: float
    gain: Gain
    shares: Mapping[str, float]

    @property
    def is_fused(self) -> bool:
        """Whether it is made of several runs."""
        return len(self.shares) > 1

    def beside(self) -> str:
        """Return the gain in words, with twice its standard error."""
        return f"{self.gain.mean:+.4f} ± {2 * self.gain.error:.4f}"


@dataclass(frozen=True)
class RunFusionReport:
    """Runs alone, the ``first`` of them foremost, and fused, by ``metric`` on validation.

    ``barriers``: by name of the others, what lies between the first run's vectors and theirs; ``left_out``: by name of a way,
    why it was not tried. ``best``: the one that is surely better than the first run, or that. ``taken``: the way that was
    taken, None: none was, and nothing was written. ``asked``: whether it was named. ``folders`` by run, and ``out``, where the
    fused run is. ``metrics`` are the fused run's.
    """

    metric: str
    first: str
    tried: tuple[TriedWay, ...]
    barriers: Mapping[str, Barrier]
    left_out: Mapping[str, str]
    best: str
    taken: str | None
    asked: bool
    folders: Mapping[str, Path]
    out: Path
    metrics: Mapping[str, float]

    def of(self, name: str) -> TriedWay:
        """Return what was tried by its name."""
        return next(one for one in self.tried if one.name == name)

    @property
    def reason(self) -> str:
        """Why it was taken, or why nothing was and what to do, in words."""
        if self.taken is not None:
            one = self.of(self.taken)
            told = "as asked" if self.asked else f"surely better than {self.first} alone"
            return f"{told}: {one.beside()} {self.metric} on validation"
        if self.best != self.first:
            return (
                f"nothing was fused: {self.best} alone is the best, {self.of(self.best).beside()} beside {self.first}; publish "
                f"it as it is: HOPLINE_RUN_FOLDER={self.folders[self.best]} hopline publish"
            )
        fused = [one for one in self.tried if one.is_fused]
        if not fused:
            return f"nothing was fused, as there is nothing to try: {self.first} stays as it is"
        strongest = max(fused, key=lambda one: one.value)
        chance = ", which may be chance" if strongest.gain.mean > 0 else ""
        return (
            f"nothing was fused: nothing is surely better than {self.first} alone. The best of several together is "
            f"{strongest.name}, {strongest.beside()}{chance}; --take {strongest.name} writes it all the same"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; ``out`` None where nothing was written."""
        return {
            "metric": self.metric,
            "first": self.first,
            "tried": {
                one.name: {"value": one.value, "gain": one.gain.mean, "error": one.gain.error, "shares": dict(one.shares)}
                for one in self.tried
            },
            "barriers": barriers_as_dict(self.barriers),
            "left_out": dict(self.left_out),
            "taken": self.taken,
            "reason": self.reason,
            "out": None if self.taken is None else str(self.out),
            "metrics": dict(self.metrics),
        }


def barriers_as_dict(barriers: Mapping[str, Barrier]) -> dict[str, Any]:
    """Return them as plain values."""
    return {name: asdict(barrier) | {"is_connected": barrier.is_connected} for name, barrier in barriers.items()}
