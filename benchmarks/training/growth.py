"""What training costs on made-up graphs of one mean degree and growing size, each in a process of its own.

``python -m benchmarks.training.growth TIMES`` tells of one graph, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.training.ours import graph_of
from gnn.interactions import Interactions
from gnn.train import train
from hopline.config import Config
from hopline.errors import TrainingError
from hopline.estimate.probe import peak_bytes

USERS, ITEMS, EDGES = 2_000, 1_000, 60_000  # of the smallest
TIMES = (1, 4, 16)
EPOCHS = 2  # the last is timed


@dataclass(frozen=True)
class Cost:
    """Seconds of an epoch and the most memory held at once, of training on a graph of so many interactions.

    ``passes``: how often an epoch learns from each interaction. ``processor_s``: what the epoch took of all processors, which
    other work beside it hardly changes, where the smallest graph's epoch took from 1 to 54 s.
    """

    edges: int
    passes: float
    epoch_s: float
    processor_s: float
    peak_bytes: int


def measure(times: int) -> Cost:
    """Train on a graph of so many times the smallest, in this process."""
    config = Config()
    pairs = made_up(USERS * times, ITEMS * times, EDGES * times)
    settings = config.train.model_copy(update={"epochs": EPOCHS})
    ended: list[float] = []
    trained = train(
        graph_of(pairs), config.model, config.tasks, settings, on_epoch=lambda _record: ended.append(time.process_time())
    )
    last, edges = trained.history[-1], len(pairs.user_index)
    return Cost(edges, last.edges_per_s * last.seconds / edges, last.seconds, ended[-1] - ended[-2], peak_bytes())


def made_up(num_users: int, num_items: int, num_edges: int) -> Interactions:
    """Return distinct pairs, few users and items having many of them: the share of those at the first x of either is √x."""
    rng = np.random.default_rng(0)
    pairs = np.zeros(0, np.int64)
    while len(pairs) < num_edges:
        user, item = ((count * rng.random(num_edges) ** 2).astype(np.int64) for count in (num_users, num_items))
        pairs = np.unique(np.concatenate([pairs, user * num_items + item]))
    pairs = rng.permutation(pairs)[:num_edges]
    return Interactions(pairs // num_items, pairs % num_items, num_users, num_items)


def measure_growth() -> list[Cost]:
    """Return what each size costs.

    Raises:
        TrainingError: one could not be trained; the message has its last words.
    """
    costs = []
    for times in TIMES:
        ended = subprocess.run(
            [sys.executable, "-m", "benchmarks.training.growth", str(times)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
        if ended.returncode:
            raise TrainingError(f"training on a graph of {times} times the size failed: {ended.stderr.strip()[-500:]}")
        costs.append(Cost(**json.loads(ended.stdout)))
    return costs


def exponent(costs: list[Cost]) -> float:
    """Return the slope of log seconds of the processor by log interactions, by least squares."""
    return float(np.polyfit(np.log([cost.edges for cost in costs]), np.log([cost.processor_s for cost in costs]), 1)[0])


def bytes_per_edge(costs: list[Cost]) -> float:
    """Return what each further interaction, with its share of nodes, adds to the peak, by least squares."""
    return float(np.polyfit([cost.edges for cost in costs], [cost.peak_bytes for cost in costs], 1)[0])


if __name__ == "__main__":
    json.dump(asdict(measure(int(sys.argv[1]))), sys.stdout)
