"""Fusing finished runs: the part of the face that works on several run folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.progress import OnStage, silent
from graph.sync import sync
from hopline.asker import Asker
from hopline.fuse_runs import check_way, fuse_runs
from hopline.run_folder import SNAPSHOT_FOLDER, write_run
from hopline.run_fusion import RunFusionReport
from hopline.several_runs import check_folders, read_several


class Fuser(Asker):
    """Makes one run of several."""

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
        synced = sync(self.database, self.schema, folders[0] / SNAPSHOT_FOLDER, on_stage)
        on_stage(synced.report.summary(), 0, 0)
        run, report = fuse_runs(found, synced.snapshot, self.config.fuse, target, on_stage, take)
        if run is not None:
            write_run(target, run)
        return report
