"""Whether a release that does not serve yet may: what it answers, how it ranks, and what it shows, beside the active one.

Both are asked, and ranked, by what finds their recommendations: by their vectors, or by relationships between items too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from gnn.evaluate import Scorer, evaluate
from gnn.interactions import Interactions
from gnn.topk import NOTHING
from gnn.watched import cutoff
from graph.choice import Choice
from graph.database import Database
from graph.fused import MOST_MET, neighbours_in
from graph.neighbours import Retrieve
from graph.recommend import recommend_by
from graph.releases import Release, list_releases
from graph.releases.verify import astray, count_similar
from graph.schema import Schema
from graph.snapshot import Snapshot
from hopline.errors import ReleaseError
from hopline.held_out import held_out
from hopline.history import History
from hopline.release_scorer import ReleaseScorer, asked_by, best_unseen
from hopline.split_log import SPLIT_SECTIONS, Prepared
from loaders.interactions import InteractionLog, read_interactions

_TIE = 1e-4  # relative to the user's best score: what the index and the product tell apart by rounding counts as equal


class CanaryConfig(BaseModel):
    """What `hopline publish --canary` asks of a release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    users: int = Field(default=300, ge=1, description="users that are asked for, evenly spread over all")
    k: int = Field(default=10, ge=1, le=1000, description="items asked for each of them")
    min_recall: float = Field(default=0.98, ge=0, le=1, description="share of the exact first k that the index must give")
    max_loss: float = Field(
        default=0.02, ge=0, le=1, description="share of the active release's validation metric that may be lost"
    )
    min_coverage: float = Field(
        default=0.5, ge=0, description="share of the distinct items that the active release shows these users"
    )


@dataclass(frozen=True)
class CanaryCheck:
    """One check: ``value`` must be at least ``limit``, or at most where ``is_upper``; ``told``: in words."""

    name: str
    value: float
    limit: float
    told: str
    is_upper: bool = False

    @property
    def passed(self) -> bool:
        """Whether the value is within the limit."""
        return self.value <= self.limit if self.is_upper else self.value >= self.limit


@dataclass(frozen=True)
class CanaryReport:
    """All checks of a release, and the version of the active one that it was held beside, None: there was none."""

    beside: int | None
    checks: tuple[CanaryCheck, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"beside": self.beside, "checks": [asdict(check) | {"passed": check.passed} for check in self.checks]}


def check_canary(
    database: Database,
    snapshot: Snapshot,
    prepared: Prepared,
    release: Release,
    metric: str,
    config: CanaryConfig,
    retrieve: Retrieve | None,
) -> CanaryReport:
    """Ask a release that is written, indexed and not active for some users; hold it beside the active one.

    ``recall``: of the exact first items unmet, how many the served statement gives. ``seen items``: answered though they were
    met. ``metric``: on validation, see :func:`_metric_checks`. ``coverage``: distinct items shown to these users.
    ``neighbours``, where they find items too: those that lie in the graph, against what was published. ``retrieve`` is
    ``[ask] retrieve``. ``snapshot`` is the graph as it is: what cleaning leaves out of ``prepared`` was met all the same.

    Raises:
        ReleaseError: a check failed; the message says which, with figures.
        NotFoundError: it would be asked by relationships between items, and has none.
    """
    if Choice(retrieve=retrieve).fuses(release):
        neighbours_in(release)
    schema, log = snapshot.schema, read_interactions(snapshot)
    mine = ReleaseScorer.of(database, schema, release, log, asked_by(release, retrieve))
    active = next((one for one in list_releases(database) if one.active and one.columns), None)
    checks: list[CanaryCheck] = []
    users = np.flatnonzero(mine.known)
    users = users[np.unique(np.linspace(0, len(users) - 1, min(config.users, len(users))).astype(np.int64))]
    theirs = None if active is None else ReleaseScorer.of(database, schema, active, log, asked_by(active, retrieve))
    history = History.of_users(database, schema, log, users)
    seen, ranking = history.seen, mine.answering(config.k, history)
    their_ranking = None if theirs is None else theirs.answering(config.k, history)
    for domain in release.domains:
        place = log.items.places[domain.label]
        top, scores = best_unseen(ranking, seen, users, place, config.k)
        answered = _answers(database, schema, release, domain.label, log, users, config.k, mine.retrieve)
        checks += _neighbour_checks(database, release, mine, domain.label)
        checks += _answer_checks(domain.label, answered, top, scores, ranking, seen, users, config)
        if their_ranking is not None and active is not None and domain.label in {one.label for one in active.domains}:
            before = _num_shown(best_unseen(their_ranking, seen, users, place, config.k)[0])
            now = _num_shown(top)
            checks.append(
                CanaryCheck(
                    f"coverage/{domain.label}",
                    now / max(before, 1),
                    config.min_coverage,
                    f"{now} distinct items are shown to {len(users)} users, by release {active.version} {before}",
                )
            )
    checks += _metric_checks(prepared, release, active, mine, theirs, metric, config)
    report = CanaryReport(None if active is None else active.version, tuple(checks))
    _refuse_failed(release, report)
    return report


def _refuse_failed(release: Release, report: CanaryReport) -> None:
    failed = [check for check in report.checks if not check.passed]
    if failed:
        told = "; ".join(
            f"{check.name} is {check.value:.4g}, expected at {'most' if check.is_upper else 'least'} {check.limit:.4g} "
            f"({check.told})"
            for check in failed
        )
        serving = "nothing serves" if report.beside is None else f"release {report.beside} serves on"
        raise ReleaseError(
            f"release {release.version} failed {len(failed)} of {len(report.checks)} canary checks: {told}. {serving}; train "
            "again, or change the limits in [publish.canary] of hopline.toml"
        )


