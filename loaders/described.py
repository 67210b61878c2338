"""What is known of nodes, as sparse rows: the facts that they are in, and their features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.snapshot import Snapshot
from loaders.facts import facts_of
from loaders.features import PADDING, NodeFeatures


def describe(snapshot: Snapshot, label: str, rows: NDArray[np.int64], features: NodeFeatures) -> sparse.csr_array:
    """Return what is known of the nodes of a label at ``rows`` int64[n], float32[n, any]; nothing known is an empty row.

    ``features`` are of these rows. Facts, by tf-idf among all nodes of the label, are a row of length one, and so is each
    property with categories; numbers are divided by the root of how many there are, so that no kind of knowledge outweighs
    another by having many columns.
    """
    width = np.float32(np.sqrt(max(1, features.dense.shape[1])))
    dense = np.where(features.known[:, None], features.dense, np.float32(0)) / width
    num_categories = features.categories.shape[1]
    node = np.repeat(np.arange(len(rows)), num_categories)
    is_some = features.categories.ravel() != PADDING
    where = node[is_some], features.categories.ravel()[is_some]
    categories = sparse.csr_array((features.weights.ravel()[is_some], where), shape=(len(rows), features.num_categories))
    facts = facts_of(snapshot, label)[rows]
    found = sparse.csr_array(sparse.hstack([facts, categories, sparse.csr_array(dense)]), dtype=np.float32)
    found.eliminate_zeros()
    used, column = np.unique(found.indices, return_inverse=True)
    return sparse.csr_array((found.data, column.astype(np.int32), found.indptr), shape=(len(rows), len(used)))
