"""What another release, or another share of exploration, would have got, from impressions that tell how likely each was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cypher import load
from gnn.fused_retrieval import FusedRetrieval
from gnn.interactions import Interactions
from gnn.off_policy import PolicyValue, policy_value
from gnn.vector_scorer import VectorScorer
from graph.chosen import TIMES_WIDER
from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import QuestionError
from graph.fused import MOST_MET, SHARE
from graph.met_items import MetItem, last_liked, read_met_items
from graph.neighbours import Retrieve
from graph.releases import active_release, complete_release
from graph.releases.stored import read_ranking, read_similar
from graph.schema import Schema
from hopline.errors import EvaluationError
from hopline.release_scorer import asked_by

MOST_ANSWERS = 200_000


@dataclass(frozen=True)
class OffPolicyReport:
    """What a release would have got had it chosen at each place that was logged, given what stood before it.

    It chooses by what it has learnt, without what users did since and without rules, among what ``retrieve`` finds;
    ``explore`` is its share of places at which any of the ``TIMES_WIDER`` times ``k`` best is drawn. ``left_out``: impressions
    that tell nothing of it, by the reason, which nothing is guessed of. ``value`` tells the rest.
    """

    release: int
    domain: str
    explore: float
    k: int
    retrieve: Retrieve
    value: PolicyValue
    left_out: dict[str, int]


@dataclass(frozen=True)
class Decisions:
    """What was shown, decision by decision, and how likely the other way was to show it: all [n]."""

    users: list[Any]
    clicked: list[float]
    propensity: list[float]
    chosen: list[float]


def estimate_off_policy(
    database: Database,
    schema: Schema,
    version: int | None = None,
    explore: float = 0.0,
    *,
    k: int = 10,
    domain: str | None = None,
    since_s: float = 0.0,
    clip: float | None = None,
    retrieve: Retrieve | None = None,
) -> OffPolicyReport:
    """Estimate what a release, None: the active one, would have got with the share ``explore``, from what was logged.

    Logged are impressions that carry a propensity, and tell their answer and place in it (``shown``), as what could still be
    chosen at a place depends on what stood before. ``since_s``: those since then alone, in seconds since 1970. ``retrieve``:
    ``[ask] retrieve``.

    Raises:
        QuestionError: ``explore`` is not from 0 to 1, or ``k`` below 1.
        SchemaError: the graph has no such domain.
        ReleaseError: there is no such release, or it knows nothing of the domain.
        EvaluationError: nothing that was logged tells of it; the message counts why.
    """
    if not 0 <= explore <= 1 or k < 1:
        raise QuestionError(f"got a share to explore of {explore} and {k} items; expected 0 to 1, and 1 item or more")
    item = schema.domain(domain)
    release = active_release(database) if version is None else complete_release(database, version)
    release.domain(item.label)
    names = {"user": schema.user.label, "item": item.label}
    (counts,) = database.read(load("experiments/count_impressions_by_use"), {"since_s": since_s}, names)
    left_out = {name: counts[name] for name in ("no_propensity", "bad_propensity", "no_answer")}
    keys = names | {"user_key": schema.user.key, "item_key": item.key}
    answers = database.read(load("experiments/read_logged_answers"), {"since_s": since_s, "limit": MOST_ANSWERS}, keys)
    used = counts["number"] - sum(left_out.values())
    left_out["older"] = used - sum(len(answer["shown"]) for answer in answers)
    users, of_domains = read_ranking(database, schema, release)
    (items,) = (part for part in of_domains if part.label == item.label)
    retrieve = asked_by(release, retrieve)
    similar = read_similar(database, schema, release, [items]) if retrieve == "vectors+similar" else None
    policy = ReleasePolicy(users, items, explore, k, None if similar is None else similar.matrix())
    decisions = Decisions([], [], [], [])
    met = read_met_items(database, schema, item, list(dict.fromkeys(answer["user_id"] for answer in answers)))
    for answer in answers:
        policy.judge(answer, met.get(answer["user_id"], ()), decisions, left_out)
    if len(set(decisions.users)) < 2:
        raise EvaluationError(
            f"of {counts['number']:,} impressions of {item.label}, too few tell what release {release.version} would have got: "
            f"{_told(left_out)}. Ask with explore above 0, and send impressions with the propensity of each item and shown: "
            '{"answer": …, "place": …}'
        )
    index = np.unique(np.asarray([str(user) for user in decisions.users]), return_inverse=True)[1].astype(np.int64)
    columns = (np.asarray(column, np.float64) for column in (decisions.clicked, decisions.propensity, decisions.chosen))
    value = policy_value(index, *columns, clip=clip)
    return OffPolicyReport(release.version, item.label, explore, k, retrieve, value, left_out)


class ReleasePolicy:
    """How likely a release is to choose an item at a place, given what stood before it and what the user had met.

    ``near``: the weights of items' neighbours, float32[num_items, num_items], where they find items too.
    """

    def __init__(
        self, users: Embeddings, items: Embeddings, explore: float, k: int, near: sparse.csr_array | None = None
    ) -> None:
        self._users = {user_id: row for row, user_id in enumerate(users.ids.tolist())}
        self._items = {item_id: row for row, item_id in enumerate(items.ids.tolist())}
        self._user_vectors, self._item_vectors = users.vectors, items.vectors
        self._explore, self._pool = explore, TIMES_WIDER * k
        self._asked_for, self._near = self._pool if explore else k, near

    def judge(self, answer: Mapping[str, Any], met: Sequence[MetItem], decisions: Decisions, left_out: dict[str, int]) -> None:
        """Add what an answer tells to the decisions, and what it does not to the counts of what is left out."""
        shown = sorted(answer["shown"], key=lambda one: one[1])
        user = self._users.get(str(answer["user_id"]))
        if user is None:
            _count(left_out, "unknown_users", len(shown))
            return
        rows = [self._items.get(str(item_id)) for item_id, *_ in shown]
        places = [place for _, place, *_ in shown]
        # What stands at a place is only known to be chosen from what is left if all before it is known.
        whole = next((at for at, place in enumerate(places) if place != at + 1), len(places))
        _count(left_out, "places_missing", len(shown) - whole)
        order = self._order(user, {row for row in rows if row is not None}, answer["time"], met)
        before: set[int] = set()
        for row, (_, _, propensity, is_clicked) in list(zip(rows, shown, strict=True))[:whole]:
            chosen = 0.0 if row is None else self._likely(row, order, before)
            decisions.users.append(answer["user_id"])
            decisions.clicked.append(float(is_clicked))
            decisions.propensity.append(propensity)
            decisions.chosen.append(chosen)
            if row is not None:
                before.add(row)

    def _order(self, user: int, shown: set[int], time: float, met: Sequence[MetItem]) -> NDArray[np.int64]:
        """Return rows of the best items that the user had not met, the best first; what was shown had not been met."""
        scores = self._item_vectors @ self._user_vectors[user]
        before = [one for one in met if not one.time >= time]
        gone = [row for one in before if (row := self._items.get(str(one.id))) is not None and row not in shown]
        if self._near is None:
            scores[gone] = -np.inf
        else:
            followed = [self._items[str(one)] for one in last_liked(before, MOST_MET) if str(one) in self._items]
            scores = self._fused(scores, self._near, [row for row in followed if row not in shown], gone)
        order = np.argsort(-scores, kind="stable")[: self._pool + len(shown)]
        found: NDArray[np.int64] = order[np.isfinite(scores[order])]
        return found

    def _fused(
        self, scores: NDArray[np.float32], near: sparse.csr_array, followed: list[int], gone: list[int]
    ) -> NDArray[np.float32]:
        """Return a user's scores, float32[num_items], as a statement fuses them: of what they met, ``followed`` leads on."""

        def pairs(items: list[int]) -> sparse.csr_array:
            return Interactions(np.zeros(len(items), np.int64), np.array(items, np.int64), 1, len(scores)).matrix()

        one = VectorScorer(np.ones((1, 1), np.float32), scores[:, None])
        every = [slice(0, len(scores))]
        fused = FusedRetrieval(one, near, pairs(followed), pairs(gone), every, self._asked_for, SHARE)
        found: NDArray[np.float32] = fused.score(np.zeros(1, np.int64))[0]
        return found

    def _likely(self, row: int, order: NDArray[np.int64], before: set[int]) -> float:
        pool = order[: self._pool].tolist()
        open_ = [one for one in pool if one not in before]
        best = next((one for one in order.tolist() if one not in before), None)
        drawn = self._explore / len(open_) if open_ and row in open_ else 0.0
        return drawn + (1 - self._explore if row == best else 0.0)


def _count(left_out: dict[str, int], reason: str, number: int) -> None:
    if number:
        left_out[reason] = left_out.get(reason, 0) + number


def _told(left_out: Mapping[str, int]) -> str:
    found = [f"{number:,} × {reason.replace('_', ' ')}" for reason, number in left_out.items() if number]
    return ", ".join(found) or "there are none"
