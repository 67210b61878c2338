"""Whether a release that does not serve yet may: what it answers, how it ranks, and what it shows, beside the active one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from gnn.evaluate import evaluate
from gnn.interactions import Interactions
from gnn.topk import NOTHING
from gnn.watched import cutoff
from graph.database import Database
from graph.recommend import recommend_by
from graph.releases import Release, list_releases
from graph.schema import Schema
from hopline.errors import ReleaseError
from hopline.release_scorer import ReleaseScorer, best_unseen
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
    database: Database, schema: Schema, prepared: Prepared, release: Release, metric: str, config: CanaryConfig
) -> CanaryReport:
    """Ask a release that is written, indexed and not active for some users; hold it beside the active one.

    ``recall``: of the exact first items unmet, how many the served statement gives. ``seen items``: answered though they were
    met. ``metric``: on validation, see :func:`_metric_checks`. ``coverage``: distinct items shown to these users.

    Raises:
        ReleaseError: a check failed; the message says which, with figures.
    """
    log = read_interactions(prepared.snapshot)
    seen = Interactions(log.user_index, log.item_index, len(log.user_ids), len(log.items))
    mine = ReleaseScorer.of(database, schema, release, log)
    active = next((one for one in list_releases(database) if one.active and one.columns), None)
    checks: list[CanaryCheck] = []
    users = np.flatnonzero(mine.known)
    users = users[np.unique(np.linspace(0, len(users) - 1, min(config.users, len(users))).astype(np.int64))]
    theirs = None if active is None else ReleaseScorer.of(database, schema, active, log)
    for domain in release.domains:
        place = log.items.places[domain.label]
        top, scores = best_unseen(mine, seen, users, place, config.k)
        answered = _answers(database, schema, release, domain.label, log, users, config.k)
        checks += _answer_checks(domain.label, answered, top, scores, mine, seen, users, config)
        if theirs is not None and active is not None and domain.label in {one.label for one in active.domains}:
            before = _num_shown(best_unseen(theirs, seen, users, place, config.k)[0])
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
) -> list[list[int]]:
    """Return what the statement that serves gives each user, as items by number; one the snapshot lacks is left out."""
    place = log.items.places[label]
    number_of = {str(node_id): place.start + row for row, node_id in enumerate(log.items.ids[label].tolist())}
    item = schema.domain(label)
    found = [recommend_by(database, schema, release, item, user_id, k).items for user_id in log.user_ids[users].tolist()]
    return [[number_of[str(one.id)] for one in items if str(one.id) in number_of] for items in found]


def _answer_checks(
    label: str,
    answered: list[list[int]],
    top: NDArray[np.int64],
    scores: NDArray[np.float32],
    scorer: ReleaseScorer,
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
        right += sum(own[item] >= limit and item not in seen_items for item in items[:size])
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
    name, kept = f"valid/{metric}", 1 - config.max_loss
    holdout = prepared.split_log.valid()

    def served(scorer: ReleaseScorer) -> float:
        return evaluate(scorer, holdout, ks=(cutoff(metric),)).metrics[metric]

    checks = []
    if name in release.metrics and release.data.get("interactions") == prepared.interactions:
        told = f"of the vectors as they lie in the graph; training measured {release.metrics[name]:.4g} while it was held out"
        checks.append(CanaryCheck(f"{metric} as served", served(mine), kept * release.metrics[name], told))
    if active is not None and theirs is not None:
        if _validated_alike(release, active) and name in release.metrics and name in active.metrics:
            now, before, how = release.metrics[name], active.metrics[name], "held out while training"
        else:
            now, before, how = served(mine), served(theirs), "ranked as served"
        told = f"{how}; release {active.version} has {before:.4g}"
        checks.append(CanaryCheck(f"{metric} on validation", now, kept * before, told))
    return checks


def _validated_alike(one: Release, other: Release) -> bool:
    same = all(part in one.config and one.config[part] == other.config.get(part) for part in SPLIT_SECTIONS)
    read = [release.data.get("interactions") for release in (one, other)]
    return same and read[0] is not None and read[0] == read[1]
