"""The public face: from files or a graph to recommendations, in the verbs people know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gnn.compress import CompressConfig
from gnn.encoder import EncoderConfig
from gnn.fuse import FuseConfig
from gnn.kge import KgeConfig
from gnn.model import TasksConfig
from gnn.train import OnEpoch, OnStep, TrainConfig
from graph.database import Database
from graph.embeddings import ReleaseDraft, VectorColumn
from graph.events import forget_events
from graph.freshness import tell_round
from graph.keys import derive_keys
from graph.node_vectors import check_free_property, write_column
from graph.progress import OnStage, silent
from graph.releases import Release, active_release, collect_releases, complete_release
from graph.releases.stored import read_ranking
from graph.snapshot import Snapshot
from graph.sync import Difference, SyncReport, check_cache, sync
from hopline.checkup import Checkup, check_up
from hopline.compress import compress_run
from hopline.compressed_file import remove_compressed, write_compressed
from hopline.compression import CompressionReport
from hopline.config import Config
from hopline.embed import EmbeddedFacts, embed, write_embedded
from hopline.erase import Receipt, erase
from hopline.errors import ConfigError
from hopline.evaluate import EvaluationReport, evaluate_run
from hopline.fit import fit
from hopline.fuser import Fuser
from hopline.ials_draft import draft_ials
from hopline.index import IndexStatus, index_status, work_on_indexes
from hopline.ingest import Given, IngestReport, Intake
from hopline.item_map import INTERACTIONS, ItemMap, map_items
from hopline.load import LoadReport, load
from hopline.node_properties import OnFeatures
from hopline.online.learn import learn_and_publish
from hopline.online.retrain import Retrainer, Retraining, adopt_served
from hopline.online.round import RoundReport
from hopline.publish import canary_gate, publish_draft
from hopline.release_diff import ReleaseDiff, diff_releases
from hopline.run_draft import draft_run
from hopline.run_folder import SET_ASIDE_FILE, SET_ASIDE_FOLDER, SNAPSHOT_FOLDER, Run, read_run, write_run
from hopline.score_explainer import ScoreExplainer
from hopline.split_config import SplitConfig
from hopline.split_log import prepare
from hopline.student_file import write_student
from hopline.teacher_file import read_teacher
from hopline.tune import OnTrial, TuningReport, tune
from loaders.clean import CleanReport
from loaders.export import WRITERS, ExportReport, prepare_folder
from loaders.files import Stage, open_data_set, open_frames, open_query

if TYPE_CHECKING:
    from typing import Self


class Recommender(Fuser):
    """One graph, one configuration, one active release: what is asked of them is :class:`hopline.asker.Asker`'s.

    Use it as a context manager, or call :meth:`close`. Without ``NEO4J_URI`` in the environment an embedded Neo4j is
    started and used; it goes on after the program ends (``hopline down`` stops it).

    Example: a folder with RecBole's atomic files, here users who rated films:

        >>> with Recommender.from_config() as recommender:
        ...     report = recommender.load("films")
        ...     fitted = recommender.compile(train={"epochs": 5}).fit()
        ...     release = recommender.publish()
        ...     found = recommender.recommend("ann", k=2)
        ...     why = recommender.reason("ann", found.items[0].id)
        >>> print(report.written.nodes[0].rows, "users,", report.written.nodes[1].rows, "films")
        20 users, 20 films
        >>> release.version, len(found.items), found.by_model
        (1, 2, True)
        >>> print(found.statement.splitlines()[1])
        OPTIONAL MATCH (u:`User`) WHERE u.`id` IN ["ann"]
    """

    _intake: Intake | None = None

    @staticmethod
    def doctor(path: str | Path | None = None, *, estimate: bool = True, **overrides: Any) -> Checkup:
        """Look at versions, server, rights, indexes, schema, disk and memory, and estimate what training needs; change nothing.

        The embedded server is asked if it runs, and not started. ``estimate`` False leaves out the estimate, which takes some
        ten seconds; the others as for :meth:`from_config`. What is wrong is a finding, not an error.
        """
        return check_up(None if path is None else Path(path), estimate, **overrides)

    def load(
        self,
        source: str | Path | Stage | Mapping[str, Any],
        format: str | None = None,
        *,
        mapping: str | Path | Mapping[str, Any] | None = None,
        encoding: str | None = None,
        on_stage: OnStage = silent,
    ) -> LoadReport:
        """Load a data set into the graph; loading it again changes nothing.

        ``source`` is a folder, a file, what :func:`loaders.files.open_data_set` opened, or frames by their names, of polars,
        pandas or others: ``{"User": users, "Film": films, "ratings": ratings}``. ``format`` None finds the format by the files'
        names; ``mapping`` says which table or frame holds what, as a file or as a dictionary of what such a file holds;
        ``encoding`` None is UTF-8, or what a byte order mark says. All of it is read and checked before anything is written.
        Rows that cannot be used are written, each with its line and reason, to ``<run folder>/set-aside.tsv``.

        Raises:
            InputError: no such folder or file, no known format, a mapping that does not fit, or files without a usable row.
            DatabaseGoneError: the connection was lost; what was committed stays, loading again completes it.
        """
        if isinstance(source, Stage):
            return load(self.database, source, self.config.run_folder / SET_ASIDE_FILE, on_stage)
        said = Path(mapping) if isinstance(mapping, str) else mapping
        if isinstance(source, Mapping):
            with open_frames(source, mapping=said) as data:
                return self.load(data, on_stage=on_stage)
        with open_data_set(Path(source), format, mapping=said, encoding=encoding) as data:
            return self.load(data, on_stage=on_stage)

    def load_query(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        source: Database | None = None,
        mapping: str | Path | Mapping[str, Any] | None = None,
        on_stage: OnStage = silent,
    ) -> LoadReport:
        """Load the answer of a Cypher query, with columns named user, item, value, time, or as a mapping says.

        ``source`` is the database to ask; None: the graph's own. ``params`` are the values of the query's ``$names``.

        Raises:
            InputError: no rows, columns that cannot be used, or a mapping that does not fit.
            DatabaseError: the query was refused, as one that writes is.
        """
        said = Path(mapping) if isinstance(mapping, str) else mapping
        with open_query(source or self.database, query, params or {}, mapping=said) as data:
            return self.load(data, on_stage=on_stage)

    def ingest(
        self, events: str | Path | Iterable[Given], *, tenant: str | None = None, on_stage: OnStage = silent
    ) -> IngestReport:
        """Take in events as they happen, many or one; when this returns they are in the graph, and answers tell of them.

        ``events`` are :class:`graph.events.Event` or dictionaries of its fields, such as ``{"user": "196", "item": "242",
        "behaviour": "rating", "value": 4}``; a path is a file of JSON objects, one a line, and ``-`` standard input. One that
        comes again, by its ``id`` or as it says the same, changes nothing; of a pair of ends the latest event counts, whichever
        came first. What cannot be used is written, with its reason, to a file in ``<run folder>/set-aside``. ``tenant``: whose
        events they are, where ``[ask.tenants]`` declares some: those about others' users and items cannot be used, and what
        they make is the tenant's.

        Raises:
            SchemaError: nothing was loaded, or two users or items share a key.
            InputError: there is no such file, or it cannot be read.
            QuestionError: a tenant, and none are declared.
            IngestError: the database refused or went away; the message says how far it got, and calling again completes it.
        """
        schema = self.schema
        if self._intake is None or (self._intake.schema, self._intake.tenant) != (schema, tenant):
            folder = self.config.run_folder / SET_ASIDE_FOLDER
            self._intake = Intake(self.database, schema, self.config.events, folder, self.config.ask.tenants, tenant)
        if isinstance(events, (str, Path)):
            return self._intake.take_file(Path(events), on_stage)
        return self._intake.take(events, on_stage)

    def erase(self, user_id: str | int) -> Receipt:
        """Erase a person: node, relationships, vectors of all releases, and what the run's folder has of them.

        The receipt tells what was erased and what may still name them. What the model learnt of all users together stays; train
        again to have it learn without them.

        Raises:
            SchemaError: nothing was loaded.
            NotFoundError: neither the graph nor the run knows such a user.
            DatabaseError: Neo4j refused or was lost: call it again.
        """
        return erase(self.database, self.schema, user_id, self.config.run_folder)

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

    def export(self, folder: str | Path, format: str = "parquet", *, on_stage: OnStage = silent) -> ExportReport:
        """Write what the schema names to files: ``parquet``, which :meth:`load` reads as the same graph, or ``recbole``.

        Raises:
            SchemaError: nothing was loaded yet.
            InputError: an unknown format, a folder that holds something, or a graph that the format cannot hold.
            OSError: the folder cannot be written.
        """
        path = prepare_folder(Path(folder), format)
        return WRITERS[format](self._snapshot(on_stage), path, on_stage)

    def export_student(self, path: str | Path) -> int:
        """Write what makes vectors of users whom the last run has not seen as an ONNX model; return how many items it knows.

        See :func:`gnn.inductive.onnx_model.student_model` for what it takes and gives; its metadata ``items`` has the ids.

        Raises:
            ConfigError: another ending than .onnx, or the extra ``onnx`` is not installed.
            TrainingError: there is no finished run, or it has no student.
        """
        return write_student(read_run(self.config.run_folder), Path(path))

    def sync(self, *, on_stage: OnStage = silent) -> SyncReport:
        """Bring the snapshot kept in ``<run folder>/snapshot`` up to date, reading only what changed since the last time.

        :meth:`fit`, :meth:`embed`, :meth:`clean` and :meth:`evaluate` do so themselves.

        Raises:
            SchemaError: nothing was loaded yet, or a label's ids cannot be told apart.
        """
        return sync(self.database, self.schema, self._snapshot_folder, on_stage).report

    def check_sync(self, *, on_stage: OnStage = silent) -> list[Difference]:
        """Read the whole graph and return what the kept snapshot has otherwise, by kind; nothing is brought up to date.

        Raises:
            SchemaError: nothing was loaded yet.
            CacheError: no snapshot is kept, or one that is damaged or by another schema.
        """
        return check_cache(self.database, self.schema, self._snapshot_folder, on_stage)

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

    def clean(self, *, on_stage: OnStage = silent) -> CleanReport:
        """Tell what the next :meth:`fit` would leave out of the graph or change, by rule and row, and change nothing.

        Raises:
            SchemaError: nothing was loaded.
            InputError: the graph cannot be cleaned or split as configured.
        """
        read_at = int(time.time())
        snapshot = self._snapshot(on_stage)
        return prepare(snapshot, self.config.clean, self.config.behaviours, self.config.split, read_at).cleaning

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

    def uncompress(self) -> bool:
        """Give the last run the vectors back that training ended with; return whether it had others."""
        return remove_compressed(self.config.run_folder)

    @property
    def _snapshot_folder(self) -> Path:
        return self.config.run_folder / SNAPSHOT_FOLDER

    def _snapshot(self, on_stage: OnStage = silent) -> Snapshot:
        synced = sync(self.database, self.schema, self._snapshot_folder, on_stage)
        on_stage(synced.report.summary(), 0, 0)
        return synced.snapshot

    def _to_learn_from(self, on_stage: OnStage) -> Snapshot:
        derive_keys(self.database, self.schema, on_stage)
        snapshot = self._snapshot(on_stage)
        for note in snapshot.left_out():
            on_stage(note, 0, 0)
        return snapshot

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

    def collect(self, keep: int | None = None) -> list[int]:
        """Take away all releases but the newest ``keep`` (None: ``[publish] keep``), the active one and the one before it.

        Return the versions of those taken away.

        Raises:
            ReleaseError: fewer than one to keep, or a publish or another collection is at work.
        """
        return collect_releases(self.database, self.schema, self.config.publish.keep if keep is None else keep)

    def forget_events(self, keep_days: float | None = None) -> int:
        """Forget ids of events taken in more than ``keep_days`` days ago (None: ``[events] keep_ids_days``); return how many.

        What the events said stays in the graph. One of them that is sent again counts as new: of a pair the latest still
        counts, once, but an impression is recorded again.

        Raises:
            ConfigError: no days to keep any.
            DatabaseError: the user may not write.
        """
        days = self.config.events.keep_ids_days if keep_days is None else keep_days
        if not days > 0:
            raise ConfigError(f"got {days} days for which ids of events are known; expected more than 0")
        return forget_events(self.database, days)
