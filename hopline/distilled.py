"""Small vectors that rank as what they are taught by, told of on the way."""

from __future__ import annotations

from scipy import sparse

from gnn.compress import DistilConfig, Rounding, distil, shorten
from gnn.evaluate import Scorer
from gnn.vector_scorer import VectorScorer
from graph.progress import OnStage


def distilled(
    teacher: Scorer,
    vectors: VectorScorer,
    seen: sparse.csr_array,
    size: int,
    config: DistilConfig,
    on_stage: OnStage,
    rounding: Rounding | None = None,
) -> VectorScorer:
    """Return vectors of at most ``size`` numbers that rank what users have not ``seen`` as ``teacher`` does.

    They begin as ``vectors`` of it, shortened, and items stay as like each other as they are there.
    """
    start = shorten(vectors, size)
    stage = f"distilling into {start.items.shape[1]} numbers a vector"
    return distil(
        teacher,
        start,
        seen,
        config,
        rounding,
        alike=vectors.items,
        on_batch=lambda done, total: on_stage(stage, done, total),
    )
