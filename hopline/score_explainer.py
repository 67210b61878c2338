"""Why the network scores an item as it does for a user: what each path brought to the score, and what is left without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gnn.attribution import Propagation, attribute, choose_paths, find_paths, measure_faithfulness
from gnn.train import TrainedModel
from graph.asking import domains_to_look_in, either_type, no_such_node
from graph.progress import OnStage
from graph.schema import NodeKind
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.path_words import PathWords
from hopline.run_folder import Run
from hopline.trained_network import read_network


@dataclass(frozen=True)
class ScoredPath:
    """Paths that are one reason: what their relationships ``brought`` to the model score, and which ``share`` of it that is.

    ``nodes`` and ``types`` are those between user and item, as of :class:`graph.explain.Path`; of several people who are one
    reason, ``nodes`` names all. ``share`` is None where the score is not above 0.
    """

    share: float | None
    brought: float
    sentence: str
    nodes: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class ScoreExplanation:
    """The model score, a cosine from −1 to 1, and what made it: ``own`` + what the ``paths`` brought + ``others``.

    ``own`` is the score by what was learnt of user and item themselves, without any relationship; ``others`` what all other
    relationships brought. ``without_paths``: the score with the paths' relationships left out; ``without_random``: with as many
    of the same types at random, a mean over draws. An explanation tells the truth where the first is the lower one.
    """

    score: float
    own: float
    paths: list[ScoredPath]
    others: float
    without_paths: float
    without_random: float


class ScoreExplainer:
    """Explains scores of one trained network; made once, it answers a pair in milliseconds.

    The score is the network's own. What is served may be fused with other models (``[fuse]``), which are not explained.
    """

    def __init__(self, trained: TrainedModel, snapshot: Snapshot) -> None:
        self.steps = Propagation.of(trained.model, trained.data)
        self._snapshot = snapshot
        self._words = PathWords(self.steps, trained.data, snapshot)
        self._places: dict[str, dict[Any, int]] = {}

    @classmethod
    def of(cls, run: Run, snapshot: Snapshot, config: Config, on_stage: OnStage) -> ScoreExplainer:
        """Read back the network of a run.

        Raises:
            TrainingError: the graph changed since, or the run's checkpoints are gone.
        """
        return cls(*read_network(run, snapshot, config, on_stage))

    def explain(self, user_id: Any, item_id: Any, limit: int = 5, domain: str | None = None) -> ScoreExplanation:
        """Return the at most ``limit`` paths that account for most of a score, of one to three relationships each.

        A relationship counts once, for the first path that it is on, so that shares add up.

        Raises:
            SchemaError: the graph has no such domain.
            NotFoundError: no such user or item.
        """
        user, item = self.ends(user_id, item_id, domain)
        made = attribute(self.steps, user, item)
        paths = choose_paths(find_paths(self.steps, user, item, made.relationships), made.relationships, limit)
        taken = np.unique(np.array([one for path in paths for one in path.relationships], np.int64))
        found = measure_faithfulness(self.steps, user, item, taken)
        told = [
            ScoredPath(
                share=reason.brought / made.score if made.score > 0 else None,
                brought=reason.brought,
                sentence=reason.sentence,
                nodes=reason.nodes,
                types=reason.types,
            )
            for reason in self._words.reasons(paths)
        ]
        return ScoreExplanation(
            score=made.score,
            own=made.own,
            paths=told,
            others=made.score - made.own - sum(path.brought for path in told),
            without_paths=made.score - found.drop,
            without_random=made.score - found.drop_random,
        )

    def ends(self, user_id: Any, item_id: Any, domain: str | None = None) -> tuple[int, int]:
        """Return which nodes of ``steps`` a user and an item are.

        Raises:
            SchemaError: the graph has no such domain.
            NotFoundError: no such user or item.
        """
        schema = self._snapshot.schema
        return self._find([schema.user], user_id), self._find(domains_to_look_in(schema, domain), item_id)

    def _find(self, kinds: Sequence[NodeKind], node_id: Any) -> int:
        for kind in kinds:
            if kind.label not in self._places:
                self._places[kind.label] = {
                    one: place for place, one in enumerate(self._snapshot.nodes[kind.label].ids.tolist())
                }
            for same in either_type(node_id):
                if same in self._places[kind.label]:
                    return self.steps.begins[kind.label] + self._places[kind.label][same]
        raise no_such_node(kinds, node_id)
