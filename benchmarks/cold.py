"""Users and items that no training has seen: users after their first few events, items by what is known of them.

A fifth of the users and a tenth of the items lose all interactions before anything is learnt; nodes, features and facts stay.
Users met again: after their first 1, 3, 5 and 10 items, by time where there are times, the rest is to be found among all items.
ItemKNN and EASE are folded in, with settings tuned for each number of events on users held out of those learnt from. Items met
again: by the users who met them, ranked among each other and among all. Three seeds, with other users and items each.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from statistics import mean, stdev
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.data_sets import DataSet, find
from benchmarks.server import fresh_database
from gnn.baselines import EASE, ItemKNN
from gnn.evaluate import Scorer, evaluate
from gnn.holdout import Holdout
from gnn.inductive import Histories, Student
from gnn.inductive.newcomers import Newcomers
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from graph.progress import silent
from graph.snapshot import EdgeColumns, Snapshot, read_snapshot
from hopline.config import read_config
from hopline.fit import fit
from hopline.recommender import Recommender
from loaders.facts import facts_of
from loaders.interactions import read_interactions
from loaders.traits import read_traits

K = 20
NUMBERS = (1, 3, 5, 10)
SEEDS = (0, 1, 2)
NEW_ITEMS = 0.1
_USER_GROUPS = 5  # the first three are met again, one a seed; those of the others had a say in how the student is made
_GROUPS_SEED = 12345
_KNN = tuple(product((50, 200, 1000), (0.0, 10.0, 50.0, 100.0, 300.0)))
_EASE = (25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 2000.0, 10_000.0)
_VECTORS_TIMED = 1000

M = TypeVar("M", bound=EASE | ItemKNN)


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return NDCG@20 by number of events and Recall@20 of new items, means over seeds, and the ratios to the best peer."""
    data = find(dataset or "ml100k")
    users: dict[str, list[dict[int, float]]] = {}
    items: dict[str, list[dict[str, float]]] = {}
    millis = []
    with tempfile.TemporaryDirectory(prefix="hopline-cold-") as scratch, fresh_database() as database:
        config = read_config(run_folder=Path(scratch) / "run", split={"test": 0.001})  # of no user as much as one interaction
        recommender = Recommender(config, database)
        say(recommender.load(data.folder).written.summary())
        whole = _known_to_the_split(read_snapshot(database, recommender.schema), data)
        for seed in SEEDS:
            case = _Case.of(whole, seed)
            folder = Path(scratch) / f"run-{seed}"
            settings = recommender.compile(train={"seed": seed}).config.model_copy(update={"run_folder": folder})
            trained = fit(case.learnt, settings, int(time.time()), silent, _unheard, _unheard, _unheard)
            assert trained.student is not None
            served = trained.scorer()
            traits = _traits(case.learnt, trained.student)
            asked = {
                number: trained.student.vectors(of.known, None if traits is None else traits[of.users])
                for number, of in case.newcomers.items()
            }
            of_users = {
                "hopline": {n: _ndcg(VectorScorer(asked[n], served.items), of.holdout) for n, of in case.newcomers.items()}
            }
            of_users |= _peers(case)
            of_items = {"hopline": case.recall(served)}
            of_items |= {name: case.recall(one) for name, one in _content(case, seed).items()}
            millis.append(_vector_ms(trained.student, len(served.items)))
            for name, figures in of_users.items():
                users.setdefault(name, []).append(figures)
                say(f"users, seed {seed}, {name}: " + ", ".join(f"{n} events {value:.4f}" for n, value in figures.items()))
            for name, recalls in of_items.items():
                items.setdefault(name, []).append(recalls)
                say(f"items, seed {seed}, {name}: " + ", ".join(f"{among} {value:.4f}" for among, value in recalls.items()))
    return _summary(data.name, users, items, millis)


def _unheard(*_told: object) -> None:
    """Hear of progress, and say nothing."""


