"""Cut what each user did into sessions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sessions_back(user: NDArray[np.int64], time: NDArray[np.int64], gap_s: float) -> NDArray[np.int64]:
    """Return for each of n events, int64[n], how many sessions its user had after the one it is of.

    ``user``, ``time``: int64[n], in any order. Events of a user that follow each other by more than ``gap_s`` seconds
    are of two sessions.

    Source: the gap of 30 minutes is the web's convention; Halfaker et al. 2015 (arXiv:1411.2878) find a valley between the
    gaps within and between sessions near one hour, in most of what people do online.
    """
    order = np.lexsort((time, user))
    user, time = user[order], time[order]
    is_user = np.diff(user, prepend=-1) != 0
    begins = is_user | (np.diff(time, prepend=0) > gap_s)
    session = np.cumsum(begins)
    ends = np.append(np.flatnonzero(is_user)[1:], len(user)) - 1
    last = np.repeat(session[ends], np.diff(np.append(np.flatnonzero(is_user), len(user)))) if len(user) else session
    back = np.empty(len(order), np.int64)
    back[order] = last - session
    return back
