"""What the encoder reads of the nodes: their features and, if wanted, the vectors of the knowledge graph beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gnn.kge import KgeConfig, train_embedding
from graph.progress import OnStage
from graph.snapshot import Snapshot, Triple
from loaders.features import NodeFeatures
from loaders.features.vector import Vector
from loaders.triples import read_triples


def encoder_inputs(
    snapshot: Snapshot,
    features: Mapping[str, NodeFeatures],
    config: KgeConfig,
    on_stage: OnStage,
    fact_rows: Mapping[Triple, NDArray[np.int64]] | None = None,
) -> dict[str, NodeFeatures]:
    """Return the inputs of all nodes by label, which begin with their ``features``.

    With ``[kge] input``, vectors are learnt from the facts of ``fact_rows`` alone (None: all), never from interactions, so that
    what the encoder is measured on has no part in them. Nodes without a fact get zeros.
    """
    inputs = dict(features)
    known = read_triples(snapshot, fact_rows)
    if not config.input or not len(known.triples):
        return inputs
    on_stage(f"embedding {len(known.triples):,} facts by {config.model}", 0, 0)
    vectors, joined = train_embedding(known.triples, config).vectors(), known.triples.joined()
    for label, place in known.labels.items():
        # Scaled as vectors that nodes bring along are: a whole one weighs about as much as one standardised number.
        column = [vector if told else None for vector, told in zip(vectors[place], joined[place], strict=True)]
        inputs[label] = NodeFeatures.side_by_side([inputs[label], Vector.fit(column).transform(column)], len(column))
    return inputs
