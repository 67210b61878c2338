"""Experiments as people run them: begun, looked at, ended."""

from __future__ import annotations

from collections.abc import Sequence

from graph.database import Database
from graph.experiments import (
    Experiment,
    Variant,
    end_experiment,
    list_experiments,
    read_experiment,
    start_experiment,
)
from graph.neighbours import Retrieve
from graph.schema import Schema
from hopline.experiment_report import ExperimentReport, report_experiment
from hopline.off_policy import OffPolicyReport, estimate_off_policy


class Experiments:
    """The experiments of one graph; ``retrieve``: what finds recommendations, None: what each release was validated with."""

    def __init__(self, database: Database, schema: Schema, retrieve: Retrieve | None) -> None:
        self._database = database
        self._schema = schema
        self._retrieve = retrieve

    def start(self, name: str, variants: Sequence[Variant], *, salt: str | None = None) -> Experiment:
        """Begin an experiment: from here on each user is answered by the release of their variant.

        Variants are of :class:`graph.experiments.Variant`: a name, the version of a release and the share of users, above 0 and
        1 in all. Which variant a user is in depends on their id, ``name`` and ``salt`` alone; None: a new one. Whatever is
        published meanwhile serves once the experiment ends; its own releases stay as they are until then.

        Raises:
            ExperimentError: names or shares that make no experiment, another runs or had the name, or a release is not there or
                does not fit.
        """
        return start_experiment(self._database, self._schema, name, variants, salt=salt)

    def end(self, name: str | None = None, winner: str | None = None, *, check: bool = True) -> Experiment:
        """End an experiment, None: the one that runs; the release of the variant ``winner``, if there is one, becomes active.

        ``check`` holds that release against what was published, as for :meth:`hopline.Recommender.activate`.

        Raises:
            NotFoundError: there is none of this name, or none runs, or it has no such variant.
            ExperimentError: it has ended already, or the winner's release is not what was published.
        """
        return end_experiment(self._database, self._schema, name, winner, check=check)

    def all(self) -> list[Experiment]:
        """Return all experiments, the newest first."""
        return list_experiments(self._database)

    def one(self, name: str | None = None) -> Experiment:
        """Return an experiment by its name; None: the one that runs.

        Raises:
            NotFoundError: there is none of this name, or none runs.
        """
        return read_experiment(self._database, name)

    def report(self, name: str | None = None) -> ExperimentReport:
        """Tell what came of an experiment, None: the one that runs, by its variants: see :class:`ExperimentReport`.

        Impressions count that tell of it, ``{"behaviour": "impression", "shown": {"release": …, "experiment": …, "variant":
        …}}``, as the answer did. What the user does with the item within ``[events] click_window_s`` is a click on it.

        Raises:
            NotFoundError: there is none of this name, or none runs.
        """
        return report_experiment(self._database, self.one(name))

    def estimate(
        self,
        release: int | None = None,
        explore: float = 0.0,
        *,
        k: int = 10,
        domain: str | None = None,
        since_s: float = 0.0,
        clip: float | None = None,
    ) -> OffPolicyReport:
        """Estimate what a release, None: the active one, would get without being shown: see :class:`OffPolicyReport`.

        It is told from impressions of answers that explored, whatever release gave them. ``explore`` is the share of places at
        which it would explore itself, ``k`` the items of its answers; ``since_s``: seconds since 1970 from which on impressions
        count; ``clip``: the highest weight of an impression, None: any.

        Raises:
            QuestionError: a value out of bounds.
            ReleaseError: no such release, or it knows nothing of the domain.
            EvaluationError: nothing that was logged tells of it.
        """
        return estimate_off_policy(
            self._database,
            self._schema,
            release,
            explore,
            k=k,
            domain=domain,
            since_s=since_s,
            clip=clip,
            retrieve=self._retrieve,
        )
