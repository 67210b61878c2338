"""What answering needs beside vectors, mended in place or built anew beside what serves, while others may ask how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from graph.database import Database
from graph.experiments import list_experiments
from graph.indexes import Job, Part, read_job, read_parts, refresh, told_job
from graph.indexes.job import Action
from graph.keys import index_keys
from graph.progress import OnStage, silent
from graph.releases import collect_releases
from graph.republish import republish
from graph.schema import Schema
from hopline.config import Config


@dataclass(frozen=True)
class IndexStatus:
    """The parts that answering needs, and the last work on them, None: there was none."""

    parts: list[Part]
    job: Job | None

    @property
    def wanting(self) -> list[Part]:
        """The parts that are not ready."""
        return [part for part in self.parts if part.state != "ready"]


def index_status(database: Database, schema: Schema, config: Config) -> IndexStatus:
    """Return how what answering needs is.

    Raises:
        SchemaError: a filter or a tenant's property was declared that the graph cannot have.
        DatabaseError: the user may not ask, or the server was lost.
    """
    config.ask.check(schema)
    return IndexStatus(read_parts(database, schema, config.ask.indexed), read_job(database))


def work_on_indexes(database: Database, schema: Schema, config: Config, action: Action, on_stage: OnStage = silent) -> str:
    """Refresh what is missing, or build the active release anew beside itself; return in a sentence what came of it.

    ``on_stage`` hears that it has begun once nobody else may change releases.

    Raises:
        ReleaseError: nothing is published, another publish or work on indexes goes on, or the release is damaged.
        SchemaError: two users or two items share a key, or a filter or a tenant's property was declared that the graph cannot
            have.
        DatabaseError: the user may not make indexes, or the server was lost.
    """
    config.ask.check(schema)
    filters = config.ask.indexed
    with told_job(database, action) as (lease, tell, end):

        def stage(name: str, done: int, total: int) -> None:
            on_stage(name, done, total)
            tell(name, done, total)

        stage("beginning", 0, 0)
        if action == "refresh":
            made = [part.name for part in refresh(database, schema, lease, filters, stage) if part.kind != "popular"]
            told = f"made {', '.join(made)}" if made else "nothing was missing"
            told = f"{told}; popular items are counted anew"
        else:
            index_keys(database, schema)
            told = f"release {republish(database, schema, lease, filters, stage).version} serves, built anew"
            told += "".join(
                f"; users of experiment {one.name!r} are answered by its own releases "
                f"{', '.join(map(str, sorted({variant.release for variant in one.variants})))}, as they are, until it ends"
                for one in list_experiments(database)
                if one.is_running
            )
        end(told)
    if action == "build":
        collect_releases(database, schema, config.publish.keep)
    return told
