"""The models to beat, tuned on validation and fitted on the same interactions as ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

from gnn.baselines import EASE, IALS, Baseline, ItemKNN, Popularity, RP3beta, tune
from gnn.errors import TrainingError
from gnn.interactions import Interactions

PEERS: dict[str, type[Baseline]] = {
    "popularity": Popularity,
    "itemknn": ItemKNN,
    "rp3beta": RP3beta,
    "ease": EASE,
    "ials": IALS,
}

B = TypeVar("B", bound=Baseline)


@dataclass(frozen=True)
class Peer(Generic[B]):
    """A fitted baseline, the settings that validation chose and its figures there (none untuned), seconds it took."""

    scorer: B
    params: dict[str, float]
    valid: dict[str, float]
    tune_s: float
    fit_s: float


@dataclass(frozen=True)
class Peers:
    """Fitted baselines by name, and why others were left out."""

    fitted: dict[str, Peer[Baseline]]
    left_out: dict[str, str]


def fit_peer(
    baseline: type[B], train: Interactions, valid: Interactions, both: Interactions, metric: str, *, tuned: bool = True
) -> Peer[B]:
    """Tune a baseline on ``valid`` (or take its defaults), then fit it on train and valid together.

    Raises:
        TrainingError: it cannot be fitted on so many users or items.
    """
    started = perf_counter()
    best = tune(baseline, train, valid, metric).best if tuned else None
    tuned_at = perf_counter()
    model = baseline(**(best.params if best else {}))
    model.fit(both.user_index, both.item_index, both.num_users, both.num_items, both.value)
    fit_s = perf_counter() - tuned_at
    return Peer(model, best.params if best else {}, best.metrics if best else {}, tuned_at - started, fit_s)


def fit_peers(
    train: Interactions,
    valid: Interactions,
    both: Interactions,
    metric: str,
    *,
    tuned: bool = True,
    on_peer: Callable[[str], None] = lambda _name: None,
) -> Peers:
    """Fit all peers as :func:`fit_peer` does; one that cannot be fitted is left out."""
    peers = Peers({}, {})
    for name, baseline in PEERS.items():
        on_peer(name)
        try:
            peers.fitted[name] = fit_peer(baseline, train, valid, both, metric, tuned=tuned)
        except TrainingError as error:
            peers.left_out[name] = str(error)
    return peers
