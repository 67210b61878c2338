"""Which of the nodes that a run knows those of a graph are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rows_of(ids: NDArray[Any], known: NDArray[Any]) -> NDArray[np.int64]:
    """Return the row among ``known`` of each id, int64[n], -1 where it is none. They compare as text."""
    place = {node_id: row for row, node_id in enumerate(map(str, known.tolist()))}
    return np.array([place.get(node_id, -1) for node_id in map(str, ids.tolist())], np.int64)
