"""What a search for small vectors found: each that was tried, those that nothing smaller equals, and the one chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graph.codes import Code


@dataclass(frozen=True)
class Tried:
    """Vectors of ``size`` numbers in a code, ``num_bytes`` in the graph: their metric on validation, and what share it is.

    ``low`` and ``high`` are the 95 % interval of that share, by users drawn anew. ``overlap`` is the share of the items that
    the teacher ranks first for a user, as many as the metric looks at, that are among those ranked first here. ``seconds`` are
    of distilling and measuring that size, which all codes have in common.
    """

    size: int
    code: Code
    num_bytes: int
    value: float
    ratio: float
    low: float
    high: float
    overlap: float
    seconds: float


@dataclass(frozen=True)
class CompressionReport:
    """Which vectors were tried, by bytes, and which were chosen; ``teacher`` is its ``metric`` on validation.

    All figures are of vectors as they are left once they were written in their code.

    ``max_loss`` is the budget, None where a size was asked for. ``metrics`` are those of the vectors chosen on the test split,
    which had no say.
    """

    metric: str
    teacher: float
    teacher_bytes: int
    max_loss: float | None
    tried: tuple[Tried, ...]
    chosen: Tried
    metrics: dict[str, float]

    @property
    def code(self) -> Code:
        """What the vectors chosen are written in."""
        return self.chosen.code

    @property
    def front(self) -> tuple[Tried, ...]:
        """The Pareto front: what was tried but for that which something no larger is at least as good as."""
        return pareto_front(self.tried)

    @property
    def reason(self) -> str:
        """Why these were chosen, in words."""
        if self.max_loss is None:
            return "as asked"
        told = f"the smallest tried that lose at most {self.max_loss:.4g} of it"
        smaller = [one for one in self.front if one.num_bytes < self.chosen.num_bytes]
        if not smaller:
            return told
        next_best = max(smaller, key=lambda one: one.ratio)
        return f"{told}: {next_best.num_bytes} bytes lose {1 - next_best.ratio:.2g}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        told = {"code": self.code, "front": [asdict(one) for one in self.front], "reason": self.reason}
        return asdict(self) | {"tried": [asdict(one) for one in self.tried]} | told


def pareto_front(tried: Sequence[Tried]) -> tuple[Tried, ...]:
    """Return those of which no other is better and no larger, or as good and smaller; by bytes."""
    front: list[Tried] = []
    for one in sorted(tried, key=lambda one: (one.num_bytes, -one.value)):
        if not front or one.value > front[-1].value:
            front.append(one)
    return tuple(front)