def _summary(
    name: str, users: dict[str, list[dict[int, float]]], items: dict[str, list[dict[str, float]]], millis: list[float]
) -> dict[str, Any]:
    by_users = {model: {n: mean(one[n] for one in found) for n in NUMBERS} for model, found in users.items()}
    by_items = {model: {among: mean(one[among] for one in found) for among in found[0]} for model, found in items.items()}
    ratios = {n: by_users["hopline"][n] / max(by_users["itemknn"][n], by_users["ease"][n]) for n in NUMBERS}
    new = {model: found["among new items"] for model, found in by_items.items()}
    return {
        "dataset": name,
        f"user_ndcg@{K}": by_users,
        "user_spread": {n: stdev(one[n] for one in users["hopline"]) for n in NUMBERS},
        "user_ratio": ratios,
        "user_ratio_min": min(ratios.values()),
        "user_ratio_popularity": {n: by_users["hopline"][n] / by_users["popularity"][n] for n in NUMBERS},
        f"item_recall@{K}": by_items,
        "item_ratio_popularity": new["hopline"] / new["popularity"],
        "item_ratio_content": new["hopline"] / new["content"],
        "vector_ms": mean(millis),
    }


@dataclass(frozen=True)
class _Case:
    """One seed's users and items that are kept from ``learnt``, and what there is to find.

    ``old``: the interactions that are learnt from; ``wanted``: those of the same users with new items. Peers are tuned on users
    of ``valid`` with what the others did, ``train`` float32[users, num_items], and then learn from ``train_and_valid``.
    """

    learnt: Snapshot
    newcomers: dict[int, Newcomers]
    old: Interactions
    train: sparse.csr_array
    train_and_valid: sparse.csr_array
    valid: dict[int, Newcomers]
    new_items: NDArray[np.int64]
    wanted: Interactions

    @classmethod
    def of(cls, whole: Snapshot, seed: int) -> _Case:
        log = read_interactions(whole)
        rng = np.random.default_rng(seed)
        num_users, num_items = len(log.user_ids), len(log.items)
        active = np.unique(log.user_index)
        by_number = active[np.argsort([int(raw) for raw in log.user_ids[active]])]
        groups = np.random.default_rng(_GROUPS_SEED).permutation(len(by_number)) % _USER_GROUPS
        kept_out = by_number[groups == seed]
        met = np.unique(log.item_index)
        new_items = np.sort(rng.choice(met, int(NEW_ITEMS * len(met)), replace=False))
        is_new, is_out = np.isin(log.item_index, new_items), np.isin(log.user_index, kept_out)

        def pairs(rows: NDArray[np.bool_]) -> Interactions:
            return Interactions(log.user_index[rows], log.item_index[rows], num_users, num_items)

        def histories(rows: NDArray[np.bool_]) -> Histories:
            return Histories.of(pairs(rows), None if log.time is None else log.time[rows], seed)

        everyone, old = histories(~is_new), histories(~is_new & ~is_out)
        others = np.setdiff1d(by_number, kept_out)
        held = others[np.arange(len(others)) % _USER_GROUPS == 0]
        rest = np.setdiff1d(others, held)
        return cls(
            learnt=_without(whole, is_new | is_out),
            newcomers=dict(_after(everyone, kept_out)),
            old=pairs(~is_new & ~is_out),
            train=old.starts(rest, old.counts[rest]),
            train_and_valid=old.starts(others, old.counts[others]),
            valid=dict(_after(old, held)),
            new_items=new_items,
            wanted=pairs(is_new & ~is_out),
        )

    def recall(self, scorer: Scorer) -> dict[str, float]:
        """Return the share of their new items that users find, among new items alone and among all that they have not met."""
        number = np.full(self.wanted.num_items, -1)
        number[self.new_items] = np.arange(len(self.new_items))
        none = np.zeros(0, np.int64)
        sizes = self.wanted.num_users, len(self.new_items)
        alone = Holdout(
            Interactions(none, none, *sizes), Interactions(self.wanted.user_index, number[self.wanted.item_index], *sizes)
        )
        return {
            "among new items": evaluate(_Columns(scorer, self.new_items), alone, ks=(K,)).metrics[f"recall@{K}"],
            "among all": evaluate(scorer, Holdout(self.old, self.wanted), ks=(K,)).metrics[f"recall@{K}"],
        }


@dataclass(frozen=True)
class _Columns:
    """A scorer of some of the items."""

    scorer: Scorer
    items: NDArray[np.int64]

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.scorer.score(user_index)[:, self.items]


