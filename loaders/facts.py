"""What is known of items, as sparse rows that compare: two are alike that share facts which few have."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from graph.snapshot import Snapshot


def facts_of(snapshot: Snapshot, label: str) -> sparse.csr_array:
    """Return the facts of the nodes of a label by tf-idf, rows of length one or of zeros, float32[num_nodes, any]."""
    size = len(snapshot.nodes[label].ids)
    blocks = [sparse.csr_array((size, 0), dtype=np.float32)]
    for kind in snapshot.schema.knowledge:
        edges = snapshot.edges[kind.triple]
        for end, other, of, to in (
            (kind.source, kind.target, edges.source, edges.target),
            (kind.target, kind.source, edges.target, edges.source),
        ):
            if end == label:
                shape = size, len(snapshot.nodes[other].ids)
                blocks.append(sparse.csr_array((np.ones(len(of), np.float32), (of, to)), shape=shape))
    told = sparse.csr_array(sparse.hstack(blocks))
    told.sum_duplicates()
    told.data[:] = np.log(size / np.bincount(told.indices)[told.indices])
    length = np.sqrt(np.asarray(told.power(2).sum(axis=1)))
    return sparse.csr_array(sparse.diags_array(1 / np.where(length > 0, length, 1)) @ told, dtype=np.float32)
