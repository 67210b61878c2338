"""Several finished runs as one: their scores added up, or their vectors averaged, where validation surely gains by it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gnn.aligned import aligned, averaged, comparable
from gnn.barrier import Barrier
from gnn.compress import shorten
from gnn.evaluate import Evaluation, Scorer, evaluate
from gnn.fitted_shares import fit_shares
from gnn.fuse import FuseConfig, choose_evaluated, gain_of
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.summed_vectors import summed_vectors
from gnn.vector_scorer import VectorScorer, of_length_one
from gnn.watched import cutoff
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.compressed_file import Compressed
from hopline.distilled import distilled
from hopline.errors import ConfigError
from hopline.finished_vectors import finish, learnt_rows
from hopline.fusion import TeacherVectors
from hopline.held_out import figure_of
from hopline.liked import load_liked
from hopline.neighbours import near_as_chosen, neighbours_by_walks
from hopline.retrieval import retrieved
from hopline.run_folder import Run
from hopline.run_fusion import RunFusionReport, TriedWay, barriers_as_dict
from hopline.run_split import judged_by, prepare_to_choose
from hopline.several_runs import AVERAGE, FITTED, SUM, WAYS, FinishedRun
from hopline.split_log import Prepared, SplitLog

Fuse = Callable[[Sequence[VectorScorer]], VectorScorer]
"""Makes one model of those of all runs, in their order."""


def check_way(take: str | None) -> None:
    """Refuse a way to fuse that there is not.

    Raises:
        ConfigError: there is no such way.
    """
    if take is not None and take not in WAYS:
        raise ConfigError(f"got {take!r} to take; expected one of {', '.join(WAYS)}")


def fuse_runs(
    runs: Sequence[FinishedRun],
    snapshot: Snapshot,
    config: FuseConfig,
    out: Path,
    on_stage: OnStage,
    take: str | None = None,
) -> tuple[Run | None, RunFusionReport]:
    """Return the run that several make together, to be written to ``out``; None where nothing is surely better than the first.

    What is judged on validation, as the first run finds recommendations, is what each was distilled from, learnt from train
    alone. ``take`` names the way to take whatever it gains. What is taken is distilled anew, from what was learnt from all but
    the test split, which is looked at once, at the end. All that is no vector of the ranking is the first run's: what tasks
    foretell, the ranking of people, popular items and items' neighbours are of its network or of the graph alone.

    Nothing here needs every pair's score but distilling, which is left out beyond ``config.max_scores``, as in training.

    Raises:
        ConfigError: ``take`` is of a way that there is not, or that could not be tried.
        EvaluationError: the graph is no longer the one that was learnt from.
        TrainingError: the split has no validation part, or the first run's files are damaged.
        FeatureError: items that nobody met are to be placed, and a text encoder is not as it was.
    """
    check_way(take)
    started = time.perf_counter()
    first = runs[0].run
    prepared, liked = prepare_to_choose(first, snapshot), load_liked(runs[0].folder)
    judge = _Judge.of(first, prepared.split_log)
    trials = _Trials.of(runs, judge, config, on_stage)
    report = trials.report(runs, take, out)
    if report.taken is None:
        return None, report
    validated, taught = _small(trials.ways[report.taken], runs, prepared, config, on_stage)
    finished = finish(first, prepared, taught.served, "float32", on_stage)
    run = first.serving(Compressed(finished.vectors, {}, finished.metrics, finished.student))
    metrics = run.metrics | judge.figures(validated.served)
    run = replace(
        run,
        config=first.config | {"run_folder": str(out), "fuse": config.model_dump(mode="json")},
        metrics=metrics,
        train_s=sum(one.run.train_s for one in runs) + time.perf_counter() - started,
        fused={
            "taken": report.taken,
            "members": dict(report.of(report.taken).shares),
            f"valid/{judge.metric}": {one.name: one.value for one in report.tried},
            "barriers": barriers_as_dict(report.barriers),
            "of": {one.name: one.run.fused for one in runs},
            "folders": {one.name: str(one.folder.resolve()) for one in runs},
            **{name: first.fused[name] for name in ("people", "similar") if name in first.fused},
        },
        teacher=TeacherVectors(taught.factorised, validated.factorised),
        liked=liked,
        fused_id=_id_of(finished.vectors),
    )
    return run, replace(report, metrics=metrics)


@dataclass(frozen=True)
class _Judge:
    """Ranks for validation as the run does that is the first: by vectors, and by neighbours where it is asked by both."""

    metric: str
    holdout: Holdout
    asked: Callable[[VectorScorer], Scorer]
    run: Run

    @classmethod
    def of(cls, run: Run, parts: SplitLog) -> _Judge:
        metric = judged_by(run)
        holdout, train, near = parts.valid(), parts.split.train, None
        if run.retrieve == "vectors+similar":  # its neighbours have met validation: those of train alone are made anew
            params = run.fused["similar"]["params"]["RP3beta"]
            walks = neighbours_by_walks(params["alpha"], params["beta"], parts.liked(train), parts.log.items)
            near = near_as_chosen(run.retrieve, walks, run.config.get("publish", {}).get("similar"))

        def asked(vectors: VectorScorer) -> Scorer:
            return retrieved(vectors, near, parts, train, holdout, cutoff(metric))

        return cls(metric, holdout, asked, run)

    def __call__(self, vectors: VectorScorer) -> Evaluation:
        """Return how well vectors that were learnt from train do."""
        return evaluate(self.asked(vectors), self.holdout, ks=(cutoff(self.metric),))

    def figures(self, vectors: VectorScorer) -> dict[str, float]:
        """Return the figures on validation, by the names that a run has them by."""
        alone = evaluate(vectors, self.holdout, ks=(cutoff(self.metric),)).metrics
        found = {figure_of(name, "vectors"): value for name, value in alone.items()}
        if self.run.retrieve == "vectors":
            return found
        return found | {figure_of(self.metric, self.run.retrieve): self(vectors).metrics[self.metric]}


@dataclass(frozen=True)
class _Trials:
    """What was tried: runs alone and fused, by name, with the shares of the runs that are heard."""

    metric: str
    found: dict[str, Evaluation]
    ways: dict[str, Fuse]
    shares: dict[str, dict[str, float]]
    barriers: dict[str, Barrier]
    left_out: dict[str, str]

    @classmethod
    def of(cls, runs: Sequence[FinishedRun], judge: _Judge, config: FuseConfig, on_stage: OnStage) -> _Trials:
        names = [one.name for one in runs]
        trials = cls(judge.metric, {}, {}, {name: {name: 1.0} for name in names}, {}, {})
        vectors = [one.teacher.validated for one in runs]
        for done, (name, one) in enumerate(zip(names, vectors, strict=True)):
            on_stage("judging runs on validation", done, len(runs))
            trials.found[name] = judge(one)
        on_stage("judging runs on validation", len(runs), len(runs))
        on_stage("adding their scores up", 0, 0)
        trials._try(SUM, _Sum([1 / len(runs)] * len(runs)), dict.fromkeys(names, 1 / len(runs)), vectors, judge)
        trials._try_fitted(names, vectors, judge, config)
        on_stage("averaging their vectors", 0, 0)
        trials._try_average(names, vectors, judge)
        return trials

    def report(self, runs: Sequence[FinishedRun], take: str | None, out: Path) -> RunFusionReport:
        """Return what to take: what is surely better than the first run, or ``take``."""
        first = runs[0].name
        if take is not None and take not in self.ways:
            raise ConfigError(
                f"got {take!r} to take, which was not tried: {self.left_out[take]}; take one of {list(self.ways)}"
            )
        best = choose_evaluated(self.found, first, self.metric).taken
        usual = self.found[first]
        return RunFusionReport(
            metric=self.metric,
            first=first,
            tried=tuple(
                TriedWay(name, one.metrics[self.metric], gain_of(one, usual, self.metric), self.shares[name])
                for name, one in self.found.items()
            ),
            barriers=self.barriers,
            left_out=self.left_out,
            best=best,
            taken=take or (best if best in self.ways else None),
            asked=take is not None,
            folders={one.name: one.folder for one in runs},
            out=out,
            metrics={},
        )

    def _try(self, name: str, fuse: Fuse, shares: dict[str, float], vectors: Sequence[VectorScorer], judge: _Judge) -> None:
        self.ways[name], self.shares[name], self.found[name] = fuse, shares, judge(fuse(vectors))

    def _try_fitted(self, names: Sequence[str], vectors: Sequence[VectorScorer], judge: _Judge, config: FuseConfig) -> None:
        if not config.fitted:
            self.left_out[FITTED] = "[fuse] fitted is false"
            return
        if config.is_too_much(len(vectors[0].users), len(vectors[0].items)):
            self.left_out[FITTED] = "users times items are more than [fuse] max_scores"
            return
        fitted = fit_shares(vectors, judge.holdout)
        shares = [] if fitted is None else fitted.tolist()
        heard = {name: share for name, share in zip(names, shares, strict=False) if share > 0}
        if len(heard) > 1:
            self._try(FITTED, _Sum(shares), heard, vectors, judge)
        else:
            self.left_out[FITTED] = f"validation gives all to {next(iter(heard))}" if heard else "validation hears none of them"

    def _try_average(self, names: Sequence[str], vectors: Sequence[VectorScorer], judge: _Judge) -> None:
        first, *others = names
        for number, name in enumerate(others, 1):
            half_way = judge(_Average([0, number])(vectors))
            self.barriers[name] = Barrier.of(self.found[first], self.found[name], half_way, self.metric)
        joined = [first, *(name for name in others if self.barriers[name].is_connected)]
        if len(joined) > 1:
            mean = _Average([names.index(name) for name in joined])
            self._try(AVERAGE, mean, dict.fromkeys(joined, 1 / len(joined)), vectors, judge)
        else:
            self.left_out[AVERAGE] = f"no other run is connected with {first}"


class _Sum:
    """The sum of standardised scores, each by its share."""

    def __init__(self, shares: Sequence[float]) -> None:
        self._shares = shares

    def __call__(self, vectors: Sequence[VectorScorer]) -> VectorScorer:
        return summed_vectors([(one, share) for one, share in zip(vectors, self._shares, strict=True) if share > 0])


class _Average:
    """The mean of some runs' vectors, by number, aligned with those of the first of them."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = numbers

    def __call__(self, vectors: Sequence[VectorScorer]) -> VectorScorer:
        some = [vectors[number] for number in self._numbers]
        size = max(one.items.shape[1] for one in some)
        first, *others = (comparable(one, size) for one in some)
        return averaged([first, *(aligned(other, first) for other in others)])


