"""What is searched, and how far: the few settings that move a validated ranking, each within a range that training stands.

Left as they are: how many epochs, which early stopping finds in every trial; batch sizes, negatives and the memory allowed,
which are about speed; the L2 penalty, whose place early stopping takes; what belongs to one task alone and moves no ranking;
splitting, cleaning and behaviours, which change what is measured and not how well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from gnn.schedule import Schedule
from gnn.tasks import Ranking
from hopline.config import Config
from hopline.members import KNOWN
from hopline.tune.settings import Settings, read_setting
from loaders.sampling.learning_graph import LearningGraph

_DIGITS = 3  # of a number that is tried, so that it can be read and typed
_SHARES = {"ease": 0.15, "ials": 0.3, "social_knn": 0.1, "nearby_ease": 0.3}  # up to where each is searched
_MOST_OF_SUM = 0.98  # of models beside the network
_GRAIN = 8  # sizes tried are multiples of it, as processors compute that many numbers at once


@dataclass(frozen=True)
class Space:
    """Usual ranges by dotted key, and the present values of the same keys."""

    usual: dict[str, BaseDistribution]
    present: Settings

    def ranges(self, tried: Iterable[Settings] = ()) -> dict[str, BaseDistribution]:
        """Return the ranges, widened so that the present values are in them, and those that were tried."""
        points = [self.present, *tried]
        return {key: _widened(of, [point[key] for point in points]) for key, of in self.usual.items()}

    def settings(self, params: Mapping[str, Any]) -> Settings:
        """Return the values that a point stands for: rounded, but present ones as they are."""
        return {key: value if value == self.present[key] else _rounded(key, value) for key, value in params.items()}


def search_space(config: Config, data: LearningGraph, fused_with: Collection[str]) -> Space:
    """Return what is searched for a graph; ``fused_with``: keys of the models in ``[fuse]`` that could be fitted.

    What is switched off, a task that is null or a number that is 0, stays off: that was somebody's decision. A present value
    out of a range widens it.
    """
    wanted: dict[str, BaseDistribution] = {
        # Adam's step and the softmax's temperature set what is learnt at all: best values differ tenfold between graphs.
        "train.learning_rate": FloatDistribution(0.003, 0.1, log=True),
        "tasks.ranking.temperature": FloatDistribution(0.08, 0.6, log=True),
        "train.schedule": CategoricalDistribution(get_args(Schedule)),
        # Cost grows with the size; beyond 256 what a user chose is too little to fill the vector.
        "model.embedding_size": IntDistribution(32, 256, log=True),
        # Beyond 4 steps nearly every node is reached by all others, and vectors become alike.
        "model.num_layers": IntDistribution(1, 4),
    }
    if len(data.interactions) < len(data.schema.edges):
        # How loud facts and friends are beside interactions, before their gates are learnt.
        wanted["model.other_gate"] = FloatDistribution(0.01, 1.0, log=True)
    for task in config.tasks.asked():
        if task is not Ranking and task.applies(data):
            # Losses are of different units, so what a weight means is known within a factor of some ten.
            wanted[f"tasks.{task.name}.weight"] = FloatDistribution(0.003, 0.3, log=True)
    for key, most in _most_of_shares(config, fused_with).items():
        wanted[f"fuse.{key}"] = FloatDistribution(0.0, most)
    present = {key: read_setting(config, key) for key in wanted}
    on = {key: of for key, of in wanted.items() if present[key]}
    return Space(on, {key: present[key] for key in on})


def _most_of_shares(config: Config, fused_with: Collection[str]) -> dict[str, float]:
    """Return up to where the share of each model is searched, by its key.

    At the largest scale of their sum, which a fit tries too, something must be left for the network.
    """
    present = {key: getattr(config.fuse, key) for key in (*KNOWN, "social_knn", "nearby_ease")}
    over = {key: max(0.0, most - present[key]) for key, most in _SHARES.items() if key in fused_with and present[key]}
    # What is over the present shares is made smaller, so that these stay within, and all at their most fit; nearby_ease is in
    # another's place.
    room = _MOST_OF_SUM / max((1.0, *config.fuse.scales)) - sum(of for key, of in present.items() if key != "nearby_ease")
    wanted = sum(of for key, of in over.items() if key != "nearby_ease")
    part = min(1.0, max(0.0, room / wanted)) if wanted else 1.0
    return {key: present[key] + part * of for key, of in over.items()}


def _widened(of: BaseDistribution, values: Sequence[Any]) -> BaseDistribution:
    if isinstance(of, CategoricalDistribution):  # which is of all there are
        return of
    assert isinstance(of, (FloatDistribution, IntDistribution))  # noqa: S101 - no others are above
    return type(of)(min(of.low, *values), max(of.high, *values), log=of.log)


def _rounded(key: str, value: Any) -> Any:
    if key == "model.embedding_size" and value >= _GRAIN:
        return _GRAIN * round(value / _GRAIN)
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
