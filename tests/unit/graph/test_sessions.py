import numpy as np

from graph.sessions import sessions_back


def test_sessions_are_cut_at_gaps_longer_than_told():
    user = np.array([1, 0, 0, 0, 0])
    time = np.array([0, 5000, 0, 1800, 3600])
    assert sessions_back(user, time, 1800).tolist() == [0, 0, 0, 0, 0]
    assert sessions_back(user, time, 1799).tolist() == [0, 0, 2, 1, 0]
    assert sessions_back(user[:0], time[:0], 1).tolist() == []
