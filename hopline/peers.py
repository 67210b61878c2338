"""The models to beat, tuned on validation and fitted on the same interactions as ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

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


@dataclass(frozen=True)
class Peers:
    """Fitted baselines by name, the settings that validation chose, seconds to fit and to tune, and why some were left out."""

    scorers: dict[str, Baseline]
    params: dict[str, dict[str, float]]
    fit_s: dict[str, float]
    tune_s: dict[str, float]
    left_out: dict[str, str]


def fit_peers(
    train: Interactions,
    valid: Interactions,
    both: Interactions,
    metric: str,
    *,
    tuned: bool = True,
    on_peer: Callable[[str], None] = lambda _name: None,
) -> Peers:
    """Tune each peer on ``valid`` (or take its defaults), then fit it on train and valid together."""
    peers = Peers({}, {}, {}, {}, {})
    for name, baseline in PEERS.items():
        on_peer(name)
        try:
            started = perf_counter()
            params = dict(tune(baseline, train, valid, metric).best.params) if tuned else {}
            tuned_at = perf_counter()
            model = baseline(**params).fit(both.user_index, both.item_index, both.num_users, both.num_items, both.value)
        except TrainingError as error:
            peers.left_out[name] = str(error)
            continue
        peers.scorers[name] = model
        peers.params[name] = params
        peers.tune_s[name] = tuned_at - started
        peers.fit_s[name] = perf_counter() - tuned_at
    return peers
