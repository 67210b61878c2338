"""Friends held out and found again: `hopline people` beside simpler rankings of the same ties, all tuned on validation.

A tenth of the pairs of friends leaves the files before they are loaded. Of the rest the product holds out a tenth again to
validate on, peers are tuned on the same, and all learn from both in the end. Everyone is ranked for everyone with a friend to
find, but oneself and known friends. Ours is what Neo4j answers. Three seeds, of what is held out and of the model alike.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.data_sets import DataSet, find
from benchmarks.server import fresh_database
from gnn.evaluate import Scorer, evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.ties import Ends, ends_of, people_holdout, ties
from gnn.vector_scorer import VectorScorer
from graph.errors import NotFoundError
from graph.snapshot import Snapshot, read_snapshot
from hopline.config import read_config
from hopline.errors import InputError
from hopline.peers import fit_peers
from hopline.recommender import Recommender
from hopline.run_folder import read_run
from hopline.validated_part import FRIENDS_HELD_OUT
from loaders.sampling.held_out import hold_out_friends

K = 20
METRICS = (f"recall@{K}", f"ndcg@{K}")
SEEDS = (0, 1, 2)
SHARE = 0.1
_FRIENDS = "user_friends.txt"
_WEAKEST = 1e6


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return means over seeds, their spread, and the ratio to the best peer of each metric."""
    data = find(dataset or "lastfm-kg")
    if not (data.folder / _FRIENDS).is_file():
        raise InputError(f"this needs {data.folder / _FRIENDS}, which says who is a friend of whom; take lastfm-kg")
    found: dict[str, list[dict[str, float]]] = {}
    for seed in SEEDS:
        for name, metrics in _measure(data, seed, say).items():
            found.setdefault(name, []).append(metrics)
            say(f"{name}, seed {seed}: " + ", ".join(f"{metric} {value:.4f}" for metric, value in metrics.items()))
    means = {name: {metric: mean(one[metric] for one in of) for metric in METRICS} for name, of in found.items()}
    ours = means.pop("hopline")
    best = {metric: max(means, key=lambda name: means[name][metric]) for metric in METRICS}
    return {
        "dataset": data.name,
        "hopline": ours,
        "spread": {name: {metric: stdev(one[metric] for one in of) for metric in METRICS} for name, of in found.items()},
        "others": means,
        "best": best[f"ndcg@{K}"],
        "ratio_ndcg": ours[f"ndcg@{K}"] / means[best[f"ndcg@{K}"]][f"ndcg@{K}"],
        "ratio_recall": ours[f"recall@{K}"] / means[best[f"recall@{K}"]][f"recall@{K}"],
    }


def _measure(data: DataSet, seed: int, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="hopline-people-") as scratch, fresh_database() as database:
        folder = Path(scratch)
        data.copy_without_test(folder / "files")
        held = _take_out_friends(folder / "files" / _FRIENDS, seed)
        config = read_config(run_folder=folder / "run", split=data.split_config(), tasks={"people": {}})
        recommender = Recommender(config, database)
        say(recommender.load(folder / "files").written.summary())
        recommender.compile(train={"seed": seed, "metric": "people"}).fit().publish()
        snapshot = read_snapshot(database, recommender.schema)
        label = snapshot.schema.user.label
        ids = snapshot.nodes[label].ids.tolist()
        index = {str(user): place for place, user in enumerate(ids)}
        (friend,) = (kind.triple for kind in snapshot.schema.social)
        pairs = [(index[one], index[other]) for one, other in held if one in index and other in index]
        wanted = {friend: (np.array([one for one, _ in pairs]), np.array([other for _, other in pairs]))}
        known = {friend: (snapshot.edges[friend].source, snapshot.edges[friend].target)}
        holdout = people_holdout(known, wanted, snapshot.schema, len(ids))
        assert holdout is not None
        scorers: dict[str, Scorer] = {"hopline": _Asked(recommender, ids)}
        served = read_run(config.run_folder).users.vectors
        scorers["vectors of the ranking of items"] = VectorScorer(served, served)
        scorers |= _others(snapshot, known, seed, say)
        return {name: _figures(scorer, holdout) for name, scorer in scorers.items()}


def _figures(scorer: Scorer, holdout: Holdout) -> dict[str, float]:
    metrics = evaluate(scorer, holdout, ks=(K,)).metrics
    return {metric: metrics[metric] for metric in METRICS}


def _others(snapshot: Snapshot, known: Ends, seed: int, say: Callable[[str], None]) -> dict[str, Scorer]:
    number = len(snapshot.nodes[snapshot.schema.user.label].ids)
    kept, held = hold_out_friends(snapshot, FRIENDS_HELD_OUT, seed)
    of_train = {kind: (source[kept[kind]], target[kept[kind]]) for kind, (source, target) in known.items()}
    train, valid, both = (ties(ends, snapshot.schema, number) for ends in (of_train, ends_of(held, snapshot.schema), known))
    peers = fit_peers(train, valid, both, METRICS[1], on_peer=lambda name: say(f"tuning {name}"))
    return {name: peer.scorer for name, peer in peers.fitted.items()} | {"adamic-adar": _AdamicAdar(both)}


def _take_out_friends(path: Path, seed: int) -> list[tuple[str, str]]:
    """Take a tenth of the pairs of friends out of a file, both ways round, and return them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    of_line = [tuple(sorted(line.split("\t")[:2])) for line in lines]
    pairs = sorted(set(of_line))
    rows = np.random.default_rng(seed).permutation(len(pairs))[: int(SHARE * len(pairs))]
    held = {pairs[row] for row in rows.tolist()}
    kept = [line for line, pair in zip(lines, of_line, strict=True) if pair not in held]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return [(one, other) for one, other in sorted(held)]


class _Asked:
    """What the release answers, as scores: the best of K first, all others after."""

    def __init__(self, recommender: Recommender, ids: list[Any]) -> None:
        self._recommender = recommender
        self._ids = ids
        self._index = {user: place for place, user in enumerate(ids)}

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, number of users]."""
        scores = np.full((len(user_index), len(self._ids)), -_WEAKEST, np.float32)
        for row, user in enumerate(user_index.tolist()):
            try:
                items = self._recommender.people(self._ids[user], K).items
            except NotFoundError:  # has nothing that could be learnt from
                continue
            for place, item in enumerate(items):
                scores[row, self._index[item.id]] = -place
        return scores


class _AdamicAdar:
    """Friends in common, each counting by how few it has itself.

    Source: Adamic & Adar 2003, Friends and neighbors on the Web (Social Networks).
    """

    def __init__(self, pairs: Interactions) -> None:
        self._has = pairs.matrix()
        self._weight = sparse.diags_array(1 / np.log(np.maximum(self._has.sum(axis=0), 2)))

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Map int64[b] to float32[b, number of users]."""
        return np.asarray((self._has[user_index] @ self._weight @ self._has.T).toarray(), np.float32)
