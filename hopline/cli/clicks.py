"""How clicks on what was shown are told to people: of an experiment, and of what a release would have got."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from gnn.click_through import Interval
from hopline.experiment_report import SUSPECT_BELOW, ExperimentReport
from hopline.off_policy import OffPolicyReport


def report_table(found: ExperimentReport) -> Table:
    """Return a row a variant: users, impressions, clicks, click-through, and how far it is ahead of the first."""
    table = Table(title=Text(f"experiment {found.experiment.name}"), title_justify="left")
    table.add_column("variant")
    for name in ("release", "users", "impressions", "clicks", "click-through", "ahead of the first", "p"):
        table.add_column(name, justify="right")
    for variant in found.variants:
        counts = (variant.users, variant.impressions, variant.clicks)
        row = [variant.name, str(variant.release), *(f"{count:,}" for count in counts)]
        row += [_interval(variant.click_through), _interval(variant.ahead, "+")]
        row.append("" if variant.p_value is None else f"{variant.p_value:.3g}")
        table.add_row(*map(Text, row))
    return table


def report_notes(found: ExperimentReport) -> Iterator[str]:
    """Yield what is to be known beside the table: that nothing was shown, what is left out, and that numbers are off."""
    if not any(variant.impressions for variant in found.variants):
        yield (
            'there are no impressions yet; send {"behaviour": "impression", "shown": {"release": …, "experiment": …, '
            '"variant": …}, …}, as answers tell these'
        )
    for reason, number in found.left_out.items():
        if number:
            yield f"left out: {number:,} impressions {reason.replace('_', ' ')}"
    if found.is_suspect:
        yield (
            f"numbers of users are not as the shares (p = {found.sample_ratio_p_value:.2g}, below {SUSPECT_BELOW}): some of "
            "what happened is not told of, and these figures are not to be trusted"
        )


def estimate_lines(found: OffPolicyReport) -> Iterator[str]:
    """Yield what a release would have got, how much that rests on, and what tells nothing of it."""
    value = found.value
    asked = "" if found.retrieve == "vectors" else " by vectors and neighbours of what users met"
    yield (
        f"release {found.release}, exploring {found.explore:.0%} of places{asked}, would have got "
        f"{_interval(value.snips) or 'nothing'} clicks an impression (SNIPS), {_interval(value.ips)} (IPS); "
        f"logged: {_interval(value.logged)}"
    )
    clipped = "" if value.clip is None else f", {value.num_clipped:,} clipped to {value.clip:g}"
    yield (
        f"from {value.num_impressions:,} impressions of {value.num_users:,} users, which tell as much as "
        f"{value.effective_sample_size:,.0f} of equal weight; mean weight {value.mean_weight.value:.2f}, "
        f"highest {value.highest_weight:.1f}{clipped}"
    )
    if value.lacks_support:
        yield (
            f"the mean weight is below 1 ({_interval(value.mean_weight)}): it would show what these answers never could, of "
            "which nothing is told here"
        )
    for reason, number in found.left_out.items():
        if number:
            yield f"left out: {number:,} impressions: {reason.replace('_', ' ')}"


def _interval(found: Interval | None, sign: str = "") -> str:
    return "" if found is None else f"{found.value:{sign}.4f} [{found.low:{sign}.4f}, {found.high:{sign}.4f}]"
