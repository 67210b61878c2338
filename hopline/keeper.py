"""What goes into the graph and out of it, and the snapshot that is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graph.database import Database
from graph.events import forget_events
from graph.keys import derive_keys
from graph.progress import OnStage, silent
from graph.snapshot import Snapshot
from graph.sync import Difference, SyncReport, check_cache, sync
from hopline.asker import Asker
from hopline.erase import Receipt, erase
from hopline.errors import ConfigError
from hopline.ingest import Given, IngestReport, Intake
from hopline.load import LoadReport, load
from hopline.run_folder import SET_ASIDE_FILE, SET_ASIDE_FOLDER, SNAPSHOT_FOLDER
from loaders.export import WRITERS, ExportReport, prepare_folder
from loaders.files import Stage, open_data_set, open_frames, open_query


class Keeper(Asker):
    """Loads, takes in events, erases, exports, and keeps a snapshot up to date."""

    _intake: Intake | None = None

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

    def export(self, folder: str | Path, format: str = "parquet", *, on_stage: OnStage = silent) -> ExportReport:
        """Write what the schema names to files: ``parquet``, which :meth:`load` reads as the same graph, or ``recbole``.

        Raises:
            SchemaError: nothing was loaded yet.
            InputError: an unknown format, a folder that holds something, or a graph that the format cannot hold.
            OSError: the folder cannot be written.
        """
        path = prepare_folder(Path(folder), format)
        return WRITERS[format](self._snapshot(on_stage), path, on_stage)

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

    @property
    def _snapshot_folder(self) -> Path:
        return self.config.run_folder / SNAPSHOT_FOLDER

    def _snapshot(self, on_stage: OnStage = silent, run_folder: Path | None = None) -> Snapshot:
        folder = self._snapshot_folder if run_folder is None else run_folder / SNAPSHOT_FOLDER
        synced = sync(self.database, self.schema, folder, on_stage)
        on_stage(synced.report.summary(), 0, 0)
        return synced.snapshot

    def _to_learn_from(self, on_stage: OnStage) -> Snapshot:
        derive_keys(self.database, self.schema, on_stage)
        snapshot = self._snapshot(on_stage)
        for note in snapshot.left_out():
            on_stage(note, 0, 0)
        return snapshot
