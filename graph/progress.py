"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

OnStage = Callable[[str, int, int], None]
"""Hears (what is being done, how much of it is done, how much there is; 0 where it cannot be counted)."""


def silent(_stage: str, _done: int, _total: int) -> None:
    """Hear nothing."""
