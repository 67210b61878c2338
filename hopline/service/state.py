"""What a process of the service holds: connections, the schema, the release that serves, and what to fall back to."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.answers import ScoredItem
from graph.asking import Served, by_active_release
from graph.async_database import AsyncDatabase
from graph.choice import choice_of
from graph.database import Database
from graph.errors import DatabaseGoneError, ReleaseError
from graph.experiments.serving import ask_turn
from graph.freshness import ask_freshness
from graph.indexes import ask_job
from graph.question import Question
from graph.recommend import ask_popular
from graph.releases import Release
from graph.schema import Schema
from graph.schema_store import load_schema
from hopline.config import Config
from hopline.erase import Receipt, erase
from hopline.errors import HoplineError
from hopline.experiments import Experiments
from hopline.index import IndexStatus, index_status
from hopline.run_folder import SET_ASIDE_FOLDER
from hopline.service.event_queue import EventQueue
from hopline.service.index_worker import IndexWorker
from hopline.service.keys import KeyFile, keys_path
from hopline.service.log import tell
from hopline.service.metrics import Metrics
from hopline.service.rate import RateLimit

_LOOK_EVERY_S = 2.0
_MOST_POPULAR = 100


@dataclass
class Standby:
    """What is answered while Neo4j is away: popular items of the release that served last, by tenant and domain.

    The operator's are under None. Of tenants, those are there who have a key.
    """

    version: int | None = None
    items: dict[str | None, dict[str, Sequence[ScoredItem]]] = field(default_factory=dict)


class State:
    """One of these lives as long as the process; ``refresh`` keeps it true."""

    def __init__(self, config: Config, database: Database) -> None:
        self.config = config
        self.serve = config.serve
        self.keys = KeyFile(keys_path(config.serve, config.run_folder))
        self.rate = RateLimit(self.serve.requests_per_s)
        self.metrics = Metrics()
        self.served = Served()
        self.standby = Standby()
        self.why_not_ready: str | None = "starting"
        self._blocking = database
        self._schema: Schema | None = config.graph_schema
        self.database = AsyncDatabase(database, self.serve.connections, self.serve.retry_s)
        self.events = EventQueue(
            database,
            lambda: self.schema,
            config.events,
            config.run_folder / SET_ASIDE_FOLDER,
            self.serve.waiting_events,
            self.serve.retry_events_s,
            config.ask.tenants,
        )
        self.indexes = IndexWorker(database, lambda: self.schema, config)
        self._refreshed_at: float | None = None
        self._release: Release | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def schema(self) -> Schema:
        """The graph's schema, as it was when a release was last looked for.

        Raises:
            SchemaError: nothing was loaded yet.
        """
        if self._schema is None:
            self._schema = load_schema(self._blocking)
        return self._schema

    async def erase(self, user_id: str | int) -> Receipt:
        """Erase a person, as :func:`hopline.erase.erase` does; answers go on meanwhile."""
        return await asyncio.to_thread(erase, self._blocking, self.schema, user_id, self.config.run_folder)

    def index_status(self) -> IndexStatus:
        """Return how what answering needs is, as :func:`hopline.index.index_status` does."""
        return index_status(self._blocking, self.schema, self.config)

    @property
    def experiments(self) -> Experiments:
        """The experiments of the graph; what they do waits for Neo4j, so it belongs into a thread."""
        return Experiments(self._blocking, self.schema, self.config.ask.retrieve)

    async def start(self) -> None:
        """Begin to write events and to look after the release."""
        self.events.start()
        await self.look()
        await self.watch()
        on = (self._look_on(), self._watch_on())
        self._tasks = [asyncio.create_task(one) for one in on]
        # What was imported stays as long as the process; looking through it for garbage again and again stops all answers.
        gc.collect()
        gc.freeze()

    async def stop(self) -> None:
        """Write what waits, then give back all connections."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await asyncio.to_thread(self.events.stop)
        await asyncio.to_thread(self.indexes.stop, self.serve.shutdown_s)
        await self.database.close()
        self._blocking.close()

    async def look(self) -> None:
        """Find out whether Neo4j answers and which release serves; keep what is needed should it go away."""
        try:
            job = await self.database.answer(ask_job())
            if job is not None and job.state == "done" and job.started_at != self._refreshed_at:
                self._refreshed_at = job.started_at
                self.served.serving, self.standby = None, Standby()  # its popular items may be others by now
            release = await self.database.answer(_serving(self.served))
            is_new = release.version != self.standby.version
            if is_new or not self._tenants <= self.standby.items.keys():
                if is_new and self.config.graph_schema is None:
                    self._schema = await asyncio.to_thread(load_schema, self._blocking)
                await self._remember(release)
                if is_new:
                    tell("release serves", version=release.version)
            self._release = release
            self.metrics.release.set(release.version)
            self.metrics.release_age.set(release.age_s)
            self.become(None)
        except HoplineError as error:
            self.become(str(error))

    async def watch(self) -> None:
        """Read how far what serves is behind the graph, for `/metrics`; answers wait for none of it."""
        if self._release is None:
            return
        try:
            self.metrics.show(await self.database.answer(ask_freshness(self.schema, self._release)))
        except HoplineError:
            self.metrics.unread.inc()

    def become(self, why_not_ready: str | None) -> None:
        """Note whether the service is ready, and tell when that changes."""
        if (why_not_ready is None) != (self.why_not_ready is None):
            level = logging.INFO if why_not_ready is None else logging.WARNING
            tell("ready" if why_not_ready is None else "not ready", level, why=why_not_ready)
        self.why_not_ready = why_not_ready
        self.metrics.ready.set(why_not_ready is None)

    async def _remember(self, release: Release) -> None:
        items = dict(self.standby.items) if release.version == self.standby.version else {}
        for tenant in self._tenants - items.keys():
            choice, of_tenant = choice_of(self.config.ask, self.schema, tenant=tenant), items.setdefault(tenant, {})
            for domain in release.domains:
                with contextlib.suppress(ReleaseError):
                    item = self.schema.domain(domain.label)
                    popular = await self.database.answer(ask_popular(self.schema, release, item, None, _MOST_POPULAR, choice))
                    of_tenant[domain.label] = popular.items
        self.standby = Standby(release.version, items)

    @property
    def _tenants(self) -> frozenset[str | None]:
        """For whom an answer is kept while Neo4j is away."""
        return frozenset({None, *(self.keys.tenants if self.config.ask.tenants is not None else ())})

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look()
                self.metrics.waiting.set(self.events.num_waiting)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may go well
                tell("looking for the release failed", logging.ERROR, error=error)

    async def _watch_on(self) -> None:
        while True:
            await asyncio.sleep(self.serve.figures_every_s)
            try:
                await self.watch()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next reading may go well
                self.metrics.unread.inc()
                tell("reading figures failed", logging.ERROR, error=error)

    def away(self, error: DatabaseGoneError) -> None:
        """Note that Neo4j went away, as a question found."""
        self.become(str(error))


def _serving(served: Served) -> Question[Release]:
    def question(release: Release) -> Question[tuple[Release, int | None]]:
        return release, (yield from ask_turn())

    return by_active_release(served, question)
