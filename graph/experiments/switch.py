"""Beginning and ending an experiment: one transaction each, after which all answers are by the new state."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from cypher import load
from graph.database import Database
from graph.errors import ExperimentError, ReleaseError
from graph.experiments.experiment import Experiment, Variant, check_variants
from graph.experiments.stored import list_experiments, read_experiment
from graph.releases import Release, complete_release
from graph.releases.verify import verify_release
from graph.schema import Schema

LABEL = "HoplineExperiment"


def start_experiment(
    database: Database, schema: Schema, name: str, variants: Sequence[Variant], *, salt: str | None = None
) -> Experiment:
    """Begin an experiment: from here on each user is answered by the release of their variant, whichever is active.

    Its releases stay as they are until it ends: they are neither collected nor written over. Who is in which variant is decided
    by the user's id, ``name`` and ``salt``; None: a new one, so that no two experiments divide users alike. A release may be in
    several variants, to see that such do not differ.

    Raises:
        ExperimentError: names or shares that make no experiment; one runs already or had the name; or a release is not there,
            not complete, of another schema, damaged, or knows other domains than the first.
        DatabaseError: Neo4j refused or was lost; tried again, it begins once.
    """
    variants = tuple(variants)
    salt = secrets.token_hex(8) if salt is None else salt
    check_variants(name, variants, salt)
    for other in list_experiments(database):
        if other.is_running:
            raise ExperimentError(f"experiment {other.name!r} runs since {other.started_at}; end it before another begins")
        if other.name == name:
            raise ExperimentError(f"there was an experiment {name!r}, by whose name impressions are kept; choose another name")
    _check_releases(database, schema, variants)
    database.schema(load("schema/create_key_constraint"), {}, {"label": LABEL, "key": "name"})
    properties = {
        "variants": [variant.name for variant in variants],
        "releases": [variant.release for variant in variants],
        "shares": [float(variant.share) for variant in variants],
        "salt": salt,
    }
    versions = sorted({variant.release for variant in variants})
    params = {"name": name, "versions": versions, "properties": properties}
    if not database.write(load("experiments/start_experiment"), params):
        raise ExperimentError(
            f"experiment {name!r} did not begin, as somebody else began one or took one of the releases {versions} away "
            "meanwhile; look at `hopline experiment status` and `hopline releases`"
        )
    database.schema(load("experiments/create_impression_index"))  # now, as of several who make it at once all but one may fail
    return read_experiment(database, name)


def end_experiment(
    database: Database, schema: Schema, name: str | None = None, winner: str | None = None, *, check: bool = True
) -> Experiment:
    """End an experiment, None: the one that runs; from here on all users are answered by the active release.

    ``winner`` names the variant whose release becomes the active one in the same moment; rolling back then leads to the one
    that was. ``check`` holds that release against what was published, as activating it does.

    Raises:
        NotFoundError: there is none of this name, or none runs, or it has no such variant.
        ExperimentError: it has ended already, or the winner's release is not what was published.
        DatabaseError: Neo4j refused or was lost; tried again, it ends once.
    """
    experiment = read_experiment(database, name)
    won = None if winner is None else experiment.variant(winner)
    if not experiment.is_running:
        raise ExperimentError(f"experiment {experiment.name!r} ended at {experiment.ended_at} already")
    if won is not None and check:
        _check_release(database, schema, won)
    params = {"name": experiment.name, "winner": winner, "version": None if won is None else won.release}
    if not database.write(load("experiments/end_experiment"), params):
        raise ExperimentError(f"somebody else ended experiment {experiment.name!r} meanwhile; see `hopline experiment status`")
    return read_experiment(database, experiment.name)


def _check_releases(database: Database, schema: Schema, variants: Sequence[Variant]) -> None:
    first: Release | None = None
    for variant in variants:
        release = _check_release(database, schema, variant)
        first = first or release
        of_first, of_this = ([domain.label for domain in one.domains] for one in (first, release))
        if sorted(of_this) != sorted(of_first):
            raise ExperimentError(
                f"release {first.version} knows items of {of_first}, release {release.version} of {of_this}; expected the "
                "same, as each user may be asked about any"
            )


def _check_release(database: Database, schema: Schema, variant: Variant) -> Release:
    try:
        release = complete_release(database, variant.release)
        verify_release(database, schema, release)
    except ReleaseError as error:
        raise ExperimentError(f"variant {variant.name!r}: {error}") from error
    return release
