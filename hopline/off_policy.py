"""What another release, or another share of exploration, would have got, from impressions that tell how likely each was."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cypher import load
from gnn.off_policy import PolicyValue, policy_value
from graph.asking import interaction_types
from graph.chosen import TIMES_WIDER
from graph.database import Database
from graph.embeddings import Embeddings
from graph.errors import QuestionError
from graph.events.stored_forms import time_property
from graph.releases import active_release, complete_release
from graph.releases.stored import read_ranking
from graph.schema import NodeKind, Schema
from graph.snapshot.instants import instant
from hopline.errors import EvaluationError

MOST_ANSWERS = 200_000
_USERS_A_PAGE = 2_000


@dataclass(frozen=True)
class OffPolicyReport:
    """What a release would have got had it chosen at each place that was logged, given what stood before it.

    It chooses by what it has learnt, without what users did since and without rules; ``explore`` is its share of places at
    which any of the ``TIMES_WIDER`` times ``k`` best is drawn. ``left_out``: impressions that tell nothing of it, by the
    reason, which nothing is guessed of. ``value`` tells the rest.
    """

    release: int
    domain: str
    explore: float
    k: int
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
) -> OffPolicyReport:
    """Estimate what a release, None: the active one, would have got with the share ``explore``, from what was logged.

    Logged are impressions that carry a propensity, and tell their answer and place in it (``shown``), as what could still be
    chosen at a place depends on what stood before. ``since_s``: those since then alone, in seconds since 1970.

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
    policy = ReleasePolicy(users, items, explore, TIMES_WIDER * k)
    decisions = Decisions([], [], [], [])
    met = _met(database, schema, item, list(dict.fromkeys(answer["user_id"] for answer in answers)))
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
    return OffPolicyReport(release.version, item.label, explore, k, policy_value(index, *columns, clip=clip), left_out)


class ReleasePolicy:
    """How likely a release is to choose an item at a place, given what stood before it and what the user had met."""

    def __init__(self, users: Embeddings, items: Embeddings, explore: float, pool: int) -> None:
        self._users = {user_id: row for row, user_id in enumerate(users.ids.tolist())}
        self._items = {item_id: row for row, item_id in enumerate(items.ids.tolist())}
        self._user_vectors, self._item_vectors = users.vectors, items.vectors
        self._explore, self._pool = explore, pool

    def judge(
        self, answer: Mapping[str, Any], met: Sequence[tuple[Any, float]], decisions: Decisions, left_out: dict[str, int]
    ) -> None:
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

    def _order(self, user: int, shown: set[int], time: float, met: Sequence[tuple[Any, float]]) -> NDArray[np.int64]:
        """Return rows of the best items that the user had not met, the best first; what was shown had not been met."""
        scores = self._item_vectors @ self._user_vectors[user]
        gone = [row for item_id, at in met if not at >= time and (row := self._items.get(str(item_id))) is not None]
        scores[[row for row in gone if row not in shown]] = -np.inf
        order = np.argsort(-scores, kind="stable")[: self._pool + len(shown)]
        found: NDArray[np.int64] = order[np.isfinite(scores[order])]
        return found

    def _likely(self, row: int, order: NDArray[np.int64], before: set[int]) -> float:
        pool = order[: self._pool].tolist()
        open_ = [one for one in pool if one not in before]
        best = next((one for one in order.tolist() if one not in before), None)
        drawn = self._explore / len(open_) if open_ and row in open_ else 0.0
        return drawn + (1 - self._explore if row == best else 0.0)


def _met(database: Database, schema: Schema, item: NodeKind, user_ids: Sequence[Any]) -> dict[Any, list[tuple[Any, float]]]:
    """Return the items that users met, with the seconds since 1970, NaN where that is not known."""
    names = {
        "user": schema.user.label,
        "user_key": schema.user.key,
        "item": item.label,
        "item_key": item.key,
        "types": interaction_types(schema, item),
    }
    times = {kind.type: time_property(kind) for kind in schema.interactions if kind.target == item.label}
    found: dict[Any, list[tuple[Any, float]]] = {}
    for start in range(0, len(user_ids), _USERS_A_PAGE):
        params = {"user_ids": list(user_ids[start : start + _USERS_A_PAGE]), "times": times}
        for row in database.read(load("experiments/read_met_items"), params, names):
            found[row["user_id"]] = [(item_id, math.nan if time is None else instant(time)[0]) for item_id, time in row["met"]]
    return found


def _count(left_out: dict[str, int], reason: str, number: int) -> None:
    if number:
        left_out[reason] = left_out.get(reason, 0) + number


def _told(left_out: Mapping[str, int]) -> str:
    found = [f"{number:,} × {reason.replace('_', ' ')}" for reason, number in left_out.items() if number]
    return ", ".join(found) or "there are none"