@dataclass(frozen=True)
class _Small:
    """What runs are together as vectors of the largest run's size, ``factorised``, and those that are ``served``."""

    factorised: VectorScorer
    served: VectorScorer

    @classmethod
    def of(cls, whole: VectorScorer, largest: int, learnt: Interactions, config: FuseConfig, on_stage: OnStage) -> _Small:
        short = shorten(whole, largest)
        factorised = VectorScorer(of_length_one(short.users), short.items)  # as it is where fewer were heard
        if config.is_too_much(learnt.num_users, learnt.num_items):
            return cls(factorised, factorised)
        return cls(factorised, distilled(whole, factorised, learnt.matrix(), config.size, config.distil, on_stage))


def _small(
    fuse: Fuse, runs: Sequence[FinishedRun], prepared: Prepared, config: FuseConfig, on_stage: OnStage
) -> tuple[_Small, _Small]:
    """Return the vectors of train alone, and those of all that the first run has learnt in the end."""
    parts, run = prepared.split_log, runs[0].run
    largest = max(one.teacher.learnt.items.shape[1] for one in runs)
    train = parts.liked(parts.split.train)
    validated = _Small.of(fuse([one.teacher.validated for one in runs]), largest, train, config, on_stage)
    if not run.config["train"]["refit"]:
        return validated, validated
    learnt = parts.liked(learnt_rows(run, parts))
    return validated, _Small.of(fuse([one.teacher.learnt for one in runs]), largest, learnt, config, on_stage)


def _id_of(vectors: VectorScorer) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in (vectors.users, vectors.items):
        digest.update(part.tobytes())
    return digest.hexdigest()