def _answers(
    database: Database,
    schema: Schema,
    release: Release,
    label: str,
    log: InteractionLog,
    users: NDArray[np.int64],
    k: int,
    retrieve: Retrieve,
) -> list[list[int]]:
    """Return what the statement that serves gives each user, as items by number; one the snapshot lacks is left out."""
    place = log.items.places[label]
    number_of = {str(node_id): place.start + row for row, node_id in enumerate(log.items.ids[label].tolist())}
    item = schema.domain(label)
    user_ids = log.user_ids[users].tolist()
    found = [recommend_by(database, schema, release, item, user_id, k, retrieve).items for user_id in user_ids]
    return [[number_of[str(one.id)] for one in items if str(one.id) in number_of] for items in found]


def _neighbour_checks(database: Database, release: Release, mine: ReleaseScorer, label: str) -> list[CanaryCheck]:
    """Hold the neighbours of a domain's items that answers are found by against those that were published."""
    if mine.similar is None or release.similar is None:
        return []
    of_domains = dict(zip(mine.item_ids, mine.similar.of_domains, strict=True))
    ids = mine.item_ids[label]
    wrong = ids[astray(database, release, label, ids, of_domains[label])].tolist()
    told = (
        f"{count_similar(database, release.similar, label):,} relationships of type {release.similar.type} are in the graph, "
        f"and {release.similar.numbers[label]:,} were published"
    )
    if wrong:
        told += f"; {len(wrong):,} of {len(ids):,} items have other neighbours, the first of them {wrong[0]!s}"
    return [CanaryCheck(f"neighbours/{label}", 1 - len(wrong) / max(len(ids), 1), 1.0, told)]


def _answer_checks(
    label: str,
    answered: list[list[int]],
    top: NDArray[np.int64],
    scores: NDArray[np.float32],
    scorer: Scorer,
    seen: Interactions,
    users: NDArray[np.int64],
    config: CanaryConfig,
) -> list[CanaryCheck]:
    """Hold answers against the exact first items unmet, int64[n, k], and their scores; ties count as right."""
    met = seen.matrix()
    right = wanted = num_seen = 0
    for row, (user, items) in enumerate(zip(users.tolist(), answered, strict=True)):
        size = int((top[row] != NOTHING).sum())
        own = scorer.score(np.array([user]))[0]
        limit = scores[row, size - 1] - _TIE * float(np.abs(scores[row, :size]).max()) if size else np.inf
        seen_items = set(met.indices[met.indptr[user] : met.indptr[user + 1]].tolist())
        num_seen += len(seen_items & set(items))
        right += sum(bool(own[item] >= limit) and item not in seen_items for item in items[:size])
        wanted += size
    told = f"{right:,} of {wanted:,} items that exact search gives {len(users)} users"
    return [
        CanaryCheck(f"recall@{config.k}/{label}", right / max(wanted, 1), config.min_recall, told),
        CanaryCheck(
            f"seen items/{label}", num_seen, 0, f"of those answered to {len(users)} users, they had met them", is_upper=True
        ),
    ]


def _num_shown(top: NDArray[np.int64]) -> int:
    return len(np.unique(top[top != NOTHING]))


def _metric_checks(
    prepared: Prepared,
    release: Release,
    active: Release | None,
    mine: ReleaseScorer,
    theirs: ReleaseScorer | None,
    metric: str,
    config: CanaryConfig,
) -> list[CanaryCheck]:
    """Hold a release's ranking of the validation split beside the active one's; the test split is not looked at.

    What serves has learnt the validation split too. So where both were validated on the same split of the same interactions,
    what training measured while it was held out is compared; else how both rank it as they serve. And what serves must find
    what it has learnt as well as training found it unlearnt, or it is not what was trained.
    """
    if not len(prepared.split_log.split.valid):
        return []
    kept = 1 - config.max_loss
    holdout = prepared.split_log.valid()

    parts = prepared.split_log
    history = History(parts.pairs(parts.split.train), lambda: parts.last_liked(parts.split.train, MOST_MET).matrix())

    def served(scorer: ReleaseScorer) -> float:
        return evaluate(scorer.answering(cutoff(metric), history), holdout, ks=(cutoff(metric),)).metrics[metric]

    checks = []
    measured = held_out(release.metrics, metric, mine.retrieve)
    if measured is not None and release.data.get("interactions") == prepared.interactions:
        what = "vectors" if mine.similar is None else "vectors and neighbours"
        told = f"of the {what} as they lie in the graph; training measured {measured:.4g} while it was held out"
        checks.append(CanaryCheck(f"{metric} as served", served(mine), kept * measured, told))
    if active is not None and theirs is not None:
        theirs_measured = held_out(active.metrics, metric, theirs.retrieve)
        if _validated_alike(release, active) and measured is not None and theirs_measured is not None:
            now, before, how = measured, theirs_measured, "held out while training"
        else:
            now, before, how = served(mine), served(theirs), "ranked as served"
        told = f"{how}; release {active.version} has {before:.4g}"
        checks.append(CanaryCheck(f"{metric} on validation", now, kept * before, told))
    return checks


def _validated_alike(one: Release, other: Release) -> bool:
    same = all(part in one.config and one.config[part] == other.config.get(part) for part in SPLIT_SECTIONS)
    read = [release.data.get("interactions") for release in (one, other)]
    return same and read[0] is not None and read[0] == read[1]
