"""Quality against seconds of training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Point:
    """NDCG@20 on validation after an epoch, and the seconds of training until then."""

    epoch: int
    seconds: float
    ndcg: float


@dataclass
class Curve:
    """How one training went; ``edges_an_epoch``: interactions that an epoch learns from, each as often as it does."""

    name: str
    edges_an_epoch: int
    points: list[Point] = field(default_factory=list)

    def best(self) -> Point:
        """Return the earliest of the best points."""
        return max(self.points, key=lambda point: point.ndcg)

    def waited_s(self) -> float:
        """Return for how many seconds there was nothing better."""
        return self.points[-1].seconds - self.best().seconds

    def edges_per_s(self) -> float:
        """Return how many interactions were learnt from in a second."""
        return self.edges_an_epoch * self.points[-1].epoch / self.points[-1].seconds

    def seconds_to(self, ndcg: float) -> float | None:
        """Return the seconds until a quality was reached, None if it never was."""
        return next((point.seconds for point in self.points if point.ndcg >= ndcg), None)

    def told(self) -> dict[str, Any]:
        """Return what there is to report: at most about 30 points, the best and the last among them."""
        best, every = self.best(), max(1, len(self.points) // 30)
        shown = [point for point in self.points[::every] if point not in (best, self.points[-1])]
        shown = sorted({*shown, best, self.points[-1]}, key=lambda point: point.epoch)
        return {
            "edges_per_s": self.edges_per_s(),
            "best_ndcg": best.ndcg,
            "best_epoch": best.epoch,
            "seconds_to_best": best.seconds,
            "epochs": self.points[-1].epoch,
            "seconds": self.points[-1].seconds,
            "curve": [[round(point.seconds, 3), round(point.ndcg, 4)] for point in shown],
        }
