"""The last run's vectors made as small as they may be: sizes and codes are tried on validation, and the best is served."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import numpy as np

from gnn.bootstrap import paired_bootstrap
from gnn.compress import CompressConfig, DistilConfig, smallest_within
from gnn.evaluate import Evaluation, evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.topk import NOTHING
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff
from graph.codes import Code, num_bytes
from graph.embeddings import as_served
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.compressed_file import Compressed
from hopline.compression import CompressionReport, Tried
from hopline.distilled import distilled
from hopline.errors import ConfigError, TrainingError
from hopline.finished_vectors import finish, learnt_rows
from hopline.fusion import TeacherVectors
from hopline.rounded import Rounded
from hopline.run_folder import Run
from hopline.run_split import judged_by, prepare_to_choose

AUTO: tuple[Code, ...] = ("float32", "int8")
"""Codes that are tried unless one is named; why int4 is not among them, ARCHITECTURE.md says."""
_FLOAT_BYTES = 4


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

    Each size is distilled from what was learnt from train alone, written in each code and measured on validation. What takes
    the fewest bytes of those that lose no more of the metric than ``config.max_loss`` is distilled anew, from what was learnt
    from all but the test split. Where a size was asked for and no code is within that, the code that keeps most is taken.

    Raises:
        ConfigError: a metric that is none of ranking, no size within ``config.max_bytes``, or a ``size`` beyond the teacher's.
        EvaluationError: the graph is no longer the one that was learnt from.
        TrainingError: no size is within the budget, or the split has no validation part.
        FeatureError: items that nobody met are to be placed, and a text encoder is not as it was.
    """
    metric = config.metric or judged_by(run)
    k, largest = cutoff(metric), teacher.validated.items.shape[1]
    if not k:
        raise ConfigError(f"got the metric {metric!r} to compress by; expected one of ranking, such as ndcg@20 or recall@10")
    if size is not None and size > largest:
        raise ConfigError(f"got {size} numbers a vector to compress to; expected at most {largest}, what the teacher's have")
    prepared = prepare_to_choose(run, snapshot)
    split_log = prepared.split_log
    train = split_log.liked(split_log.split.train)
    trials = _Trials(teacher.validated, train, split_log.valid(), metric, config, teaching, on_stage)
    chosen = trials.smallest() if size is None else trials.of_size(size)
    seen = split_log.liked(learnt_rows(run, split_log)).matrix()
    vectors = distilled(teacher.learnt, teacher.learnt, seen, chosen.size, teaching, on_stage, Rounded.of(chosen.code))
    finished = finish(run, prepared, vectors, chosen.code, on_stage)
    report = CompressionReport(
        metric=metric,
        teacher=trials.teacher.metrics[metric],
        teacher_bytes=_FLOAT_BYTES * teacher.learnt.items.shape[1],
        max_loss=config.max_loss if size is None else None,
        tried=trials.all(),
        chosen=chosen,
        metrics=finished.metrics,
    )
    return Compressed(finished.vectors, report.as_dict(), finished.metrics, finished.student), report


