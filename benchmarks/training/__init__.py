"""Training beside RecBole's and PyTorch Geometric's LightGCN: seconds to equal quality, and cost against size.

All three learn from the same interactions of train and nothing else (no ratings, features or knowledge), with as many threads
that wait alike (passively), and are ranked on valid by our evaluator after each epoch. Seconds are those of the training loops:
neither preparation nor evaluation counts.

Ours trains by its defaults. Peers train by their own means: RecBole's LightGCN by its trainer, PyTorch Geometric's by the loop
of its example; both with their own step size, 0.001, and with 0.01, which served them better here. A peer trains until its best
NDCG@20 is ``PATIENCE_S`` seconds of training old, or for ``BUDGET_S`` seconds; one that the budget stopped ``was_cut_off``.

- ``speedup_to_equal_quality``: a peer's seconds to its best NDCG@20, over ours to one at least as high; the smallest over peers
  and step sizes. None if ours stays below one of them.
- ``edges_per_s``: interactions learnt from a second, each as often as an epoch does: ours by a softmax over all items, theirs
  beside one negative. ``peer_edges_per_s`` is of the fastest of them.
- ``growth_exponent``: slope of log seconds of the processor an epoch by log interactions, on made-up graphs of 1, 4 and 16
  times the size. An epoch of ours has at least ten steps, several passes over the smaller graphs: ``passes`` tells how many.
- ``bytes_per_edge``: what each further interaction there, with its share of nodes, adds to the most memory that is held.

The peers' environment has its own RecBole, PyTorch Geometric, numpy, scipy and pandas, of pinned versions, and takes torch, the
same for all, from ours. Both are in one, in ``build/peers``, made on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import torch

from benchmarks.data_sets import find
from benchmarks.training.curve import Curve
from benchmarks.training.growth import bytes_per_edge, exponent, measure_growth
from benchmarks.training.ours import train_ours
from benchmarks.training.peers import PEERS, make_environment, train_peer
from gnn.holdout import Holdout
from hopline.config import Config

BUDGET_S = 100.0
PATIENCE_S = 25.0
OTHER_RATE = 0.01


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures; a curve is of pairs of seconds and NDCG@20."""
    data = find(dataset or "ml100k")
    train, valid = data.interactions("train"), data.interactions("valid")
    holdout = Holdout(train, valid)
    python = make_environment(say)
    ours = train_ours(train, holdout, Config())
    say(_summary(ours))
    peers: dict[str, Curve] = {}
    for peer in PEERS:
        for rate in (peer.learning_rate, OTHER_RATE):
            curve = train_peer(python, peer, rate, train, holdout, BUDGET_S, PATIENCE_S)
            peers[curve.name] = curve
            say(_summary(curve))
    speedups = {name: _speedup(ours, curve) for name, curve in peers.items()}
    costs = measure_growth()
    for cost in costs:
        seconds = f"{cost.epoch_s:.2f} s an epoch, {cost.processor_s:.2f} of the processor"
        say(f"{cost.edges:,} interactions: {seconds}, {cost.peak_bytes / 2**20:,.0f} MiB")
    reached = [speedup for speedup in speedups.values() if speedup is not None]
    return {
        "dataset": data.name,
        "threads": torch.get_num_threads(),
        "edges_per_s": ours.edges_per_s(),
        "peer_edges_per_s": max(curve.edges_per_s() for curve in peers.values()),
        "speedup_to_equal_quality": min(reached) if len(reached) == len(speedups) else None,
        "growth_exponent": exponent(costs),
        "bytes_per_edge": bytes_per_edge(costs),
        "hopline": ours.told(),
        "peers": {
            name: {
                "speedup_to_equal_quality": speedups[name],
                "hopline_s": ours.seconds_to(curve.best().ndcg),
                "was_cut_off": curve.points[-1].seconds >= BUDGET_S,
            }
            | curve.told()
            for name, curve in peers.items()
        },
        "growth": [asdict(cost) for cost in costs],
    }


def _speedup(ours: Curve, peer: Curve) -> float | None:
    seconds = ours.seconds_to(peer.best().ndcg)
    return None if seconds is None else peer.best().seconds / seconds


def _summary(curve: Curve) -> str:
    best = curve.best()
    return f"{curve.name}: NDCG@20 {best.ndcg:.4f} after {best.seconds:.1f} s, {curve.edges_per_s():,.0f} interactions/s"
