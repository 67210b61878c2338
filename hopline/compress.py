"""The last run's vectors made as small as they may be: sizes are tried on validation, and the one chosen is served."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from gnn.bootstrap import paired_bootstrap
from gnn.compress import CompressConfig, DistilConfig, distil, shorten, smallest_within
from gnn.evaluate import Evaluation, evaluate
from gnn.interactions import Interactions
from gnn.model import TasksConfig
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff, ranking_metric
from graph.codes import Code, num_bytes
from graph.embeddings import as_served
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.compressed_file import Compressed
from hopline.errors import ConfigError, TrainingError
from hopline.fit import CUTOFFS
from hopline.fusion import TeacherVectors
from hopline.run_folder import Run
from hopline.run_split import prepare_as_run
from hopline.student import learn_student

_FLOAT_BYTES = 4


@dataclass(frozen=True)
class Tried:
    """Vectors of ``size`` numbers, ``num_bytes`` in the graph: their metric on validation, and its share of the teacher's.

    ``low`` and ``high`` are the 95 % interval of that share, by users drawn anew.
    """

    size: int
    num_bytes: int
    value: float
    ratio: float
    low: float
    high: float
    seconds: float


@dataclass(frozen=True)
class CompressionReport:
    """Which sizes were tried, by size, and which was chosen; ``teacher`` is its ``metric`` on validation.

    All figures are of vectors as they are left once they were written in ``code``.

    ``max_loss`` is the budget, None where a size was asked for. ``metrics`` are those of the vectors chosen on the test split,
    which had no say.
    """

    metric: str
    code: Code
    teacher: float
    teacher_bytes: int
    max_loss: float | None
    tried: tuple[Tried, ...]
    chosen: Tried
    metrics: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"tried": [asdict(one) for one in self.tried]}


def compress_run(
    run: Run,
    teacher: TeacherVectors,
    snapshot: Snapshot,
    config: CompressConfig,
    teaching: DistilConfig,
    on_stage: OnStage,
    size: int | None = None,
) -> tuple[Compressed, CompressionReport]:
    """Return the smallest vectors within the budget; with ``size``, vectors of so many numbers, whatever they lose.

    Each size is distilled from what was learnt from train alone and measured on validation. The smallest that loses no more of
    the metric than ``config.max_loss`` is distilled anew, from what was learnt from all but the test split.

    Raises:
        ConfigError: a metric that is none of ranking, no size within ``config.max_bytes``, or a ``size`` beyond the teacher's.
        EvaluationError: the graph is no longer the one that was learnt from.
        TrainingError: no size is within the budget, or the split has no validation part.
    """
    metric = config.metric or ranking_metric(run.config["train"]["metric"], TasksConfig.model_validate(run.config["tasks"]))
    k, largest = cutoff(metric), teacher.validated.items.shape[1]
    if not k:
        raise ConfigError(f"got the metric {metric!r} to compress by; expected one of ranking, such as ndcg@20 or recall@10")
    if size is not None and size > largest:
        raise ConfigError(f"got {size} numbers a vector to compress to; expected at most {largest}, what the teacher's have")
    split_log = prepare_as_run(run, snapshot).split_log
    if not len(split_log.split.valid):
        raise TrainingError("the split has no validation part to choose by; give it some ([split] valid in hopline.toml)")
    holdout, train = split_log.valid(), split_log.liked(split_log.split.train)
    whole = evaluate(teacher.validated, holdout, ks=(k,))
    found: dict[int, Tried] = {}

    def attempt(one: int) -> Tried:
        started = time.perf_counter()
        on_stage(f"trying {one} numbers a vector, on validation", len(found), 0)
        vectors = _distilled(teacher.validated, train, one, teaching, on_stage)
        evaluation = evaluate(_served(vectors, config.code), holdout, ks=(k,))
        found[one] = _tried(one, config.code, evaluation, whole, metric, time.perf_counter() - started)
        return found[one]

    if size is None:
        sizes = _sizes(config, largest)
        smallest = smallest_within(sizes, lambda one: attempt(one).ratio >= 1 - config.max_loss)
        if smallest is None:
            raise _beyond_budget(config, metric, found[max(sizes)])
    else:
        smallest = size
        attempt(size)
    learnt = split_log.liked(split_log.learnt) if run.config["train"]["refit"] else train
    vectors = _distilled(teacher.learnt, learnt, smallest, teaching, on_stage)
    served = _served(vectors, config.code)
    metrics = evaluate(served, split_log.test(), ks=CUTOFFS).metrics if len(split_log.split.test) else {}
    report = CompressionReport(
        metric=metric,
        code=config.code,
        teacher=whole.metrics[metric],
        teacher_bytes=_FLOAT_BYTES * teacher.learnt.items.shape[1],
        max_loss=config.max_loss if size is None else None,
        tried=tuple(found[one] for one in sorted(found)),
        chosen=found[smallest],
        metrics=metrics,
    )
    student = learn_student(served.items, split_log, refit=run.config["train"]["refit"], on_stage=on_stage)
    return Compressed(vectors, report.as_dict(), metrics, student), report


def _distilled(teacher: VectorScorer, learnt: Interactions, size: int, config: DistilConfig, on_stage: OnStage) -> VectorScorer:
    stage = f"distilling into {size} numbers a vector"
    return distil(
        teacher,
        shorten(teacher, size),
        learnt.matrix(),
        config,
        alike=teacher.items,
        on_batch=lambda done, total: on_stage(stage, done, total),
    )


def _served(vectors: VectorScorer, code: Code) -> VectorScorer:
    return VectorScorer(*as_served(vectors.users, vectors.items, code))


def _tried(size: int, code: Code, evaluation: Evaluation, teacher: Evaluation, metric: str, seconds: float) -> Tried:
    value, best = evaluation.metrics[metric], teacher.metrics[metric]
    difference = paired_bootstrap(evaluation.per_user[metric], teacher.per_user[metric])
    ratio, low, high = (1 + part / best if best else 1.0 for part in (difference.mean, difference.low, difference.high))
    return Tried(size, num_bytes(size, code), value, ratio, low, high, seconds)


def _sizes(config: CompressConfig, largest: int) -> list[int]:
    """Return the sizes to try, none larger than the teacher's own."""
    within = [size for size in config.sizes if config.max_bytes is None or num_bytes(size, config.code) <= config.max_bytes]
    if not within:
        raise ConfigError(
            f"max_bytes is {config.max_bytes}, and the smallest vectors that may be chosen take "
            f"{num_bytes(min(config.sizes), config.code)}; allow more, or give [compress] sizes a smaller one"
        )
    return [size for size in within if size <= largest] or [largest]


def _beyond_budget(config: CompressConfig, metric: str, nearest: Tried) -> TrainingError:
    within = f" within {config.max_bytes} bytes" if config.max_bytes is not None else ""
    return TrainingError(
        f"no vectors{within} keep {1 - config.max_loss:.4g} of the teacher's {metric}; the nearest, of {nearest.size} numbers "
        f"({nearest.num_bytes} bytes), keep {nearest.ratio:.4g}. Allow a loss of {max(0.0, 1 - nearest.ratio):.2%} (--max-loss)"
        f"{', or more bytes (--max-bytes)' if within else ''}; what is served stays as it is"
    )
