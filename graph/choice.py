"""What a question's answer is chosen by, beside the model's score."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import get_args

from graph.ask_config import AskConfig
from graph.blend import Blend
from graph.errors import QuestionError
from graph.filters import ANY_ITEM, Condition, Filter, conditions_of
from graph.filters.config import check_apart
from graph.neighbours import Retrieve
from graph.releases import Release
from graph.rules import BoundRule, bind_rules
from graph.scenario import AskedScenario, asked_scenario
from graph.schema import NodeKind, Schema
from graph.selection import PLAIN, Taste
from graph.tenants import OPERATOR, Tenant, tenant_of


@dataclass(frozen=True)
class Choice:
    """What a question's answer is chosen by, beside the model's score: ``conditions``, ``rules`` and ``taste``.

    ``retrieve``: what finds the candidates, None: what the release was validated with; ``scenario``: whose order they are in,
    None: the model's; ``tenant``: whose items and users it is about, which ``conditions`` have too.
    """

    conditions: tuple[Condition, ...] = ANY_ITEM
    rules: tuple[BoundRule, ...] = ()
    taste: Taste = PLAIN
    retrieve: Retrieve | None = None
    scenario: AskedScenario | None = None
    tenant: Tenant = OPERATOR

    def domain(self, label: str | None) -> str | None:
        """Return the domain that is asked for, None: the schema's first.

        Raises:
            QuestionError: it is none of the scenario's.
        """
        return label if self.scenario is None else self.scenario.domain(label)

    def blend(self, release: Release, item: NodeKind) -> Blend | None:
        """Return what orders the candidates of a domain in place of the model's score.

        Raises:
            NotFoundError: the release does not have what the scenario weighs.
        """
        return None if self.scenario is None else Blend.of(self.scenario, release, item.label)

    @property
    def asks_to_fuse(self) -> bool:
        """Whether it is asked for that relationships between items find candidates too."""
        return self.retrieve == "vectors+similar"

    def fuses(self, release: Release) -> bool:
        """Whether relationships between items find a release's recommendations, too: as asked for, else as validation chose."""
        return (self.retrieve or release.retrieve) == "vectors+similar"

    def rules_of(self, item: NodeKind) -> tuple[BoundRule, ...]:
        """Return the rules that are about the items of one domain."""
        return tuple(bound for bound in self.rules if bound.rule.domain in {None, item.label})


BEST = Choice()
"""The best items by the model's score alone."""


def choice_of(
    config: AskConfig,
    schema: Schema,
    filter: Filter | None = None,
    diversity: float | None = None,
    explore: float | None = None,
    seed: str | int | None = None,
    retrieve: Retrieve | None = None,
    scenario: str | None = None,
    tenant: str | None = None,
) -> Choice:
    """Return what a question asks for, by what the configuration lets it ask for, and says where the question does not.

    An answer that explores without a ``seed`` has one of its own. That of a ``tenant``, None: the operator, is narrowed to what
    is theirs, whatever the filter says.

    Raises:
        NotFoundError: the filter has a name that was not declared, or no scenario was by this one.
        QuestionError: it has a value that its kind cannot have, a share is not from 0 to 1, no such ``retrieve``, or a tenant
            where none are declared.
        SchemaError: what was declared cannot be in the graph, or would tell a tenant of others' items, or a rule is of what was
            not declared.
    """
    diversity = config.diversity if diversity is None else diversity
    explore = config.explore if explore is None else explore
    for name, share in (("a diversity", diversity), ("a share to explore", explore)):
        if not 0 <= share <= 1:
            raise QuestionError(f"got {name} of {share}; expected 0, for the best items alone, to 1")
    retrieve = config.retrieve if retrieve is None else retrieve
    if retrieve is not None and retrieve not in (known := get_args(Retrieve)):
        raise QuestionError(f"got {retrieve!r} to find candidates by; expected one of {list(known)}")
    asked = None if scenario is None else asked_scenario(scenario, config.scenarios, schema)
    whose = tenant_of(tenant, config.tenants, schema)
    if not filter and not config.rules and not diversity and not explore:
        plain = replace(BEST, conditions=whose.items, retrieve=retrieve, scenario=asked, tenant=whose)
        return BEST if plain == BEST else plain
    if whose is not OPERATOR:
        check_apart(config.filters, schema)
    taste = Taste(diversity, explore, secrets.token_hex(8) if explore and seed is None else str(seed))
    rules = bind_rules(config.rules, config.filters, schema)
    conditions = whose.beside(conditions_of(filter, config.filters, schema))
    return Choice(conditions, rules, taste, retrieve, asked, whose)


def people_choice(config: AskConfig, schema: Schema, filter: Filter | None = None, tenant: str | None = None) -> Choice:
    """Return what a question asks for whose answer is people: what these must be like, and whose they may be.

    Raises:
        NotFoundError: the filter has a name that ``[ask.people_filters]`` does not declare.
        QuestionError: it has a value that its kind cannot have, or a tenant where none are declared.
        SchemaError: what was declared cannot be in the graph, or would tell a tenant of others' users.
    """
    whose = tenant_of(tenant, config.tenants, schema)
    if filter and whose is not OPERATOR:
        check_apart(config.people_filters, schema, "people")
    asked = conditions_of(filter, config.people_filters, schema, "people")
    return replace(BEST, conditions=whose.beside(asked, "people"), tenant=whose)


def given_choice(config: AskConfig, schema: Schema, scenario: str | None, tenant: str | None = None) -> Choice:
    """Return what a question asks for whose candidates are given: their order, and whose they may be.

    Raises:
        NotFoundError: no scenario was declared by this name.
        QuestionError: a tenant where none are declared.
        SchemaError: it is of a domain that the graph does not have.
    """
    asked = None if scenario is None else asked_scenario(scenario, config.scenarios, schema)
    whose = tenant_of(tenant, config.tenants, schema)
    return replace(BEST, conditions=whose.items, scenario=asked, tenant=whose)
