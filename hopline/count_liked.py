"""How many events of each user a graph holds, as it is read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.asking import liking_types
from graph.snapshot import Snapshot


def count_liked(snapshot: Snapshot) -> NDArray[np.int64]:
    """Return how many events that tell of liking each user has, int64[num_users], in the order of the snapshot's users.

    Held-out ones count too, as what is compared with it is the graph.
    """
    schema = snapshot.schema
    liked = set(liking_types(schema))
    number = np.zeros(len(snapshot.nodes[schema.user.label].ids), np.int64)
    for kind in schema.interactions:
        if kind.type in liked:
            number += np.bincount(snapshot.edges[kind.triple].source, minlength=len(number))
    return number
