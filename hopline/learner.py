"""From the graph to a finished run: what is cleaned, learnt, searched, measured, explained and made small."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gnn.compress import CompressConfig
from gnn.encoder import EncoderConfig
from gnn.fuse import FuseConfig
from gnn.kge import KgeConfig
from gnn.model import TasksConfig
from gnn.train import OnEpoch, OnStep, TrainConfig
from graph.embeddings import VectorColumn
from graph.node_vectors import check_free_property, write_column
from graph.progress import OnStage, silent
from hopline.compress import compress_run
from hopline.compressed_file import remove_compressed, write_compressed
from hopline.compression import CompressionReport
from hopline.embed import EmbeddedFacts, embed, write_embedded
from hopline.evaluate import EvaluationReport, evaluate_run
from hopline.fit import fit
from hopline.fuse_runs import check_way, fuse_runs
from hopline.keeper import Keeper
from hopline.node_properties import OnFeatures
from hopline.run_folder import read_run, write_run
from hopline.run_fusion import RunFusionReport
from hopline.score_explainer import ScoreExplainer
from hopline.several_runs import check_folders, read_several
from hopline.split_config import SplitConfig
from hopline.split_log import prepare
from hopline.student_file import write_student
from hopline.teacher_file import read_teacher
from hopline.tune import OnTrial, TuningReport, tune
from loaders.clean import CleanReport

if TYPE_CHECKING:
    from typing import Self


class Learner(Keeper):
    """Learns from the graph into the run's folder; what serves stays as it is."""

    def compile(
        self,
        *,
        model: EncoderConfig | dict[str, Any] | None = None,
        tasks: TasksConfig | dict[str, Any] | None = None,
        train: TrainConfig | dict[str, Any] | None = None,
        fuse: FuseConfig | dict[str, Any] | None = None,
        split: SplitConfig | dict[str, Any] | None = None,
        kge: KgeConfig | dict[str, Any] | None = None,
        compress: CompressConfig | dict[str, Any] | None = None,
    ) -> Self:
        """Change what the next :meth:`fit`, :meth:`embed` or :meth:`compress` will do; a dictionary changes single keys alone.

        Raises:
            ConfigError: an unknown key, or a value out of range.
        """
        given = {"model": model, "tasks": tasks, "train": train, "fuse": fuse, "split": split, "kge": kge, "compress": compress}
        self.config = self.config.changed({name: part for name, part in given.items() if part is not None})
        return self

    def clean(self, *, on_stage: OnStage = silent) -> CleanReport:
        """Tell what the next :meth:`fit` would leave out of the graph or change, by rule and row, and change nothing.

        Raises:
            SchemaError: nothing was loaded.
            InputError: the graph cannot be cleaned or split as configured.
        """
        read_at = int(time.time())
        snapshot = self._snapshot(on_stage)
        return prepare(snapshot, self.config.clean, self.config.behaviours, self.config.split, read_at).cleaning

    def fit(
        self,
        *,
        on_stage: OnStage = silent,
        on_features: OnFeatures = lambda _r: None,
        on_step: OnStep = lambda _e, _s, _n: None,
        on_epoch: OnEpoch = lambda _r: None,
    ) -> Self:
        """Read the graph, train with validation to find how long, then train on train and validation together.

        Cut off and called again, it goes on where it was; finished before on the same graph and configuration, it returns at
        once. The test split is not trained on, and measured on once, at the end.

        Raises:
            SchemaError: nothing was loaded.
            TrainingError: nothing to learn from or to validate on, or a loss that is no longer a number.
        """
        read_at = int(time.time())
        fitted = fit(self._to_learn_from(on_stage), self.config, read_at, on_stage, on_features, on_step, on_epoch)
        write_run(self.config.run_folder, fitted)
        return self

    def tune(
        self,
        *,
        trials: int | None = None,
        minutes: float | None = None,
        metric: str | None = None,
        on_stage: OnStage = silent,
        on_features: OnFeatures = lambda _r: None,
        on_step: OnStep = lambda _e, _s, _n: None,
        on_trial: OnTrial = lambda _t, _p: None,
    ) -> TuningReport:
        """Search the configuration of training that is best on validation, and change nothing: see :func:`hopline.tune.tune`.

        ``recommender.compile(**report.sections).fit()`` takes over what was found. Called again, the search goes on.

        Raises:
            SchemaError: nothing was loaded.
            ConfigError: fewer than one trial, or no time.
            TrainingError: an unknown metric, nothing to learn from or to validate on, or every trial failed.
        """
        read_at = int(time.time())
        return tune(
            self._to_learn_from(on_stage),
            self.config,
            read_at,
            trials=trials,
            minutes=minutes,
            metric=metric,
            on_stage=on_stage,
            on_features=on_features,
            on_step=on_step,
            on_trial=on_trial,
        )

    def embed(
        self,
        write: str | None = None,
        *,
        on_stage: OnStage = silent,
        on_step: OnStep = lambda _e, _s, _n: None,
        on_epoch: OnEpoch = lambda _r: None,
    ) -> EmbeddedFacts:
        """Embed the knowledge graph by itself, as ``[kge]`` says, and measure how well held-out facts are found.

        The vectors go to ``<run folder>/kge.parquet``; with ``write``, also to that property of the nodes they belong to.

        Raises:
            SchemaError: nothing was loaded, or ``write`` is a property that means something else.
            InputError: too few facts to hold any out.
            TrainingError: no facts, or a loss that is no longer a number.
        """
        schema = self.schema
        if write is not None:
            check_free_property(schema, write)
        snapshot = self._snapshot(on_stage)
        embedded = embed(snapshot, self.config.kge, on_stage, on_step, on_epoch)
        write_embedded(self.config.run_folder, embedded)
        for embeddings in embedded.vectors if write is not None else ():
            column = VectorColumn(embeddings.label, "", embeddings.ids, embeddings.vectors, is_indexed=False)
            write_column(self.database, schema, column, str(write))
            on_stage(f"wrote {len(embeddings.ids):,} {embeddings.label} vectors to {write}", 0, 0)
        return embedded

    def evaluate(
        self, *, peers: bool = True, tuned: bool = True, on_peer: Callable[[str], None] = lambda _n: None
    ) -> EvaluationReport:
        """Rank all items of a domain for every user with test items in it as a release of the last run would, seen ones masked.

        So do the models to beat. See :mod:`gnn.evaluate` for what a figure over several domains is.

        Peers are tuned on validation (``tuned=False``: their defaults) and fitted on train and validation, as ours was.

        Raises:
            TrainingError: there is no finished run.
            EvaluationError: the graph is no longer the one that was learnt from, or the split has no test part.
        """
        run = read_run(self.config.run_folder)
        return evaluate_run(run, self.config, self._snapshot(), peers=peers, tuned=tuned, on_peer=on_peer)

    def score_explainer(self, *, on_stage: OnStage = silent) -> ScoreExplainer:
        """Return what explains scores of the last run's network, read back once for many pairs of a user and an item.

        ``recommender.score_explainer().explain("196", "50")`` tells what each path brought to the score, where
        :meth:`explain` finds paths in Neo4j without the network.

        Raises:
            SchemaError: nothing was loaded.
            TrainingError: there is no finished run, the graph changed since, or the run's checkpoints are gone.
        """
        run = read_run(self.config.run_folder)
        return ScoreExplainer.of(run, self._snapshot(on_stage), self.config, on_stage)

    def compress(self, size: int | None = None, *, on_stage: OnStage = silent) -> CompressionReport:
        """Make the last run's vectors as small as ``[compress]`` allows, or of ``size`` numbers; :meth:`publish` serves them.

        Sizes are tried on validation, distilled from what training ended with before its vectors were made small. Compressing
        again begins from there again; :meth:`uncompress` and the next :meth:`fit` give back what training ended with.

        Raises:
            ConfigError: a metric that is none of ranking, no size within ``[compress] max_bytes``, or ``size`` too large.
            TrainingError: there is no finished run, or no size is within the budget; the run stays as it was.
            EvaluationError: the graph is no longer the one that was learnt from.
        """
        folder = self.config.run_folder
        run, teacher = read_run(folder), read_teacher(folder)
        snapshot = self._snapshot(on_stage)
        compressed, report = compress_run(
            run, teacher, snapshot, self.config.compress, self.config.fuse.distil, on_stage, size=size
        )
        write_compressed(folder, compressed)
        return report

    def uncompress(self) -> bool:
        """Give the last run the vectors back that training ended with; return whether it had others."""
        return remove_compressed(self.config.run_folder)

    def export_student(self, path: str | Path) -> int:
        """Write what makes vectors of users whom the last run has not seen as an ONNX model; return how many items it knows.

        See :func:`gnn.inductive.onnx_model.student_model` for what it takes and gives; its metadata ``items`` has the ids.

        Raises:
            ConfigError: another ending than .onnx, or the extra ``onnx`` is not installed.
            TrainingError: there is no finished run, or it has no student.
        """
        return write_student(read_run(self.config.run_folder), Path(path))

    def fuse(
        self,
        runs: Sequence[str | Path],
        out: str | Path,
        take: str | None = None,
        *,
        on_stage: OnStage = silent,
    ) -> RunFusionReport:
        """Fuse finished runs of the same graph and split, such as of other seeds and sizes, into a run in the folder ``out``.

        Tried on validation, beside each run alone, are the sum of their standardised scores, by equal shares and by fitted
        ones, and the average of their vectors, turned to those of the first run. What is surely better than the first run alone
        is taken, or what ``take`` names: sum, fitted or average. Where nothing is, nothing is written, and the report tells.

        A configuration with ``run_folder`` ``out`` publishes, compresses and evaluates the fused run as any other.

        Raises:
            ConfigError: fewer than two runs, one twice, ``out`` is one of them or has a run, or ``take`` is no such way.
            TrainingError: a folder without a finished run, or runs that do not fit together.
            EvaluationError: the graph is no longer the one that was learnt from.
            SchemaError: nothing was loaded.
        """
        folders, target = [Path(run) for run in runs], Path(out)
        check_folders(folders, target)
        check_way(take)
        found = read_several(folders)
        run, report = fuse_runs(found, self._snapshot(on_stage, folders[0]), self.config.fuse, target, on_stage, take)
        if run is not None:
            write_run(target, run)
        return report
