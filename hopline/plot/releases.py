"""Metrics of what was published, release by release."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from graph.releases import Release
from hopline.errors import ConfigError, ReleaseError

DEFAULT_METRICS = ("ndcg@20", "recall@20", "coverage@20")


def release_chart(releases: Sequence[Release], metrics: Sequence[str] = ()) -> alt.FacetChart:
    """Return a chart a metric, releases from left to right; without ``metrics`` some that most releases have.

    Raises:
        ReleaseError: nothing is published, or no release has figures.
        ConfigError: a metric that no release has.
    """
    known = sorted({name for release in releases for name in release.metrics})
    if not known:
        raise ReleaseError("no release in the graph has metrics to plot; run `hopline train`, then `hopline publish`")
    strange = [name for name in metrics if name not in known]
    if strange:
        raise ConfigError(f"no release has the metric {strange[0]!r}; there are {', '.join(known)}")
    shown = list(metrics) or [name for name in DEFAULT_METRICS if name in known] or known[:3]
    rows = [
        {
            "release": release.version,
            "metric": name,
            "value": release.metrics[name],
            "state": release.state,
            "in": release.code,
            "numbers": release.dimensions,
            "created": release.created_at,
        }
        for release in releases
        for name in shown
        if name in release.metrics
    ]
    frame = pl.DataFrame(rows)
    base = alt.Chart(frame).encode(
        x=alt.X("release:O", title="release", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
    )
    points = base.mark_point(filled=True, size=80).encode(
        color=alt.Color("state:N", title="state"), tooltip=list(frame.columns)
    )
    drawn = alt.layer(base.mark_line(color="#999"), points, data=frame).properties(width=360, height=160)
    facet = alt.Facet("metric:N", title=None, sort=shown)
    chart: alt.FacetChart = drawn.facet(facet=facet, columns=2, title="metrics by release").resolve_scale(y="independent")
    return chart
