"""Which of the nodes that a run knows those of a graph are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hopline.run_folder import Run


def rows_of(ids: NDArray[Any], known: NDArray[Any]) -> NDArray[np.int64]:
    """Return the row among ``known`` of each id, int64[n], -1 where it is none. They compare as text."""
    place = {node_id: row for row, node_id in enumerate(map(str, known.tolist()))}
    return np.array([place.get(node_id, -1) for node_id in map(str, ids.tolist())], np.int64)


def item_rows(run: Run, ids: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """Return the row among a run's items of each item of a graph, int64[num_items], -1 where it has none."""
    first, places = 0, {}
    for part in run.items:
        places[part.label] = (first, part.ids)
        first += len(part.ids)
    found = []
    for label, of_graph in ids.items():
        start, known = places.get(label, (0, np.zeros(0, str)))
        rows = rows_of(of_graph, known)
        found.append(np.where(rows >= 0, start + rows, -1))
    return np.concatenate(found)
