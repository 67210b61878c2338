"""What comes is read while what came before is worked on, and no more of it than has room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """Parts of a source, read in a thread of its own; whoever takes them gets all that wait, up to ``batch``.

    ``size`` tells how large a part is. While parts of ``room`` or more wait, the source is not asked for another, so it is
    slowed down to what is taken: a pipe fills, and whoever writes to it waits. A part larger than the room waits alone.
    """

    def __init__(self, source: Iterator[T], size: Callable[[T], int], batch: int, room: int) -> None:
        self._source, self._size, self._batch, self._room = source, size, batch, room
        self._waiting: list[T] = []
        self._changed = Condition()
        self._ended = False
        self._error: BaseException | None = None
        # A daemon, as it may wait for a pipe that nobody writes to when all else has ended.
        self._thread = Thread(target=self._read, name="read-ahead", daemon=True)

    def __iter__(self) -> Iterator[list[T]]:
        """Yield what waits, until the source ends.

        Raises:
            BaseException: whatever the source raised, after what it gave before.
        """
        self._thread.start()
        try:
            while parts := self._take():
                yield parts
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
        if self._error is not None:
            raise self._error

    def _take(self) -> list[T]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended)
            taken: list[T] = []
            total = 0
            while self._waiting and (not taken or total + self._size(self._waiting[0]) <= self._batch):
                total += self._size(self._waiting[0])
                taken.append(self._waiting.pop(0))
            self._changed.notify_all()
            return taken

    def _read(self) -> None:
        try:
            for part in self._source:
                with self._changed:
                    self._changed.wait_for(lambda: self._ended or sum(map(self._size, self._waiting)) < self._room)
                    if self._ended:
                        return
                    self._waiting.append(part)
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 - raised where the parts are taken
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
