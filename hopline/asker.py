"""What people ask of a graph that something was learnt from: nothing here changes it, but for what serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import polars as pl

from graph.answers import Recommendations
from graph.asking import Served
from graph.choice import choice_of, given_choice, people_choice
from graph.database import Database
from graph.describe import Description, describe
from graph.explain import Explanation, explain
from graph.explore import Explorer
from graph.filters import Filter
from graph.neighbours import Retrieve
from graph.people import people
from graph.recommend import recommend
from graph.releases import Release, activate, active_release, list_releases, rollback
from graph.releases.features import read_features
from graph.rerank import rerank
from graph.scenario import AskedScenario, asked_scenario
from graph.schema import Schema
from graph.schema_store import load_schema
from graph.session import session
from graph.similar import similar
from graph.tenants import Tenant, tenant_of
from hopline.config import Config, read_config, read_connection_settings, read_server_settings
from hopline.experiments import Experiments
from hopline.predict import Foretold, Pairs, predict
from hopline.run_folder import read_run
from loaders.features import FittedFeatures, TextEncoders

if TYPE_CHECKING:
    from typing import Self


NO_PATH = "people with a history like yours chose it"
"""The reason for an item that no path leads to: what the model learnt from all users."""


class Asker:
    """One graph, one configuration, one active release; a context manager, whose end gives back the connection."""

    def __init__(self, config: Config, database: Database) -> None:
        self.config = config
        self.database = database
        self._served = Served()

    @classmethod
    def from_config(cls, path: str | Path | None = None, **overrides: Any) -> Self:
        """Connect, with the configuration of ``path`` (None: ``hopline.toml`` if it is there, else defaults).

        Raises:
            ConfigError: the configuration has a mistake.
            ServerError: the embedded server could not be started.
            DatabaseError: Neo4j could not be reached, or refused the user name or password.
        """
        config = read_config(None if path is None else Path(path), **overrides)
        return cls(config, Database.connect(read_connection_settings(), read_server_settings()))

    def close(self) -> None:
        """Give back the connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def schema(self) -> Schema:
        """The graph's schema: the configuration's, or the one that loaded files declared."""
        return self.config.graph_schema or load_schema(self.database)

    def describe(self) -> Description:
        """Count what the graph holds of each kind; ``mermaid()`` of the answer draws it.

        Raises:
            SchemaError: nothing was loaded yet.
        """
        return describe(self.database, self.schema)

    @property
    def explore(self) -> Explorer:
        """Neighbourhoods, paths, degrees, popularity and communities of the graph.

        Raises:
            SchemaError: nothing was loaded yet.
        """
        return Explorer(self.database, self.schema)

    @property
    def experiments(self) -> Experiments:
        """Experiments between releases: begun, looked at and ended.

        Raises:
            SchemaError: nothing was loaded yet.
        """
        return Experiments(self.database, self.schema, self.config.ask.retrieve)

    def releases(self) -> list[Release]:
        """Return all releases, the newest first."""
        return list_releases(self.database)

    def active_release(self) -> Release:
        """Return the release that serves.

        Raises:
            ReleaseError: nothing was published.
        """
        return active_release(self.database)

    def scenarios(self) -> list[AskedScenario]:
        """Return what ``[ask.scenarios]`` declares: of which domains each is, and what it weighs.

        Raises:
            SchemaError: nothing was loaded, or one names a domain that the graph does not have.
        """
        schema, declared = self.schema, self.config.ask.scenarios
        return [asked_scenario(name, declared, schema) for name in declared]

    def features(self) -> FittedFeatures:
        """Return the fitted features of the active release, which encode new nodes exactly as those learnt from were.

        Raises:
            ReleaseError: nothing was published.
            FeatureError: they were written by another version of Hopline.
        """
        stored = read_features(self.database, active_release(self.database).version)
        return FittedFeatures.from_json(stored, TextEncoders(self.config.features.text_encoders))

    def activate(self, version: int, *, check: bool = True) -> Release:
        """Make a release the active one; rolling back leads to the one that was.

        ``check`` holds some of its vectors against the checksums that it was published with, and looks for its indexes.

        Raises:
            ReleaseError: no such release, or one that is incomplete, of another schema, or damaged.
        """
        return activate(self.database, self.schema, version, check=check)

    def rollback(self, *, check: bool = True) -> Release:
        """Make the release before the active one active again; ``check`` as for :meth:`activate`.

        Raises:
            ReleaseError: there is none, or it is of another schema, or damaged.
        """
        return rollback(self.database, self.schema, check=check)

    def recommend(
        self,
        user_id: str | int,
        k: int = 10,
        domain: str | None = None,
        *,
        filter: Filter | None = None,
        diversity: float | None = None,
        explore: float | None = None,
        seed: str | int | None = None,
        retrieve: Retrieve | None = None,
        scenario: str | None = None,
        tenant: str | None = None,
    ) -> Recommendations:
        """Return the ``k`` best items that the user has not met; popular ones, said so, for an unknown user.

        They are of one domain, named by its label; None: the first item kind of the schema. ``filter`` narrows them to items
        that are so, by what ``[ask.filters]`` declares: ``{"price": {"at_most": 20}, "genre": ["Comedy", "Drama"]}``.
        ``diversity``, from 0 to 1, is how much likeness to the items before it counts against one; None: as configured.
        ``explore`` is the share of places at which any good candidate is drawn by chance, each item then telling how likely it
        was to be there; the same ``seed`` draws the same, None: another each time. ``retrieve`` is "vectors", or
        "vectors+similar" to look along relationships between items too, in one statement; each item then tells what found it.
        None: as configured, else what the release's training found better on validation.
        ``scenario`` names one of ``[ask.scenarios]``: the best candidates are put in its order, of one of its domains, and each
        tells what its tasks say of it, in ``scores``. For whom the release has not learnt they keep the order that they
        have without, and ``scenario`` of the answer is None.
        ``tenant`` names whose items and users it is about, where ``[ask.tenants]`` declares some: others' are as if they were
        not there; None: all.

        Raises:
            SchemaError: the graph has no such domain.
            NotFoundError: a filter or a scenario that was not declared, no relationships between items to look along, or a
                release that does not have what the scenario weighs.
            QuestionError: a value that a filter cannot have, or out of bounds, or a domain that is not the scenario's.
            ReleaseError: nothing was published, or nothing of that domain.
        """
        schema = self.schema
        choice = choice_of(self.config.ask, schema, filter, diversity, explore, seed, retrieve, scenario, tenant)
        return recommend(self.database, schema, user_id, k, domain, choice=choice, served=self._served)

    def similar(
        self,
        item_id: str | int,
        k: int = 10,
        domain: str | None = None,
        *,
        of: str | None = None,
        user_id: str | int | None = None,
        filter: Filter | None = None,
        diversity: float | None = None,
        explore: float | None = None,
        seed: str | int | None = None,
        retrieve: Retrieve | None = None,
        tenant: str | None = None,
    ) -> Recommendations:
        """Return the ``k`` items most like one item, by the cosine of their vectors.

        ``of`` names the domain of that item; None: the first that has an item of this id. ``domain`` names the one to find
        items in; None: the same. ``user_id`` tells who asks, by whose release an experiment then answers. ``filter`` and what
        follows as for :meth:`recommend`.

        Raises:
            SchemaError: the graph has no such domain.
            QuestionError: a value that a filter cannot have, or out of bounds.
            NotFoundError: no such item, or it has no vector in the active release; or as for :meth:`recommend`.
        """
        schema = self.schema
        choice = choice_of(self.config.ask, schema, filter, diversity, explore, seed, retrieve, tenant=tenant)
        return similar(self.database, schema, item_id, k, domain, of, user_id=user_id, choice=choice, served=self._served)

    def session(
        self,
        items: Sequence[str | int],
        k: int = 10,
        domain: str | None = None,
        *,
        of: str | None = None,
        user_id: str | int | None = None,
        filter: Filter | None = None,
        diversity: float | None = None,
        explore: float | None = None,
        seed: str | int | None = None,
        retrieve: Retrieve | None = None,
        tenant: str | None = None,
    ) -> Recommendations:
        """Return the ``k`` best items for somebody unknown who met ``items``; popular ones, said so, if those tell nothing.

        ``of`` names the domain of the items that were met; None: the first item kind of the schema. ``domain`` names the one to
        find items in; None: the same. ``retrieve`` is as for :meth:`recommend`, by neighbours of ``items`` that are of the
        domain to find items in. ``user_id``, ``filter`` and all else as for :meth:`similar`.

        Raises:
            SchemaError: the graph has no such domain.
            QuestionError: a value that a filter cannot have, or out of bounds.
            NotFoundError: the graph has none of the items, a filter was not declared, or the release has no relationships
                between items to retrieve by.
        """
        schema = self.schema
        choice = choice_of(self.config.ask, schema, filter, diversity, explore, seed, retrieve, tenant=tenant)
        return session(self.database, schema, items, k, domain, of, user_id=user_id, choice=choice, served=self._served)

    def rerank(
        self,
        user_id: str | int,
        items: Sequence[str | int],
        k: int | None = None,
        domain: str | None = None,
        *,
        scenario: str | None = None,
        tenant: str | None = None,
    ) -> Recommendations:
        """Return the first ``k`` (None: all) of given items of one domain by the model's score for a user, met or not.

        Items that the release does not know are left out. For a user whom it does not know they are ranked by what the user met
        since, or by how popular they are. ``scenario`` as for :meth:`recommend`: its weighted sum is over the given items; and
        ``tenant``, too.

        Raises:
            SchemaError: the graph has no such domain.
            NotFoundError: the release knows none of the items, or nothing by which to rank them for this user; or no such
                scenario, or a release that does not have what it weighs.
            QuestionError: a domain that is not the scenario's.
        """
        schema = self.schema
        choice = given_choice(self.config.ask, schema, scenario, tenant)
        return rerank(self.database, schema, user_id, items, k, domain, choice=choice, served=self._served)

    def people(
        self, user_id: str | int, k: int = 10, *, filter: Filter | None = None, tenant: str | None = None
    ) -> Recommendations:
        """Return the ``k`` best users for a user, but for oneself and those whom they have: friends, or whom they follow.

        Needs a release whose training learnt ties between users: ``[tasks.people]``. ``filter`` narrows them to users who are
        so, by what ``[ask.people_filters]`` declares: ``{"age": {"at_least": 18}, "city": ["Oslo", "Bergen"]}``. ``tenant`` as
        for :meth:`recommend`.

        Raises:
            SchemaError: the graph has no relationship between users.
            NotFoundError: no such user, or the active release has no vector of them; or a filter that was not declared.
            QuestionError: a value that a filter cannot have.
            ReleaseError: nothing was published, or nothing by which to suggest people.
        """
        schema = self.schema
        choice = people_choice(self.config.ask, schema, filter, tenant)
        return people(self.database, schema, user_id, k, choice=choice, served=self._served)

    def explain(
        self,
        user_id: str | int,
        item_id: str | int,
        limit: int = 5,
        domain: str | None = None,
        *,
        tenant: str | None = None,
    ) -> Explanation:
        """Return the paths that lead from the user to the item, through what they met in any domain and what is known.

        ``domain`` names the one of the item; None: the first that has an item of this id. ``tenant`` as for :meth:`recommend`.

        Raises:
            SchemaError: the graph has no such domain.
            NotFoundError: no such user or item.
        """
        schema = self.schema
        whose = self._tenant(tenant, schema)
        return explain(self.database, schema, user_id, item_id, limit, domain, tenant=whose, served=self._served)

    def reason(self, user_id: str | int, item_id: str | int, domain: str | None = None, *, tenant: str | None = None) -> str:
        """Return the strongest reason for an item in one sentence; ``domain`` and ``tenant`` as for :meth:`explain`."""
        paths = self.explain(user_id, item_id, limit=1, domain=domain, tenant=tenant).paths
        return paths[0].sentence if paths else NO_PATH

    def _tenant(self, name: str | None, schema: Schema) -> Tenant:
        return tenant_of(name, self.config.ask.tenants, schema)

    def predict(self, pairs: Pairs, task: Foretold = "click", domain: str | None = None) -> pl.DataFrame:
        """Foretell of pairs of a user and an item what the last run learnt: see :func:`hopline.predict.predict`.

        Raises:
            TrainingError: there is no finished run, or it did not learn the task.
            InputError: no such task, or pairs without the columns user and item.
            NotFoundError: the run has no such domain.
        """
        return predict(read_run(self.config.run_folder), pairs, task, domain)
