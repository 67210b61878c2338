"""What is known of nodes, as sparse rows: the facts that they are in, and their features."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from graph.snapshot import Snapshot
from loaders.facts import facts_of
from loaders.features import PADDING, NodeFeatures


def describe(snapshot: Snapshot, label: str, features: NodeFeatures) -> sparse.csr_array:
    """Return what is known of the nodes of a label, float32[num_nodes, any]; the row of one of which nothing is known is empty.

    Facts, by tf-idf, are a row of length one, and so is each property with categories; numbers are divided by the root of how
    many there are, so that no kind of knowledge outweighs another by having many columns.
    """
    dense = np.where(features.known[:, None], features.dense, 0) / np.sqrt(max(1, features.dense.shape[1]))
    num_nodes, width = features.categories.shape
    node = np.repeat(np.arange(num_nodes), width)
    is_some = features.categories.ravel() != PADDING
    where = node[is_some], features.categories.ravel()[is_some]
    categories = sparse.csr_array((features.weights.ravel()[is_some], where), shape=(num_nodes, features.num_categories))
    found = sparse.csr_array(sparse.hstack([facts_of(snapshot, label), categories, sparse.csr_array(dense)]), dtype=np.float32)
    found.eliminate_zeros()
    used, column = np.unique(found.indices, return_inverse=True)
    return sparse.csr_array((found.data, column, found.indptr), shape=(num_nodes, len(used)))
