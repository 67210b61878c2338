"""All checks, in the order in which one thing needs the other; none of them starts a server or leaves anything behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.checkup import Finding, Status
from graph.checkup.content import check_content
from graph.checkup.embedded import check_embedded
from graph.checkup.indexes import check_indexes
from graph.checkup.neighbours import check_neighbours
from graph.checkup.rights import check_rights
from graph.checkup.server import check_server, check_server_memory
from graph.checkup.tenants import check_owners
from graph.counts import GraphCounts, read_counts
from graph.database import Database
from graph.describe import Description, describe
from graph.errors import SchemaError
from graph.progress import OnStage, silent
from graph.schema import Schema
from graph.schema_store import load_schema
from graph.server.lifecycle import status
from hopline.checkup.machine import check_disk, check_memory
from hopline.checkup.software import check_software
from hopline.checkup.training import check_training
from hopline.config import DEFAULT_FILE, Config, read_config, read_connection_settings, read_server_settings
from hopline.errors import ConfigError, DatabaseError, FeatureError, ServerError, TrainingError
from hopline.estimate import Estimate, estimate_training, read_shape


@dataclass(frozen=True)
class Checkup:
    """What was found, in the order it was looked at; ``estimate`` is None without a graph to train on, or if not asked for."""

    findings: tuple[Finding, ...]
    estimate: Estimate | None

    @property
    def is_well(self) -> bool:
        """Whether nothing found is a problem."""
        return all(finding.status is not Status.PROBLEM for finding in self.findings)


def check_up(path: Path | None = None, estimate: bool = True, on_stage: OnStage = silent, **overrides: Any) -> Checkup:
    """Look at everything that a run needs, change nothing, and raise nothing: what is wrong is a finding.

    The embedded server is looked at, and asked only if it runs: it is not started. ``path`` and ``overrides`` as for
    :func:`hopline.config.read_config`; ``estimate`` False leaves out the trial steps that an estimate rests on.
    """
    findings = check_software()
    config = _read_config(path, overrides, findings)
    cost = None
    connected = _connect(findings)
    if connected is not None:
        with connected as database:
            try:
                found = _check_graph(database, config, findings)
                if estimate and config is not None and found is not None:
                    cost = _estimate(database, found, config, findings, on_stage)
            except DatabaseError as error:
                findings.append(Finding.of_error("database", error))
    findings.append(check_memory(cost))
    if config is not None:
        findings.append(check_disk(config.run_folder, cost))
    return Checkup(tuple(findings), cost)


def _read_config(path: Path | None, overrides: dict[str, Any], findings: list[Finding]) -> Config | None:
    try:
        config = read_config(path, **overrides)
    except ConfigError as error:
        findings.append(Finding.of_error("configuration", error))
        return None
    source = path or DEFAULT_FILE
    findings.append(Finding.ok("configuration", f"{source}" if source.is_file() else f"the defaults, as there is no {source}"))
    return config


def _connect(findings: list[Finding]) -> Database | None:
    """Return the connection; None, and a finding that says why, if there is none to be had without starting a server."""
    try:
        connection, server = read_connection_settings(), read_server_settings()
        if connection.uri is None:
            findings += check_embedded(server)
            if not status(server).running:
                what = "the embedded Neo4j is down, so the graph was not looked at"
                findings.append(Finding.warning("server", what, "hopline up, then hopline doctor again; or set NEO4J_URI"))
                return None
        return Database.connect(connection, server)
    except (ConfigError, DatabaseError, ServerError) as error:
        findings.append(Finding.of_error("connection", error))
        return None


def _check_graph(database: Database, config: Config | None, findings: list[Finding]) -> Description | None:
    """Return what the graph holds; None if nothing can be learnt from it as it is."""
    findings += check_server(database)
    findings.append(check_server_memory(database))
    counts = read_counts(database)
    findings += check_rights(database, counts)
    schema = _schema(database, config, counts, findings)
    findings += check_indexes(database, schema)
    findings += check_neighbours(database, None if config is None else config.ask.retrieve)
    if schema is None:
        return None
    found = describe(database, schema)
    content = check_content(found)
    findings += content
    if config is not None:
        findings += check_owners(database, schema, config.ask.tenants)
    return None if any(finding.status is Status.PROBLEM for finding in content) else found


def _schema(database: Database, config: Config | None, counts: GraphCounts, findings: list[Finding]) -> Schema | None:
    if config is not None and config.graph_schema is not None:
        return config.graph_schema
    try:
        return load_schema(database)
    except SchemaError as error:
        if counts.nodes:
            listed = ", ".join(f"{label} ({number:,})" for label, number in counts.nodes.most_common(5))
            what = f"the graph has nodes, {listed}, and nothing says what they are ({error})"
            findings.append(Finding.warning("schema", what, "hopline init writes a hopline.toml for it"))
        else:
            what = f"the database {database.endpoint.database!r} is empty"
            findings.append(Finding.warning("schema", what, "hopline import FOLDER, or name another in NEO4J_DATABASE"))
        return None


def _estimate(
    database: Database, found: Description, config: Config, findings: list[Finding], on_stage: OnStage
) -> Estimate | None:
    on_stage("trying some steps of training on a made-up graph", 0, 0)
    try:
        cost = estimate_training(read_shape(database, found), config)
    except (TrainingError, FeatureError) as error:
        findings.append(Finding.warning("training", f"cannot be estimated: {error}", "run hopline train, which says more"))
        return None
    findings.append(check_training(cost))
    return cost
