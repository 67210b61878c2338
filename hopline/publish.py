"""A draft as a release: with what the configuration has it hold, and held back where a canary says so."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from gnn.watched import ranking_metric
from graph.database import Database
from graph.embeddings import ReleaseDraft
from graph.keys import index_keys
from graph.progress import OnStage
from graph.publish import publish
from graph.releases import Release, collect_releases
from graph.releases.serve import Gate
from graph.scenario import predictors_for
from graph.schema import Schema
from graph.snapshot import Snapshot
from hopline.canary import check_canary
from hopline.config import Config
from hopline.neighbours import neighbours_of, num_published
from hopline.split_log import SPLIT_SECTIONS, prepare


def publish_draft(
    database: Database, schema: Schema, config: Config, draft: ReleaseDraft, on_stage: OnStage, gate: Gate | None = None
) -> Release:
    """Publish a draft with the filters, scenarios and neighbours that are configured, and collect old releases.

    Raises:
        ReleaseError: the vectors do not fit the graph, a scenario weighs a task that was not learnt, or a check failed; the old
            release still serves.
        SchemaError: a filter or a scenario is of what the graph cannot have.
    """
    config.ask.check(schema)
    indexed = config.ask.indexed
    labels = [items.label for items in draft.items]
    draft = replace(
        draft,
        filters=indexed.items,
        people=None if draft.people is None else replace(draft.people, filters=indexed.people),
        predictors=predictors_for(config.ask.scenarios, schema, draft.predictors, labels),
        similar=neighbours_of(draft, num_published(config.publish.similar, config.ask.retrieve or draft.retrieve), on_stage),
    )
    index_keys(database, schema)
    release = publish(database, schema, draft, progress=on_stage, keep=config.publish.keep, gate=gate)
    collect_releases(database, schema, keep=config.publish.keep)
    return release


def canary_gate(
    database: Database, schema: Schema, config: Config, draft: ReleaseDraft, snapshot: Snapshot, on_stage: OnStage
) -> Gate:
    """Return what holds a draft, before it serves, beside the active release: see :mod:`hopline.canary`."""

    def gate(release: Release) -> dict[str, Any]:
        on_stage("canary", 0, 1)
        learnt = config.changed({name: draft.config[name] for name in SPLIT_SECTIONS if name in draft.config})
        read_at = draft.data.get("read_at", int(time.time()))
        prepared = prepare(snapshot, learnt.clean, learnt.behaviours, learnt.split, read_at)
        metric = ranking_metric(config.train.metric, config.tasks)
        report = check_canary(database, snapshot, prepared, release, metric, config.publish.canary, config.ask.retrieve)
        on_stage("canary", 1, 1)
        return report.as_dict()

    return gate
