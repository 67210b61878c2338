"""What small vectors keep, by the bytes that they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from hopline.errors import TrainingError


def pareto_chart(told: Mapping[str, Any]) -> alt.LayerChart | alt.FacetChart:
    """Return the chart of a compression, as ``CompressionReport.as_dict`` tells of it: all that was tried, and the front.

    Raises:
        TrainingError: nothing was compressed, or by a Hopline that kept no front.
    """
    if "front" not in told:
        raise TrainingError("the last run was not compressed, so there is nothing to plot; run `hopline compress` first")
    metric = told["metric"]
    tried = pl.DataFrame([_row(one, told) for one in told["tried"]])
    front = pl.DataFrame([_row(one, told) for one in told["front"]])
    across = alt.X("bytes:Q", title="bytes a node", scale=alt.Scale(type="log", nice=False))
    up = alt.Y("value:Q", title=f"{metric} on validation", scale=alt.Scale(zero=False))
    teacher = pl.DataFrame({"value": [told["teacher"]], "label": [f"teacher, {told['teacher_bytes']} bytes"]})
    rule = alt.Chart(teacher).mark_rule(strokeDash=[4, 3], color="#888").encode(y="value:Q", tooltip="label:N")
    text = (
        alt.Chart(teacher)
        .mark_text(align="left", dx=4, dy=-6, color="#666")
        .encode(x=alt.value(0), y="value:Q", text="label:N")
    )
    line = alt.Chart(front).mark_line(interpolate="step-after", color="#999").encode(x=across, y=up)
    spread = alt.Chart(tried).mark_rule(opacity=0.3).encode(x=across, y="low:Q", y2="high:Q", color="in:N")
    points = (
        alt.Chart(tried)
        .mark_point(filled=True, size=90)
        .encode(
            x=across,
            y=up,
            color=alt.Color("in:N", title="numbers in"),
            shape=alt.Shape("what:N", title=None, scale=alt.Scale(domain=["chosen", "tried"], range=["diamond", "circle"])),
            tooltip=list(tried.columns),
        )
    )
    title = f"{metric} that small vectors keep; chosen: {told['chosen']['size']} numbers in {told['code']}"
    return alt.layer(rule, text, line, spread, points).properties(width=560, height=340, title=title)


def _row(one: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "bytes": one["num_bytes"],
        "value": one["value"],
        "kept": one["ratio"],
        "low": one["low"] * told["teacher"],
        "high": one["high"] * told["teacher"],
        "first items kept": one["overlap"],
        "numbers": one["size"],
        "in": one["code"],
        "what": "chosen" if one == told["chosen"] else "tried",
    }
