"""How an explained score is shown."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from hopline.cli.output import console
from hopline.score_explainer import ScoreExplanation


def print_score(found: ScoreExplanation, user: str, item: str) -> None:
    """Print the paths with their shares, what the rest of the score is made of, and what is left without the paths."""
    title = f"why item {item} for user {user}: model score {found.score:.3f}"
    if not found.paths:
        told = f"{title}; no path of three relationships or fewer brought anything to it"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
        return
    table = Table(title=Text(title), title_justify="left")
    table.add_column("brought", justify="right")
    table.add_column("share", justify="right")
    table.add_column("reason", overflow="fold")
    for path in found.paths:
        table.add_row(f"{path.brought:+.3f}", _percent(path.share), Text(path.sentence))
    console.print(table)
    brought = sum(path.brought for path in found.paths)
    console.print(
        f"score {found.score:.3f} = {brought:.3f} by these paths, {found.others:+.3f} by other relationships, "
        f"{found.own:+.3f} by what was learnt of the user and the item themselves\n"
        f"without these paths it is {found.without_paths:.3f}; without as many relationships like theirs, drawn at random, "
        f"{found.without_random:.3f}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"
