"""From what small graphs cost to what a whole one does."""

from __future__ import annotations

from dataclasses import dataclass

from gnn.encoder import whole_graph_bytes
from graph.schema import EdgeRole
from hopline.config import Config
from hopline.estimate.probe import Cost, probe
from hopline.estimate.shape import GraphShape
from hopline.estimate.stored import cache_bytes, release_bytes, run_bytes
from loaders.sampling.joint_sampler import LEAST_STEPS
from loaders.sampling.learning_graph import KNOWLEDGE

WITHOUT_BOUND = 1e9
MOST_NODES = 60_000  # of the made-up graph; a larger one is told from two smaller ones
MOST_EDGES = 300_000


@dataclass(frozen=True)
class Estimate:
    """What a training run will need; all of it is an estimate.

    ``memory_bytes``: the most that the process holds at once. ``epoch_s``: an epoch of the first training, which finds how many
    are best. ``train_s``: all ``epochs`` of it and as many of the second; validation mostly ends both sooner.
    ``cache_bytes``, ``run_bytes``: in the run folder; ``release_bytes``: in the database, for each release.
    ``measured_share``: of the graph's size, what was measured; where below 1 the rest is carried over.
    """

    memory_bytes: int
    epoch_s: float
    epochs: int
    train_s: float
    cache_bytes: int
    run_bytes: int
    release_bytes: int
    measured_share: float


def estimate_training(shape: GraphShape, config: Config) -> Estimate:
    """Estimate a run by a few steps on one or two made-up graphs; takes some ten seconds.

    Raises:
        TrainingError: nothing could be trained; the message says why.
    """
    factor = share_to_measure(shape)
    # The part that is measured is to be trained on as the whole will be.
    allowed = {"whole_graph_gib": WITHOUT_BOUND if fits_whole(shape, config) else 0.0}
    config = config.changed({"train": allowed})
    measured = [(share, shape.scaled(share)) for share in ((1.0,) if factor == 1 else (factor / 2, factor))]
    costs = [(share, part, probe(part, config)) for share, part in measured]
    return extrapolate(shape, config, costs)


def fits_whole(shape: GraphShape, config: Config) -> bool:
    """Tell whether training will propagate over the whole graph in every step."""
    kinds = {
        (kind.source, KNOWLEDGE if kind.role is EdgeRole.KNOWLEDGE else kind.type, kind.target) for kind in shape.schema.edges
    }
    both = [*kinds, *((target, f"reverse {name}", source) for source, name, target in kinds)]
    needed = whole_graph_bytes(config.model, shape.num_nodes, both, 2 * sum(shape.num_edges.values()))
    return needed <= config.train.whole_graph_gib * 2**30


def share_to_measure(shape: GraphShape) -> float:
    """Return how much of a graph can be measured in some seconds."""
    return min(1.0, MOST_NODES / max(1, sum(shape.num_nodes.values())), MOST_EDGES / max(1, sum(shape.num_edges.values())))


def extrapolate(shape: GraphShape, config: Config, costs: list[tuple[float, GraphShape, Cost]]) -> Estimate:
    """Carry costs of one or two shares of a graph, the larger last, over to the whole.

    Memory is taken to be a constant and a part that grows with the size, which two measurements tell apart.
    """
    share, part, cost = costs[-1]
    memory = float(cost.peak_bytes)
    if len(costs) > 1:
        slope = (cost.peak_bytes - costs[0][2].peak_bytes) / (share - costs[0][0])
        memory += max(0.0, slope) * (1 - share)
    grown = 1 / share
    by_nodes = sum(shape.num_nodes.values()) / max(1, cost.num_nodes)
    by_items = sum(shape.num_nodes[kind.label] for kind in shape.schema.items) / sum(
        part.num_nodes[kind.label] for kind in part.schema.items
    )
    num_items = sum(shape.num_nodes[kind.label] for kind in shape.schema.items)
    by_users = shape.num_nodes[shape.schema.user.label] / part.num_nodes[shape.schema.user.label]
    validate, refit, train = cost.validate, cost.refit, config.train
    step_s = validate.compute_s * (grown if validate.is_whole else 1) + validate.update_s * by_nodes
    epoch_s, again_s = (
        max(LEAST_STEPS, part.num_batches * grown) * step_s + validate.save_s * by_nodes for part in (validate, refit)
    )
    rank_s = validate.score_s * num_items * by_users
    validation_s = validate.propagate_s * grown + rank_s * cost.valid_users
    validations = -(-train.epochs // train.validate_every)
    once_s = cost.prepare_s * grown + 2 * config.kge.epochs * cost.embed_s * grown + rank_s * cost.test_users
    num_parameters = int(validate.num_parameters * max(1.0, by_nodes, by_items if num_items else 1.0))
    return Estimate(
        memory_bytes=int(memory),
        epoch_s=epoch_s,
        epochs=train.epochs,
        train_s=once_s + train.epochs * (epoch_s + again_s) + validations * validation_s,
        cache_bytes=cache_bytes(shape),
        run_bytes=run_bytes(shape, config.model.embedding_size, num_parameters),
        release_bytes=release_bytes(shape, config.model.embedding_size),
        measured_share=share,
    )
