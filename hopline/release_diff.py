"""How much people would see change if one release served in the place of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.topk import NOTHING
from graph.database import Database
from graph.neighbours import Retrieve
from graph.releases import Release, complete_release
from graph.snapshot import Snapshot
from hopline.errors import QuestionError, ReleaseError
from hopline.history import History
from hopline.release_scorer import ReleaseScorer, asked_by, best_unseen
from loaders.interactions import read_interactions

MOST_ITEMS = 1_000
_MET_AT_MOST = (0, 5, 20, 100)  # limits of the slices of users, by distinct items met in the domain


@dataclass(frozen=True)
class Change:
    """Of ``num_users`` lists: how many hold another item, how many only another order, and the mean share of items kept."""

    num_users: int
    other_items: int
    other_order: int
    kept: float

    @property
    def changed(self) -> int:
        """Number of lists that are not the same."""
        return self.other_items + self.other_order


@dataclass(frozen=True)
class ReleaseDiff:
    """What changes from release ``old`` to ``new`` in users' first ``k`` items that they have not met, by domain.

    ``slices``: the same, by domain, for users by how many distinct items of it they have met. ``users_known`` is how many users
    each of the two has a vector of; the others are shown its popular items. ``only_in`` names the domains that one of the two
    has nothing of, with the release that has; ``retrieve`` is what finds the items of each.
    """

    old: int
    new: int
    k: int
    domains: dict[str, Change]
    slices: dict[str, dict[str, Change]]
    users_known: tuple[int, int]
    only_in: dict[str, int]
    retrieve: tuple[Retrieve, Retrieve]


def diff_releases(database: Database, snapshot: Snapshot, old: int, new: int, k: int, retrieve: Retrieve | None) -> ReleaseDiff:
    """Rank exactly for every user of the graph as it is now, by what both releases have in it and are asked by.

    ``retrieve`` is ``[ask] retrieve``.

    Raises:
        QuestionError: ``k`` is out of bounds.
        ReleaseError: one of them is not there, not complete, of another schema, or damaged; or they share no domain.
    """
    if not 1 <= k <= MOST_ITEMS:
        raise QuestionError(f"got {k} items to compare; expected 1 to {MOST_ITEMS}")
    releases = [complete_release(database, version) for version in (old, new)]
    log = read_interactions(snapshot)
    scorers = [ReleaseScorer.of(database, snapshot.schema, release, log, asked_by(release, retrieve)) for release in releases]
    history = History.of_snapshot(snapshot, log)
    seen, rankings = history.seen, [scorer.answering(k, history) for scorer in scorers]
    has = [{domain.label for domain in release.domains} for release in releases]
    shared = [label for label in log.items.sizes if label in has[0] & has[1]]
    if not shared:
        raise ReleaseError(
            f"release {old} has items of {sorted(has[0])}, release {new} of {sorted(has[1])}: nothing to compare; name two "
            "that share a domain"
        )
    users = np.arange(len(log.user_ids))
    domains, slices = {}, {}
    for label in shared:
        place = log.items.places[label]
        before, after = (best_unseen(ranking, seen, users, place, k)[0] for ranking in rankings)
        num_met = np.diff(seen.matrix()[:, place].indptr)
        domains[label] = _change(before, after)
        slices[label] = {
            name: _change(before[rows], after[rows]) for name, rows in _by_items_met(num_met).items() if rows.any()
        }
    return ReleaseDiff(
        old=old,
        new=new,
        k=k,
        domains=domains,
        slices=slices,
        users_known=(int(scorers[0].known.sum()), int(scorers[1].known.sum())),
        only_in=_only_in(releases, has),
        retrieve=(scorers[0].retrieve, scorers[1].retrieve),
    )


def _change(before: NDArray[np.int64], after: NDArray[np.int64]) -> Change:
    """Compare lists, int64[n, k] each; no item is twice in one."""
    both = np.sort(np.concatenate([before, after], axis=1), axis=1)
    kept = ((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != NOTHING)).sum(axis=1)
    sizes = [(lists != NOTHING).sum(axis=1) for lists in (before, after)]
    longest = np.maximum(*sizes)
    same_items = kept == longest
    same = (before == after).all(axis=1)
    return Change(
        num_users=len(before),
        other_items=int((~same_items).sum()),
        other_order=int((same_items & ~same).sum()),
        kept=float(np.where(longest > 0, kept / np.maximum(longest, 1), 1.0).mean()) if len(before) else 1.0,
    )


def _by_items_met(num_met: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Tell users apart by how many items they met: bool[num_users] by name."""
    group = np.searchsorted(_MET_AT_MOST, num_met)
    least = [0, *(limit + 1 for limit in _MET_AT_MOST)]
    names = ["none met", *(f"{low} to {high} met" for low, high in zip(least[1:], _MET_AT_MOST[1:], strict=False))]
    names.append(f"more than {_MET_AT_MOST[-1]} met")
    return {name: group == number for number, name in enumerate(names)}


def _only_in(releases: list[Release], has: list[set[str]]) -> dict[str, int]:
    alone = [(label, release.version) for release, own in zip(releases, has, strict=True) for label in own - (has[0] & has[1])]
    return dict(sorted(alone))
