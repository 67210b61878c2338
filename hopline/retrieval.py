"""What finds recommendations: a release's vectors, or neighbours of what a user met with them, as validation chooses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gnn.baselines import RP3beta, tune
from gnn.evaluate import Scorer
from gnn.fuse import Choice, choose
from gnn.fused_retrieval import FusedRetrieval
from gnn.holdout import Holdout
from gnn.vector_scorer import VectorScorer
from gnn.watched import cutoff
from graph.fused import MOST_MET, SHARE
from graph.neighbours import MOST_NEIGHBOURS, Retrieve, SimilarItems
from graph.progress import OnStage
from hopline.config import Config
from hopline.fusion import FusedVectors
from hopline.held_out import figure_of
from hopline.neighbours import USUAL_NEIGHBOURS, neighbours_by_ease, neighbours_by_walks
from hopline.pairs import Pairs
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


@dataclass(frozen=True)
class TriedNeighbours:
    """Neighbours by walks, ``on_train`` alone, that are tried beside vectors on validation: the strongest ``number`` of each.

    ``params`` are those of the walks, tuned on validation.
    """

    params: dict[str, float]
    on_train: SimilarItems
    parts: SplitLog
    pairs: Pairs
    number: int

    @classmethod
    def of(cls, parts: SplitLog, pairs: Pairs, metric: str, config: Config, on_stage: OnStage) -> TriedNeighbours | None:
        """Return them, None where none are tried: vectors are fused with models that know as much, or none are wanted."""
        if not pairs.is_too_much(config.fuse) or config.publish.similar == 0:
            return None
        on_stage("tuning RP3beta, to find what is near to what users met, on validation", 0, 0)
        params = tune(RP3beta, pairs.train, pairs.valid, metric, grid=_GRID).best.params
        on_train = neighbours_by_walks(params["alpha"], params["beta"], pairs.train, parts.log.items)
        return cls(params, on_train, parts, pairs, config.publish.similar or USUAL_NEIGHBOURS)

    def beside(self, vectors: VectorScorer, k: int) -> Scorer:
        """Return what ranks by ``vectors`` and by them, as answers of ``k`` items do."""
        near, parts, holdout = self.on_train.first(self.number), self.parts, self.pairs.holdout
        return retrieved(vectors, near, parts, parts.split.train, holdout, k)

    def chosen(self, vectors: VectorScorer, metric: str) -> Choice:
        """Return what finds best by ``metric``, by its name: "vectors", or with neighbours where they surely gain by it."""
        ways: dict[str, Scorer] = {"vectors": vectors, "vectors+similar": self.beside(vectors, cutoff(metric))}
        return choose(ways, "vectors", self.pairs.holdout, metric)

    def learnt(self) -> SimilarItems:
        """Return neighbours by the same walks over all that is learnt in the end."""
        learnt, params = self.pairs.learnt, self.params
        if learnt is self.pairs.train:
            return self.on_train
        return neighbours_by_walks(params["alpha"], params["beta"], learnt, self.parts.log.items)


def choose_retrieval(
    fused: FusedVectors, parts: SplitLog, pairs: Pairs, metric: str, config: Config, on_stage: OnStage
) -> Retrieval:
    """Return what finds recommendations best on validation, by ``metric``, such as "ndcg@20".

    Vectors that are fused with others know what neighbours would tell. Where that is too much and the network is alone,
    neighbours by walks are tried beside them, and taken where validation surely gains by it.
    """
    if fused.ease is not None:
        return Retrieval("vectors", neighbours_by_ease(fused.ease, parts.log.items))
    tried = TriedNeighbours.of(parts, pairs, metric, config, on_stage)
    if tried is None:
        return Retrieval("vectors")
    choice = tried.chosen(fused.validated, metric)
    told = {"params": {"RP3beta": tried.params}, f"valid/{metric}": dict(choice.tried)}
    return Retrieval("vectors" if choice.taken == "vectors" else "vectors+similar", tried.learnt(), told)


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