class _Trials:
    """What was tried so far of the vectors that a teacher is distilled into, each size once and written in all the codes."""

    def __init__(
        self,
        teacher: VectorScorer,
        train: Interactions,
        valid: Holdout,
        metric: str,
        config: CompressConfig,
        teaching: DistilConfig,
        on_stage: OnStage,
    ) -> None:
        self._vectors, self._seen, self._valid, self._metric = teacher, train.matrix(), valid, metric
        self._config, self._teaching, self._on_stage = config, teaching, on_stage
        self._codes: tuple[Code, ...] = AUTO if config.code == "auto" else (config.code,)
        self._rounded = Rounded.of(self._codes[0])  # several are tried only where none is taught by it
        self._found: dict[int, dict[Code, Tried]] = {}
        self.teacher = evaluate(teacher, valid, ks=(cutoff(metric),))

    def all(self) -> tuple[Tried, ...]:
        """Return all of it, by bytes."""
        found = [one for by_code in self._found.values() for one in by_code.values()]
        return tuple(sorted(found, key=lambda one: (one.num_bytes, one.size)))

    def smallest(self) -> Tried:
        """Bisect sizes for each code, and return what takes the fewest bytes of all that keeps enough."""
        sizes = {code: self._sizes(code) for code in self._codes}
        if not any(sizes.values()):
            raise _too_few_bytes(self._config, self._codes)
        for code in self._codes:
            smallest_within(sizes[code], partial(self._is_enough, code=code))
        allowed = [one for one in self.all() if one.size in sizes[one.code]]
        within = [one for one in allowed if self._keeps_enough(one)]
        if not within:
            raise _beyond_budget(self._config, self._metric, max(allowed, key=lambda one: one.ratio))
        return _fewest_bytes(within)

    def of_size(self, size: int) -> Tried:
        """Return the code of the fewest bytes that keeps enough at one size, or, where none does, that which keeps most."""
        tried = list(self._attempt(size).values())
        return _fewest_bytes(list(filter(self._keeps_enough, tried)) or [max(tried, key=lambda one: one.ratio)])

    def _is_enough(self, size: int, code: Code) -> bool:
        return self._keeps_enough(self._attempt(size)[code])

    def _keeps_enough(self, tried: Tried) -> bool:
        return tried.ratio >= 1 - self._config.max_loss

    def _attempt(self, size: int) -> dict[Code, Tried]:
        if size not in self._found:
            started = time.perf_counter()
            self._on_stage(f"trying {size} numbers a vector, on validation", len(self._found), 0)
            vectors = distilled(self._vectors, self._vectors, self._seen, size, self._teaching, self._on_stage, self._rounded)
            measured = {code: evaluate(_served(vectors, code), self._valid, ks=(cutoff(self._metric),)) for code in self._codes}
            seconds = time.perf_counter() - started
            self._found[size] = {
                code: _tried(size, code, of, self.teacher, self._metric, seconds) for code, of in measured.items()
            }
        return self._found[size]

    def _sizes(self, code: Code) -> list[int]:
        """Return the sizes to try in a code, none larger than the teacher's own; none where the bytes allowed hold none."""
        most, largest = self._config.max_bytes, self._vectors.items.shape[1]
        within = [size for size in self._config.sizes if most is None or num_bytes(size, code) <= most]
        return [size for size in within if size <= largest] or ([largest] if within else [])


def _fewest_bytes(tried: Sequence[Tried]) -> Tried:
    return min(tried, key=lambda one: (one.num_bytes, -one.ratio))


def _served(vectors: VectorScorer, code: Code) -> VectorScorer:
    return VectorScorer(*as_served(vectors.users, vectors.items, code))


def _tried(size: int, code: Code, evaluation: Evaluation, teacher: Evaluation, metric: str, seconds: float) -> Tried:
    value, best = evaluation.metrics[metric], teacher.metrics[metric]
    difference = paired_bootstrap(evaluation.per_user[metric], teacher.per_user[metric])
    ratio, low, high = (1 + part / best if best else 1.0 for part in (difference.mean, difference.low, difference.high))
    return Tried(size, code, num_bytes(size, code), value, ratio, low, high, _overlap(evaluation, teacher), seconds)


def _overlap(evaluation: Evaluation, teacher: Evaluation) -> float:
    """Return the mean share of a list of the teacher's that is in the other one of the same user."""
    is_item = teacher.top != NOTHING
    is_kept = is_item & (teacher.top[:, :, None] == evaluation.top[:, None, :]).any(axis=2)
    return float(np.mean(is_kept.sum(axis=1) / np.maximum(is_item.sum(axis=1), 1)))


def _too_few_bytes(config: CompressConfig, codes: Sequence[Code]) -> ConfigError:
    least = min(num_bytes(min(config.sizes), code) for code in codes)
    return ConfigError(
        f"max_bytes is {config.max_bytes}, and the smallest vectors that may be chosen take {least}; allow more, or give "
        "[compress] sizes a smaller one"
    )


def _beyond_budget(config: CompressConfig, metric: str, nearest: Tried) -> TrainingError:
    within = f" within {config.max_bytes} bytes" if config.max_bytes is not None else ""
    told = f"of {nearest.size} numbers in {nearest.code} ({nearest.num_bytes} bytes)"
    return TrainingError(
        f"no vectors{within} keep {1 - config.max_loss:.4g} of the teacher's {metric}; the nearest, {told}, keep "
        f"{nearest.ratio:.4g}. Allow a loss of {max(0.0, 1 - nearest.ratio):.2%} (--max-loss)"
        f"{', or more bytes (--max-bytes)' if within else ''}; what is served stays as it is"
    )
