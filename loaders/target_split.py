"""Hold out only what is to be measured, and nothing in train that gives it away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loaders.interactions import InteractionLog
from loaders.splits import Split, Splitter, TimeSplit

_TRAIN, _VALID, _TEST, _NOWHERE = 0, 1, 2, -1


def split_targets(log: InteractionLog, splitter: Splitter, target: NDArray[np.bool_], *, pairs_together: bool = True) -> Split:
    """Split the interactions that ``target``, bool[n], picks; train on all others, but for what gives one away.

    A split by time cuts the others at the same moments. With ``pairs_together``, all interactions of one user and item
    go to the
    latest part that any of them is of: who put in the cart what the test has them buy would be too easy to tell. Without, the
    cart stays in train, and the pair, being met, is not measured. So it should be in a split by time: which earlier
    interactions are missing would tell of later ones. What is measured of a part are its targets.

    Raises:
        InputError: the targets cannot be split as asked.
    """
    rows = np.flatnonzero(target)
    chosen = splitter.split(log.of_rows(rows))
    part = np.full(len(log), _TRAIN)
    part[rows] = _NOWHERE
    for number, of_part in ((_TRAIN, chosen.train), (_VALID, chosen.valid), (_TEST, chosen.test)):
        part[rows[of_part]] = number
    if isinstance(splitter, TimeSplit) and log.time is not None:
        for number in (_VALID, _TEST):
            if (part[rows] == number).any():
                begin = log.time[rows][part[rows] == number].min()
                part[~target & (log.time >= begin)] = number
    if pairs_together:
        _, pair = np.unique(log.user_index * (log.item_index.max(initial=0) + 1) + log.item_index, return_inverse=True)
        latest = np.full(pair.max(initial=-1) + 1, _NOWHERE)
        np.maximum.at(latest, pair, part)
        part = np.where(latest[pair] > _TRAIN, latest[pair], part)
    return Split(*(np.flatnonzero(part == number) for number in (_TRAIN, _VALID, _TEST)))