@dataclass(frozen=True)
class _Given:
    """Scores float32[num_users, num_items] that are there."""

    scores: NDArray[np.float32]

    def score(self, user_index: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.scores[user_index]


def _after(histories: Histories, users: NDArray[np.int64]) -> Iterator[tuple[int, Newcomers]]:
    for number in NUMBERS:
        found = Newcomers.after(histories, users, number)
        assert found is not None
        yield number, found


def _ndcg(scorer: Scorer, holdout: Holdout) -> float:
    return evaluate(scorer, holdout, ks=(K,)).metrics[f"ndcg@{K}"]


def _peers(case: _Case) -> dict[str, dict[int, float]]:
    """Return NDCG by number of events of each peer, with the settings that did best after as many on ``case.valid``."""
    found: dict[str, dict[int, float]] = {}
    made: dict[str, list[Callable[[], EASE | ItemKNN]]] = {
        "itemknn": [partial(ItemKNN, int(neighbours), shrinkage) for neighbours, shrinkage in _KNN],
        "ease": [partial(EASE, reg) for reg in _EASE],
    }
    for name, settings in made.items():
        tried = []
        for make in settings:
            model = _fitted(make(), case.train)
            tried.append([_ndcg(_Given(model.fold_in(of.known)), of.holdout) for of in case.valid.values()])
        best = dict(zip(case.valid, np.argmax(tried, axis=0).tolist(), strict=True))
        models = {number: _fitted(settings[number](), case.train_and_valid) for number in set(best.values())}
        found[name] = {
            number: _ndcg(_Given(models[best[number]].fold_in(of.known)), of.holdout) for number, of in case.newcomers.items()
        }
    popularity = np.bincount(case.train_and_valid.indices, minlength=case.wanted.num_items).astype(np.float32)
    found["popularity"] = {
        number: _ndcg(_Given(np.tile(popularity, (of.known.shape[0], 1))), of.holdout) for number, of in case.newcomers.items()
    }
    return found


def _fitted(model: M, pairs: sparse.csr_array) -> M:
    user, item = (index.astype(np.int64) for index in pairs.tocoo().coords)
    model.fit(user, item, *pairs.shape)
    return model


def _content(case: _Case, seed: int) -> dict[str, Scorer]:
    """Return what new items can be ranked by without the network.

    Popularity, which nobody has yet who is new, so that chance decides among them; and content: the cosine of an item's facts,
    each by how few items have it (tf-idf), with the sum of those of the items that a user met.
    """
    popularity = np.bincount(case.old.item_index, minlength=case.old.num_items)
    by_chance = (popularity + np.random.default_rng(seed).random(len(popularity))).astype(np.float32)
    facts = facts_of(case.learnt, case.learnt.schema.items[0].label)
    met = case.old.matrix()
    return {
        "popularity": _Given(np.broadcast_to(by_chance, (case.old.num_users, len(by_chance)))),
        "content": _Given(np.asarray((met @ facts @ facts.T).toarray(), np.float32)),
    }


def _without(snapshot: Snapshot, is_out: NDArray[np.bool_]) -> Snapshot:
    """Return the snapshot without some interactions, bool[n] as :func:`loaders.interactions.read_interactions` has them."""
    edges, first = dict(snapshot.edges), 0
    for kind in snapshot.schema.interactions:
        old = edges[kind.triple]
        kept = ~is_out[first : first + len(old.source)]
        first += len(old.source)
        edges[kind.triple] = EdgeColumns(
            old.source[kept],
            old.target[kept],
            None if old.value is None else old.value[kept],
            None if old.time is None else old.time[kept],
        )
    return replace(snapshot, edges=edges)


def _traits(snapshot: Snapshot, student: Student) -> sparse.csr_array | None:
    """Return what users are, as the student knows them, those met again included: nodes and their properties stay."""
    if student.sum.traits is None:
        return None
    return read_traits(snapshot.nodes[snapshot.schema.user.label], student.sum.traits.groups)


def _known_to_the_split(snapshot: Snapshot, data: DataSet) -> Snapshot:
    """Return the snapshot without interactions with items that the data set's split leaves out, as those of no entity."""
    log = read_interactions(snapshot)
    known = data.index("item_list")
    ids = np.concatenate(list(log.items.ids.values()))
    is_known = np.array([str(raw) in known for raw in ids.tolist()])
    return _without(snapshot, ~is_known[log.item_index])


def _vector_ms(student: Student, num_items: int) -> float:
    """Return milliseconds for the vector of a user of ten events."""
    items = np.random.default_rng(0).integers(num_items, size=(_VECTORS_TIMED, 10))
    started = time.perf_counter()
    for of_user in items:
        student.vector(of_user)
    return 1000 * (time.perf_counter() - started) / _VECTORS_TIMED
