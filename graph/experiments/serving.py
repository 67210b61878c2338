"""Which release answers whom: the active one, or that of the user's variant while an experiment runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.errors import ReleaseError
from graph.experiments.experiment import Experiment, Variant
from graph.experiments.stored import stored_experiment
from graph.question import Question, Read
from graph.releases import Release
from graph.releases.record import stored_release


@dataclass(frozen=True)
class Serving:
    """What served when it was read; it still does while the graph's turn is ``turn``.

    ``releases`` are those of the experiment by their versions, none where no experiment runs.
    """

    turn: int | None
    active: Release
    experiment: Experiment | None
    releases: Mapping[int, Release]

    def of(self, user_id: Any) -> tuple[Release, Variant | None]:
        """Return the release that answers a user, and the variant that they belong to, None while no experiment runs."""
        if self.experiment is None:
            return self.active, None
        variant = self.experiment.variant_of(user_id)
        return self.releases[variant.release], variant


def ask_turn() -> Question[int | None]:
    """Ask how often what serves has changed; None where nothing serves, or it was published by a Hopline of before."""
    rows = yield Read(load("publish/read_active_turn"))
    return rows[0]["turn"] if rows else None


def ask_serving() -> Question[Serving]:
    """Ask what serves.

    Raises:
        ReleaseError: nothing is published.
    """
    while True:
        # Read before what it is the turn of: if that moves on in between, the turn is known to be an old one.
        turn = yield from ask_turn()
        rows = yield Read(load("experiments/read_serving"))
        if not rows:
            raise ReleaseError("nothing is published yet; run `hopline train`, then `hopline publish`")
        (row,) = rows
        if all(release["properties"] is not None for release in row["releases"]):
            break
        # Taken away between two reads, which needs the pointer to have moved on: look again.
    experiment = None if row["experiment"] is None else stored_experiment(row["experiment"])
    tested = {variant.release for variant in experiment.variants} if experiment else set()
    releases = {}
    for stored in row["releases"]:
        version = stored["properties"]["version"]
        of = {"active": version == row["version"], "previous": False, "tested": version in tested}
        releases[version] = stored_release(stored | of)
    return Serving(turn, releases[row["version"]], experiment, {version: releases[version] for version in tested})
