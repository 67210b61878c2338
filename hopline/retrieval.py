"""What finds recommendations: a release's vectors, or neighbours of what a user met with them, as validation chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gnn.baselines import RP3beta, tune
from gnn.evaluate import Scorer
from gnn.fuse import choose
from gnn.fused_retrieval import FusedRetrieval
from gnn.holdout import Holdout
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff
from graph.fused import MOST_MET, SHARE
from graph.neighbours import MOST_NEIGHBOURS, Retrieve, SimilarItems
from graph.progress import OnStage
from hopline.config import Config
from hopline.fusion import FusedVectors, Pairs, is_too_much
from hopline.held_out import figure_of
from hopline.neighbours import USUAL_NEIGHBOURS, neighbours_by_ease, neighbours_by_walks
from hopline.split_log import SplitLog
from loaders.splits import Rows

_GRID = {**RP3beta.GRID, "neighbours": (MOST_NEIGHBOURS,)}


@dataclass(frozen=True)
class Retrieval:
    """What finds recommendations best, and items' neighbours, None: there are none but those of the vectors themselves.

    ``told``: settings and figures on validation that decided, empty where nothing was tried.
    """

    retrieve: Retrieve
    similar: SimilarItems | None = None
    told: dict[str, Any] = field(default_factory=dict)

    def metrics(self, metric: str) -> dict[str, float]:
        """Return the figure on validation, by its name, of what vectors and neighbours find together, where they are chosen."""
        if self.retrieve == "vectors":
            return {}
        return {figure_of(metric, self.retrieve): self.told[f"valid/{metric}"][self.retrieve]}


def choose_retrieval(
    fused: FusedVectors, parts: SplitLog, pairs: Pairs, metric: str, config: Config, on_stage: OnStage
) -> Retrieval:
    """Return what finds recommendations best on validation, by ``metric``, such as "ndcg@20".

    Vectors that are fused with others know what neighbours would tell. Where that is too much and the network is alone,
    neighbours by walks are tried beside them, and taken where validation surely gains by it.
    """
    items = parts.log.items
    if fused.ease is not None:
        return Retrieval("vectors", neighbours_by_ease(fused.ease, items))
    if not is_too_much(pairs, config.fuse) or config.publish.similar == 0:
        return Retrieval("vectors")
    on_stage("tuning RP3beta, to find what is near to what users met, on validation", 0, 0)
    params = tune(RP3beta, pairs.train, pairs.valid, metric, grid=_GRID).best.params
    on_train = neighbours_by_walks(params["alpha"], params["beta"], pairs.train, items)
    near = on_train.first(config.publish.similar or USUAL_NEIGHBOURS)
    ways: dict[str, Scorer] = {
        "vectors": fused.validated,
        "vectors+similar": retrieved(fused.validated, near, parts, parts.split.train, pairs.holdout, cutoff(metric)),
    }
    choice = choose(ways, "vectors", pairs.holdout, metric)
    told = {"params": {"RP3beta": params}, f"valid/{metric}": dict(choice.tried)}
    return Retrieval(
        "vectors" if choice.taken == "vectors" else "vectors+similar",
        on_train if pairs.learnt is pairs.train else neighbours_by_walks(params["alpha"], params["beta"], pairs.learnt, items),
        told,
    )


def retrieved(
    vectors: VectorScorer, similar: SimilarItems | None, parts: SplitLog, learnt: Rows, holdout: Holdout, k: int
) -> Scorer:
    """Return what ranks as answers of ``k`` items do, by vectors and neighbours of what users met; None: by vectors alone.

    ``learnt``: the interactions that users had by then, rows of the log; what they met is never shown.
    """
    if similar is None:
        return vectors
    met = parts.last_liked(learnt, MOST_MET).matrix()
    domains = list(holdout.domains.values())
    return FusedRetrieval(vectors, similar.matrix(), met, holdout.seen, domains, k, SHARE)
