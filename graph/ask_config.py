"""What questions may ask for, and what every answer must keep to."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from graph.filters.config import Filterable, Indexed, check_apart, check_filterable, indexable
from graph.neighbours import Retrieve
from graph.rules import Rule
from graph.scenario import Scenario
from graph.schema import Schema
from graph.tenants import TenantsConfig, check_tenants


class AskConfig(BaseModel):
    """What questions may ask for, and what every answer must keep to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    filters: Filterable = {}
    people_filters: Filterable = {}
    tenants: TenantsConfig | None = Field(default=None, description="whose items and users are; unset: nobody is kept apart")
    rules: tuple[Rule, ...] = Field(default=(), max_length=100, description="what every answer keeps to, in this order")
    diversity: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="how much likeness to the items before it counts against one, beside its score; 0: not",
    )
    explore: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of places at which any good candidate is shown, by chance, to learn from; 0: none",
    )
    scenarios: dict[str, Scenario] = Field(default={}, max_length=100, description="orders that can be asked for, by name")
    retrieve: Retrieve | None = Field(
        default=None,
        description='what finds items to recommend, and similar ones: "vectors", or "vectors+similar" with relationships '
        "between items too, of a release published with [publish] similar; unset: to recommend, what the release's training "
        "found better on validation, and vectors for similar items",
    )

    @property
    def indexed(self) -> Indexed:
        """The properties by which vector indexes can be narrowed."""
        tenants = self.tenants
        of_items = {*indexable(self.filters), *(() if tenants is None else (tenants.item,))}
        of_people = {*indexable(self.people_filters), *(() if tenants is None or tenants.user is None else (tenants.user,))}
        return Indexed(tuple(sorted(of_items)), tuple(sorted(of_people)))

    def check(self, schema: Schema) -> None:
        """See that what is declared can be in the graph.

        Raises:
            SchemaError: a filter or a property of tenants that cannot, or a filter that would tell of other tenants' items.
        """
        check_filterable(self.filters, schema)
        check_filterable(self.people_filters, schema, "people")
        check_tenants(self.tenants, schema)
        if self.tenants is not None:
            check_apart(self.filters, schema)
            check_apart(self.people_filters, schema, "people")
