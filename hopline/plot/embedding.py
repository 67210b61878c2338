"""Items as points of a plane, near to each other where a release has them alike."""

from __future__ import annotations

import altair as alt

from hopline.item_map import ItemMap


def embedding_chart(found: ItemMap) -> alt.Chart:
    """Return the chart of a map: colour tells what it was asked for, size how often an item was met."""
    is_number = found.frame[found.by].dtype.is_numeric()
    scale = alt.Scale(type="symlog", scheme="viridis") if is_number else alt.Scale(scheme="tableau10")
    colour = alt.Color(f"{found.by}:{'Q' if is_number else 'N'}", scale=scale)
    first, second = (
        f"{axis} ({share:.0%} of what differs)" for axis, share in zip(("first", "second"), found.shares, strict=True)
    )
    frame = found.frame
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=frame.to_dicts()))  # not a frame, of which altair draws 5,000 rows at most
        .mark_circle(opacity=0.7)
        .encode(
            x=alt.X("x:Q", title=f"{first} direction", axis=alt.Axis(labels=False, ticks=False)),
            y=alt.Y("y:Q", title=f"{second} direction", axis=alt.Axis(labels=False, ticks=False)),
            size=alt.Size("interactions:Q", legend=None, scale=alt.Scale(range=[15, 200])),
            color=colour,
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("title", "id", *dict.fromkeys(("interactions", found.by)))],
        )
        .properties(width=640, height=560, title=f"{len(frame):,} {found.label} of release {found.version}, by {found.by}")
        .interactive()
    )
    return chart
