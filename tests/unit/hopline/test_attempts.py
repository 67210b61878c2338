"""Trainings anew that failed wait longer each time."""

import json
import time
from dataclasses import replace

import pytest

from hopline.online.attempts import FILE, Attempts, forget_attempts, read_attempts


def test_each_further_failure_waits_twice_as_long_and_none_longer_than_a_day(tmp_path):
    attempts = read_attempts(tmp_path, "one")
    assert attempts.left_s(3600) == 0
    waits = []
    for _ in range(7):
        attempts = attempts.begin(tmp_path).fail(tmp_path, "the canary")
        waits.append(round(attempts.left_s(3600)))
    assert waits == pytest.approx([3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400], abs=2)
    assert replace(attempts, number=10_000).left_s(3600) == pytest.approx(86_400, abs=2)
    assert read_attempts(tmp_path, "one") == attempts
    forget_attempts(tmp_path)
    assert read_attempts(tmp_path, "one") == Attempts("one")


def test_what_was_killed_counts_and_what_was_stopped_by_hand_does_not(tmp_path):
    before = read_attempts(tmp_path, "one")
    before.begin(tmp_path)
    found = read_attempts(tmp_path, "one")
    assert (found.number, found.why) == (1, "it was cut off")
    before.take_back(tmp_path)
    assert read_attempts(tmp_path, "one").left_s(3600) == 0


def test_a_pause_that_is_over_and_a_clock_that_was_put_back_make_nobody_wait(tmp_path):
    failed = Attempts("one", 1, time.time() - 3601, "")
    assert failed.left_s(3600) == 0
    assert replace(failed, began_at=time.time() + 1e9).left_s(3600) == 3600


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"run": "one"', '{"run": "one", "number": "x", "began_at": "y"}', '{"a": 1}']
)
def test_a_file_that_is_damaged_or_of_another_run_tells_of_none(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    assert read_attempts(tmp_path, "one") == Attempts("one")
    (tmp_path / FILE).write_text(json.dumps({"run": "other", "number": 3, "began_at": time.time(), "why": ""}))
    assert read_attempts(tmp_path, "one") == Attempts("one")
