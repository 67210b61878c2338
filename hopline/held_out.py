"""What training measured on validation, while it was held out, by what finds recommendations."""

from __future__ import annotations

from collections.abc import Mapping

from graph.neighbours import Retrieve

_VALID, _BOTH = "valid/", "vectors+similar/"


def figure_of(metric: str, retrieve: Retrieve) -> str:
    """Return the name of a ranking's figure, such as "ndcg@20", among a run's.

    Of vectors it is the network's, before it is fused, or, in a run that was fused of several, that of its own vectors.
    """
    return _VALID + ("" if retrieve == "vectors" else _BOTH) + metric


def is_of_ranking(name: str) -> bool:
    """Whether a run's figure is one on validation of a ranking of items by what it ended with, and not of another task."""
    return name.startswith(_VALID) and "/" not in name.removeprefix(_VALID).removeprefix(_BOTH)


def held_out(metrics: Mapping[str, float], metric: str, retrieve: Retrieve) -> float | None:
    """Return the figure of what ``retrieve`` finds, None where there is none."""
    return metrics.get(figure_of(metric, retrieve))
