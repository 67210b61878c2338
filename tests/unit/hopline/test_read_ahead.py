"""A source read ahead in bounded room."""

import threading
import time

import pytest

from hopline.read_ahead import ReadAhead


def test_everything_comes_in_order_and_no_batch_is_larger_than_asked():
    parts = [[n] * (n % 7) for n in range(200)]
    batches = list(ReadAhead(iter(parts), len, batch=10, room=30))
    assert [part for batch in batches for part in batch] == parts
    assert all(sum(map(len, batch)) <= 10 for batch in batches)


def test_the_source_waits_while_there_is_no_room():
    asked = []

    def source():
        for n in range(100):
            asked.append(n)
            yield n

    taken = iter(ReadAhead(source(), lambda _n: 1, batch=1, room=5))
    next(taken)
    time.sleep(0.2)
    assert len(asked) <= 1 + 5 + 1  # taken, waiting, and one in hand
    assert len(list(taken)) == 99


def test_what_came_before_a_failure_is_given_and_then_the_failure():
    def source():
        yield "a"
        raise OSError("gone")

    got = []
    with pytest.raises(OSError, match="gone"):
        got.extend(part for parts in ReadAhead(source(), len, batch=1, room=1) for part in parts)
    assert got == ["a"]


def test_a_taker_that_stops_lets_the_reading_end():
    ended = threading.Event()

    def source():
        try:
            yield from range(1000)
        finally:
            ended.set()

    for _ in ReadAhead(source(), lambda _n: 1, batch=1, room=2):
        break
    assert ended.wait(5)
