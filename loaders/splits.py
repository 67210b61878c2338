"""Which interactions to train on, validate on, and measure on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from loaders.errors import InputError
from loaders.files.adjacency import COLUMNS
from loaders.files.lightgcn import is_adjacency, read_pairs
from loaders.files.lines import read_rows
from loaders.files.rows import LINE
from loaders.interactions import InteractionLog

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row numbers of an interaction log, each int64, ascending and without overlap."""

    train: Rows
    valid: Rows
    test: Rows


class Splitter(Protocol):
    """A way to split."""

    def split(self, log: InteractionLog) -> Split:
        """Return the rows of each part."""
        ...


@dataclass(frozen=True)
class RandomPerUser:
    """Hold out a share of every user's interactions at random; at least one stays in train.

    ``valid`` and ``test`` are shares of the user's interactions, rounded down; a user of ten or more gives to both.
    """

    valid: float = 0.1
    test: float = 0.2
    seed: int = 0

    def split(self, log: InteractionLog) -> Split:
        """Return the rows of each part."""
        _check_shares(self.valid, self.test)
        train, valid, test = _draw_per_user(log.user_index, self.valid, self.test, self.seed)
        return Split(train, valid, test)


@dataclass(frozen=True)
class TimeSplit:
    """Cut all interactions at two moments: train before the first, test after the second, validation between.

    Interactions of one second stay together, so that no part knows another's present.
    """

    valid: float = 0.1
    test: float = 0.2

    def split(self, log: InteractionLog) -> Split:
        """Return the rows of each part.

        Raises:
            InputError: the interactions have no times, or differ too little in them to fill each part.
        """
        _check_shares(self.valid, self.test)
        if log.time is None:
            raise InputError(
                "a split by time needs interactions with times; name their time property in the schema, or split by random"
            )
        if not len(log):
            raise InputError("there are no interactions to split; load a data set that has some")
        moments = np.sort(log.time)
        begin_test = moments[min(int(len(log) * (1 - self.test)), len(log) - 1)]
        begin_valid = moments[int(len(log) * (1 - self.test - self.valid))]
        test = log.time >= begin_test
        valid = ~test & (log.time >= begin_valid)
        split = Split(*(np.flatnonzero(part) for part in (~test & ~valid, valid, test)))
        if not len(split.train) or not len(split.valid):
            raise InputError(
                f"a split by time found {len(split.train)} interactions before the first cut and {len(split.valid)} "
                "between the cuts; the times differ too little: split by random"
            )
        return split


@dataclass(frozen=True)
class GivenFiles:
    """Take the parts from files of pairs; interactions in no file are left out.

    A line is ``user id <tab> item id``, or LightGCN's ``user item item …``, in numbers for which ``user_list.txt`` and
    ``item_list.txt`` beside it have the ids. ``valid`` None: draws ``valid_share`` of each user's interactions from train.
    ``test`` may be None when the test interactions are not in the graph. A line does not say which domain its item is of: an id
    that a user met in two domains is refused.
    """

    train: Path
    valid: Path | None
    test: Path | None = None
    valid_share: float = 0.1
    seed: int = 0

    def split(self, log: InteractionLog) -> Split:
        """Return the rows of each part.

        Raises:
            InputError: a file that is missing or has other lines, a pair that the graph does not hold, one in two files, or one
                that may be of two domains.
        """
        users = list(map(str, log.user_ids.tolist()))
        items = [str(item) for ids in log.items.ids.values() for item in ids.tolist()]
        row_of: dict[tuple[str, str], int] = {}
        for row, (user, item) in enumerate(zip(log.user_index.tolist(), log.item_index.tolist(), strict=True)):
            pair = users[user], items[item]
            if log.item_index[row_of.setdefault(pair, row)] != item:
                raise InputError(
                    f"user {pair[0]!r} met an item {pair[1]!r} in each of two domains, which lines of the split's files do not "
                    "tell apart; give the items of the domains different ids, or split by random or time"
                )
            row_of[pair] = row
        train, valid, test = (_rows(path, row_of) for path in (self.train, self.valid, self.test))
        every = np.concatenate([train, valid, test])
        if len(np.unique(every)) != len(every):
            raise InputError(
                f"{len(every) - len(np.unique(every))} pairs of the split's files come twice; each may be in one file, once"
            )
        if self.valid is None:
            of_train = train
            left, drawn, _ = _draw_per_user(log.user_index[of_train], self.valid_share, 0.0, self.seed)
            train, valid = of_train[left], of_train[drawn]
        return Split(train, valid, test)


def _draw_per_user(user_index: Rows, valid: float, test: float, seed: int) -> tuple[Rows, Rows, Rows]:
    """Return the places of train, valid and test: of each user at random, shares rounded down."""
    draw = np.random.default_rng(seed).random(len(user_index))
    order = np.lexsort((draw, user_index))
    _, first, count = np.unique(user_index[order], return_index=True, return_counts=True)
    place = np.arange(len(user_index)) - np.repeat(first, count)
    of_user = np.repeat(count, count)
    in_test = place < np.floor(of_user * test)
    in_valid = ~in_test & (place < np.floor(of_user * test) + np.floor(of_user * valid))
    train, valid_, test_ = (np.sort(order[part]) for part in (~in_test & ~in_valid, in_valid, in_test))
    return train, valid_, test_


def _check_shares(valid: float, test: float) -> None:
    if not (valid > 0 and test > 0 and valid + test < 1):
        raise InputError(f"got shares valid={valid} and test={test}; expected both above 0 and less than 1 together")


def _rows(path: Path | None, row_of: dict[tuple[str, str], int]) -> Rows:
    if path is None:
        return np.zeros(0, np.int64)
    adjacent = is_adjacency(path)
    lines = read_pairs(path) if adjacent else read_rows(path, list(COLUMNS))
    bad = lines.left_out()
    if not bad.is_empty():
        expected = bad["reason"][0] if adjacent else "expected a user id, a tab, an item id"
        raise InputError(f"{path}, line {bad['line'][0]}: got {bad['row'][0]!r}; {expected}")
    rows, missing = [], []
    for number, user, item in lines.frame.select(LINE, *COLUMNS).iter_rows():
        if (user, item) in row_of:
            rows.append(row_of[user, item])
        else:
            missing.append((number, user, item))
    if missing:
        number, user, item = missing[0]
        raise InputError(
            f"{path}: {len(missing)} of {len(rows) + len(missing)} pairs are not in the graph, the first in line {number} "
            f"(user {user!r}, item {item!r}); load the data set that the split was made from"
        )
    return np.sort(np.asarray(rows, np.int64))
