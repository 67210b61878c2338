"""One publisher at a time, and one who trains anew: a lease in the database, which none who died holds for ever."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import psutil

from cypher import load
from graph.database import Database
from graph.errors import DatabaseError, ReleaseError

LEASE_S = 60
"""How long a lease holds unless it is renewed, as it is every third of that: what a publisher that died elsewhere costs."""

Work = Literal["publish", "retrain"]
"""What one at a time may do: change releases, or train anew while one serves."""

_TOLD: dict[Work, str] = {"publish": "publish or collection", "retrain": "training anew"}
_held_here: set[str] = set()  # the leases that this process holds


class Lease:
    """The right to do some work, while it is held."""

    def __init__(self, database: Database, work: Work) -> None:
        self._database, self._work = database, work
        self._holder = uuid.uuid4().hex
        self._until = 0.0
        self._ended = threading.Event()
        self._renewing = threading.Thread(target=self._renew_until_ended, daemon=True)

    def check(self) -> None:
        """Refuse to go on where the lease has run out, as after a pause of the process: another may hold it by now.

        Raises:
            ReleaseError: it has.
        """
        if time.monotonic() > self._until:
            raise ReleaseError(
                f"this {self._work} was held up for longer than {LEASE_S} s, and another may have begun since; see that the "
                f"server answers, then {self._work} again"
            )

    def _take(self) -> None:
        asked_at = time.monotonic()
        found = self._try_to_take("")
        if not found["taken"] and has_died(found):
            found = self._try_to_take(found["holder"])
        if not found["taken"]:
            raise ReleaseError(
                f"another {_TOLD[self._work]} is at work, by process {found['pid']} on {found['host']} since "
                f"{found['since']}; wait for it, then try again (if that process died, in {found['left_s']} s at most)"
            )
        self._until = asked_at + LEASE_S
        _held_here.add(self._holder)
        self._renewing.start()

    def _try_to_take(self, over: str) -> dict[str, Any]:
        process = psutil.Process()
        params = {
            "work": self._work,
            "holder": self._holder,
            "over": over,
            "lease_s": LEASE_S,
            "properties": {
                "pid": process.pid,
                "process_started": process.create_time(),
                "machine": _machine(),
                "host": socket.gethostname(),
            },
        }
        return self._database.write(load("publish/take_lease"), params)[0]

    def _renew_until_ended(self) -> None:
        while not self._ended.wait(LEASE_S / 3):
            asked_at = time.monotonic()
            with suppress(DatabaseError):  # tried again until it has run out
                params = {"work": self._work, "holder": self._holder, "lease_s": LEASE_S}
                if self._database.write(load("publish/renew_lease"), params):
                    self._until = asked_at + LEASE_S

    def _end(self) -> None:
        self._ended.set()
        _held_here.discard(self._holder)
        if self._renewing.ident is not None:
            self._renewing.join()
        with suppress(DatabaseError):  # a server that is gone: the lease is known here to be nobody's, and runs out elsewhere
            self._database.write(load("publish/end_lease"), {"work": self._work, "holder": self._holder})


@contextmanager
def hold_lease(database: Database, work: Work = "publish") -> Iterator[Lease]:
    """Hold the lease of some work while the block runs.

    A lease whose process is known to have died, as it was of this machine, is taken over at once; any other when it runs out.

    Raises:
        ReleaseError: another holds it.
    """
    database.schema(load("schema/create_key_constraint"), {}, {"label": "HoplineLease", "key": "name"})
    lease = Lease(database, work)
    lease._take()
    try:
        yield lease
    finally:
        lease._end()


def has_died(found: dict[str, Any]) -> bool:
    """Return whether the holder of a lease, as its node tells of them, is known to be no more."""
    if not found["machine"] or found["machine"] != _machine():
        return False
    try:
        process = psutil.Process(found["pid"])
        if process.create_time() != found["process_started"] or process.status() == psutil.STATUS_ZOMBIE:
            return True
    except psutil.NoSuchProcess:
        return True
    return process.pid == os.getpid() and found["holder"] not in _held_here


def _machine() -> str:
    """Return what tells processes that can see each other from all others, or nothing where the system does not say."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""
