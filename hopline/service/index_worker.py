"""Work on indexes in the background of a service: one at a time, whichever process was asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread

from graph.database import Database
from graph.indexes.job import Action
from graph.schema import Schema
from hopline.config import Config
from hopline.errors import OverloadError, ReleaseError
from hopline.index import work_on_indexes
from hopline.service.log import tell


class IndexWorker:
    """Starts work on indexes, which goes on in a thread of its own; how far it is, is kept in the graph."""

    def __init__(self, database: Database, schema: Callable[[], Schema], config: Config) -> None:
        self._database, self._schema, self._config = database, schema, config
        self._lock = Lock()
        self._thread: Thread | None = None
        self._stopped = False

    def start(self, action: Action) -> None:
        """Begin, and return once nobody else may change releases.

        Raises:
            ReleaseError: another publish, collection or work on indexes goes on, here or elsewhere.
            HoplineError: it cannot begin.
        """
        begun: Future[None] = Future()
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise ReleaseError("work on indexes goes on already; GET /index tells how far it is")
            self._thread = Thread(target=self._work, args=(action, begun), name="indexes", daemon=True)
            self._thread.start()
        begun.result()

    def stop(self, wait_s: float) -> None:
        """Have the work end at its next step, and wait for that; what it did not complete is taken away or done again later."""
        self._stopped = True
        if self._thread is not None:
            self._thread.join(wait_s)

    def _work(self, action: Action, begun: Future[None]) -> None:
        def stage(_name: str, _done: int, _total: int) -> None:
            if self._stopped:
                raise OverloadError("the service ended while it was at it")
            if not begun.done():
                begun.set_result(None)

        try:
            tell("index work ended", told=work_on_indexes(self._database, self._schema(), self._config, action, stage))
        except BaseException as error:  # noqa: BLE001 - told to whoever waits, and kept in the graph and the log
            if not begun.done():
                begun.set_exception(error)
            else:
                tell("index work failed", logging.ERROR, error=error)
