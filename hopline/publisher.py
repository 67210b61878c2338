"""From a finished run to what serves: releases, their indexes, and what goes on being learnt beside them."""

from __future__ import annotations

import time
from typing import Literal

from gnn.train import OnEpoch, OnStep
from graph.embeddings import ReleaseDraft
from graph.freshness import tell_round
from graph.progress import OnStage, silent
from graph.releases import Release, active_release, collect_releases, complete_release
from graph.releases.stored import read_ranking
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.fit import fit
from hopline.ials_draft import draft_ials
from hopline.index import IndexStatus, index_status, work_on_indexes
from hopline.item_map import INTERACTIONS, ItemMap, map_items
from hopline.learner import Learner
from hopline.node_properties import OnFeatures
from hopline.online.learn import learn_and_publish
from hopline.online.retrain import Retrainer, Retraining, adopt_served
from hopline.online.round import RoundReport
from hopline.publish import canary_gate, publish_draft
from hopline.release_diff import ReleaseDiff, diff_releases
from hopline.run_draft import draft_run
from hopline.run_folder import Run, read_run


class Publisher(Learner):
    """Publishes what was learnt, and keeps what serves in order and up to date."""

    def publish(
        self, model: Literal["hopline", "ials"] = "hopline", *, canary: bool = False, on_stage: OnStage = silent
    ) -> Release:
        """Write vectors beside the active release, index and check them, then make them the active ones.

        They are those of the last run, or of matrix factorisation (``ials``), fitted now; the last run stays as it is. With
        ``canary`` the new release is asked for some users first and held beside the active one, as ``[publish.canary]`` says;
        what was measured is kept with it: ``release.canary``.

        Raises:
            TrainingError: there is no finished run, or nothing to tune iALS on.
            ReleaseError: the vectors do not fit the graph, a scenario weighs a task that was not learnt, or a check failed; the
                old release still serves.
        """
        snapshot = self._snapshot(on_stage) if canary or model == "ials" else None
        if model == "ials" and snapshot is not None:
            draft = draft_ials(snapshot, self.config, int(time.time()), on_stage)
        else:
            draft = draft_run(read_run(self.config.run_folder))
        return self._publish(draft, snapshot if canary else None, on_stage)

    def _publish(self, draft: ReleaseDraft, canary: Snapshot | None, on_stage: OnStage) -> Release:
        """Publish a draft; one that is to be held beside the active release on a snapshot serves if it passes."""
        gate = None
        if canary is not None:
            gate = canary_gate(self.database, self.schema, self.config, draft, canary, on_stage)
        return publish_draft(self.database, self.schema, self.config, draft, on_stage, gate)

    def diff_releases(self, old: int, new: int, k: int = 10, *, on_stage: OnStage = silent) -> ReleaseDiff:
        """Tell how many users' first ``k`` unmet items differ between two releases, by domain: see :class:`ReleaseDiff`.

        Raises:
            QuestionError: ``k`` is out of bounds.
            ReleaseError: one of them is not there, not complete, of another schema, or damaged; or they share no domain.
        """
        for version in (old, new):
            complete_release(self.database, version)  # before the graph is read for nothing
        return diff_releases(self.database, self._snapshot(on_stage), old, new, k, self.config.ask.retrieve)

    def collect(self, keep: int | None = None) -> list[int]:
        """Take away all releases but the newest ``keep`` (None: ``[publish] keep``), the active one and the one before it.

        Return the versions of those taken away.

        Raises:
            ReleaseError: fewer than one to keep, or a publish or another collection is at work.
        """
        return collect_releases(self.database, self.schema, self.config.publish.keep if keep is None else keep)

    def index_status(self) -> IndexStatus:
        """Return how what answering needs is: key constraints, vector indexes, popular items; and the last work on them.

        Raises:
            SchemaError: nothing was loaded, or a filter was declared that the graph cannot have.
        """
        return index_status(self.database, self.schema, self.config)

    def refresh_index(self, *, on_stage: OnStage = silent) -> str:
        """Make what :meth:`index_status` finds missing or failed, and count popular items anew; return what came of it.

        Raises:
            ReleaseError: nothing is published, another publish or work on indexes goes on, or an index failed again.
            SchemaError: two users or two items share a key.
        """
        return work_on_indexes(self.database, self.schema, self.config, "refresh", on_stage)

    def build_index(self, *, on_stage: OnStage = silent) -> str:
        """Build the active release anew beside itself, as the next version, and have that serve; return what came of it.

        Its vectors are the same; its indexes are new, and can be narrowed by what ``[ask.filters]`` declares now. The old
        release serves until the new one is indexed and checked, and :meth:`rollback` leads back to it. While an experiment
        runs, its users are answered by its own releases, which stay as they are.

        Raises:
            ReleaseError: nothing is published, another publish or work on indexes goes on, or the release is damaged.
        """
        return work_on_indexes(self.database, self.schema, self.config, "build", on_stage)

    def item_map(
        self, domain: str | None = None, *, by: str = INTERACTIONS, limit: int = 2_000, on_stage: OnStage = silent
    ) -> ItemMap:
        """Return items of one domain, None: the default one, on a plane, as the active release has them.

        They are those met most, ``limit`` of them; see :func:`hopline.item_map.map_items`.

        Raises:
            SchemaError: the graph has no such domain.
            ReleaseError: nothing is published, or nothing of that domain.
            ConfigError: ``by`` is neither ``interactions`` nor a property that the schema names, or there are too few items.
        """
        label, release = self.schema.domain(domain).label, active_release(self.database)
        release.domain(label)
        _, of_domains = read_ranking(self.database, self.schema, release)
        (items,) = (part for part in of_domains if part.label == label)
        return map_items(items, release.version, self._snapshot(on_stage), by, limit)

    def learn(self, *, on_stage: OnStage = silent) -> RoundReport:
        """Learn from what happened since the last run, or since the last call, and publish it: one round of `hopline learn`.

        What users ask with is taught by the new events, each foretold before it is learnt; items that came get vectors of what
        is known of them, facts and features, nodes that went leave, and so does what users took back. Only what is within the
        bounds of ``[online]`` serves. The other vectors that training gave stay as they are. ``due`` of the report tells why
        training anew is due: :meth:`retrain` does it. What the round measured is told to the graph, where the service reads it
        for its figures.

        Raises:
            TrainingError: there is no finished run, or one that learnt too little to make vectors by events.
            ReleaseError: the release that serves is not of the last run, or publishing failed: what served before goes on.
        """
        active, read_at = active_release(self.database), time.time()
        adopt_served(self.database, self.config.run_folder, active)
        report = learn_and_publish(
            self.config.run_folder,
            active,
            self._snapshot(on_stage),
            self.config.online,
            self.config.train.seed,
            read_at,
            lambda draft: publish_draft(self.database, self.schema, self.config, draft, on_stage),
        )
        tell_round(self.database, report.told(read_at))
        return report

    def retrain(
        self,
        *,
        on_stage: OnStage = silent,
        on_features: OnFeatures = lambda _r: None,
        on_step: OnStep = lambda _e, _s, _n: None,
        on_epoch: OnEpoch = lambda _r: None,
    ) -> Retraining:
        """Train anew while the last run serves, as `hopline train` and `hopline publish --canary` do, and take its place.

        It is trained in a folder within the run's, and compressed if the run was; only a release that passes the canary serves,
        and only then is it the last run. Whatever fails, what served goes on; then the next call trains again once
        ``[online] retrain_pause_s`` is over, twice as long after each further failure. One at a time trains, of all who use
        the database. A kill counts as a failure; what it cut off goes on from its checkpoints, if the graph is the same.

        Raises:
            TrainingError: there is no finished run.
            DatabaseError: Neo4j cannot be asked whether somebody else is at it.
        """

        def learn(snapshot: Snapshot, config: Config) -> Run:
            return fit(snapshot, config, int(time.time()), on_stage, on_features, on_step, on_epoch)

        return Retrainer(
            self.database,
            self.config,
            to_learn_from=lambda: self._to_learn_from(on_stage),
            read=lambda: self._snapshot(on_stage),
            learn=learn,
            publish=lambda draft, snapshot: self._publish(draft, snapshot, on_stage),
            on_stage=on_stage,
        ).retrain()
