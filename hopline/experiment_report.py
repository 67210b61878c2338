"""What came of an experiment: clicks on what was shown, variant by variant, and how sure the differences are."""

from __future__ import annotations

from dataclasses import dataclass

from cypher import load
from gnn.click_through import LEVEL, ClickSums, Interval, click_through, difference, p_value, sample_ratio_p_value
from graph.database import Database
from graph.experiments import Experiment, Variant

SUSPECT_BELOW = 0.001
"""A sample ratio that is less likely than this is none of chance."""


@dataclass(frozen=True)
class VariantReport:
    """What a variant's users were shown and clicked.

    ``click_through`` is clicks by impressions, ``ahead`` how much higher that is than the first variant's, and ``p_value`` how
    likely a difference as large is where there is none; each None where there is nothing to tell it from, as with fewer than
    two users. A user's impressions are alike, so all of it takes users as drawn.
    """

    name: str
    release: int
    share: float
    users: int
    impressions: int
    clicks: int
    click_through: Interval | None
    ahead: Interval | None
    p_value: float | None


@dataclass(frozen=True)
class ExperimentReport:
    """What came of an experiment so far, by variant; intervals hold the truth in a share ``level`` of cases.

    ``sample_ratio_p_value``: how likely numbers of users as far from the shares are by chance, None without users; below
    0.001 the ratio ``is_suspect``: users or impressions of some variants go missing, and figures are not to be trusted.
    ``left_out``: impressions that count for no variant, by the reason, and ``users_of_several``, who were shown several.
    """

    experiment: Experiment
    variants: list[VariantReport]
    sample_ratio_p_value: float | None
    is_suspect: bool
    left_out: dict[str, int]
    users_of_several: int
    level: float = LEVEL


def report_experiment(database: Database, experiment: Experiment) -> ExperimentReport:
    """Count in the graph what an experiment's impressions came to, and tell how sure it is.

    Raises:
        DatabaseError: Neo4j refused or was lost.
    """
    params = {"experiment": experiment.name, "releases": {one.name: one.release for one in experiment.variants}}
    found = {row.pop("variant"): ClickSums(**row) for row in database.read(load("experiments/count_clicks_by_variant"), params)}
    (left_out,) = database.read(load("experiments/count_impressions_left_out"), params)
    sums = [found.get(variant.name, ClickSums(0, 0, 0, 0, 0, 0)) for variant in experiment.variants]
    rates = [click_through(of_variant) for of_variant in sums]
    users = [of_variant.users for of_variant in sums]
    ratio = sample_ratio_p_value(users, [variant.share for variant in experiment.variants]) if any(users) else None
    several = left_out.pop("users_of_several")
    return ExperimentReport(
        experiment,
        [
            _report(variant, of_variant, rate, rates[0] if place else None)
            for place, (variant, of_variant, rate) in enumerate(zip(experiment.variants, sums, rates, strict=True))
        ],
        ratio,
        ratio is not None and ratio < SUSPECT_BELOW,
        left_out,
        several,
    )


def _report(variant: Variant, sums: ClickSums, rate: Interval | None, first: Interval | None) -> VariantReport:
    ahead = None if rate is None or first is None else difference(rate, first)
    return VariantReport(
        variant.name,
        variant.release,
        variant.share,
        sums.users,
        sums.impressions,
        sums.clicks,
        rate,
        ahead,
        None if ahead is None else p_value(ahead),
    )
