"""A few steps of training on a made-up graph, in a process of its own, so that its memory can be told from all other's.

``python -m hopline.estimate.probe`` reads a :class:`Task` as JSON from standard input and writes a :class:`Cost`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hopline
from gnn.cost import TrainingCost, measure_training
from gnn.holdout import Holdout
from graph.progress import silent
from hopline.config import Config
from hopline.encoder_inputs import encoder_inputs
from hopline.errors import HoplineError, TrainingError
from hopline.estimate.made_up import made_up_snapshot
from hopline.estimate.shape import GraphShape
from hopline.split_config import SplitConfig
from hopline.split_log import SplitLog, prepare
from hopline.validated_part import FACTS_HELD_OUT
from loaders.clean import CleanConfig
from loaders.features import FittedFeatures, TextEncoders
from loaders.sampling.held_out import hold_out_facts
from loaders.sampling.learning_graph import build_learning_graph

STEPS_S = 3.0
SCORED = 2_000_000  # scores that ranking is timed by


@dataclass(frozen=True)
class Cost:
    """What one run on a made-up graph of ``num_nodes`` would cost.

    ``prepare_s`` is for the split, features and graphs; ``embed_s`` for one epoch over the facts, where they are an input.
    ``validate`` and ``refit`` are the two trainings of a run, which rank for ``valid_users`` and ``test_users`` users.
    """

    num_nodes: int
    peak_bytes: int
    prepare_s: float
    embed_s: float
    validate: TrainingCost
    refit: TrainingCost
    valid_users: int
    test_users: int


def probe(shape: GraphShape, config: Config) -> Cost:
    """Return what a run on a graph of this shape costs, measured in a new process; nothing but memory and time is used.

    Raises:
        TrainingError: nothing could be trained; the message says why.
    """
    task = {"shape": shape.to_json(), "config": config.model_dump(mode="json")}
    ended = subprocess.run(
        [sys.executable, "-m", "hopline.estimate.probe"],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        cwd=Path(hopline.__file__).parent.parent,  # where the same packages are found
        check=False,
    )
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise TrainingError(f"a trial on a made-up graph failed ({said[-1] if said else f'exit status {ended.returncode}'})")
    told = json.loads(ended.stdout)
    trainings: dict[str, Any] = {name: TrainingCost(**told.pop(name)) for name in ("validate", "refit")}
    return Cost(**told, **trainings)


def measure(shape: GraphShape, config: Config) -> Cost:
    """Do what a run does, a little of each part, in this process."""
    snapshot = made_up_snapshot(shape)
    split = config.split.model_copy(update={"by": "random"}) if config.split.by != "random" else config.split
    with tempfile.TemporaryDirectory(prefix="hopline-probe-") as folder:
        started = time.perf_counter()
        parts = prepare(snapshot, CleanConfig(), config.behaviours, SplitConfig.model_validate(split.model_dump()), 0).split_log
        if not len(parts.split.valid):
            raise TrainingError(f"of {len(parts.log)} interactions none is held out to validate on; raise split.valid")
        features = FittedFeatures.fit(snapshot, TextEncoders(config.features.text_encoders))
        inputs = features.encode_all(snapshot)
        kept, _ = hold_out_facts(snapshot, FACTS_HELD_OUT, config.train.seed)
        encoded = time.perf_counter()
        inputs = encoder_inputs(snapshot, inputs, config.kge.model_copy(update={"epochs": 1}), silent, kept)
        embedded = time.perf_counter()
        behaviours = config.behaviours
        data = build_learning_graph(snapshot, parts.split.train, kept, inputs, behaviours)
        built = time.perf_counter()
        told = (config.model, config.tasks, config.train)
        holdout = parts.valid()
        few = _few(parts, holdout)
        validate, model = measure_training(data, *told, few, Path(folder, "validate"), STEPS_S)
        # A run still holds what it was validated with when it trains again, on more.
        again = build_learning_graph(snapshot, parts.learnt, None, inputs, behaviours)
        refit, _ = measure_training(again, *told, few, Path(folder, "refit"), 0.0)
        del model
    return Cost(
        num_nodes=sum(shape.num_nodes.values()),
        peak_bytes=peak_bytes(),
        prepare_s=(encoded - started) + 2 * (built - embedded),
        embed_s=embedded - encoded,
        validate=validate,
        refit=refit,
        valid_users=len(holdout.users),
        test_users=len(parts.test().users) if len(parts.split.test) else 0,
    )


def _few(parts: SplitLog, holdout: Holdout) -> Holdout:
    """Return a holdout of as many of the users as are enough to time ranking by."""
    users = holdout.users[: max(1, SCORED // holdout.num_items)]
    rows = parts.split.valid[parts.target[parts.split.valid]]
    among = rows[parts.log.user_index[rows] <= users.max()]
    return Holdout(parts.pairs(parts.split.train), parts.pairs(among))


def peak_bytes() -> int:
    """Return the most memory that this process has held at once."""
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage tells begins with the memory of the process that started this one
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Run one task."""
    task: dict[str, Any] = json.load(sys.stdin)
    try:
        cost = measure(GraphShape.from_json(task["shape"]), Config(**task["config"]))
    except (HoplineError, OSError, MemoryError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    json.dump(asdict(cost), sys.stdout)


if __name__ == "__main__":
    main()
