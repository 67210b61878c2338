"""What an event means in one graph: which relationship, between which nodes, written how."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from graph.behaviours import behaviour_of, guess_behaviour
from graph.database import Database
from graph.errors import EventError
from graph.events.config import EventsConfig
from graph.events.event import Event, Fact, is_text, read_event
from graph.events.ready import ReadyEvent
from graph.events.stored_forms import KeyForm, StoredTime, read_key_form, stored_time, time_property, value_property
from graph.inspect.sample import sample_relationships
from graph.schema import EdgeKind, FeatureType, NodeKind, Schema
from graph.tenants import TenantsConfig

IMPRESSION = "impression"  # the behaviour that is none: the item was shown
MOST_VALUE_CHARS = 10_000
MOST_VALUE_PARTS = 4_096
_TOLD = 12  # names that a reason lists


class EventReader:
    """Reads events of one graph; what is no event, or none of this graph, is an :class:`EventError` with the reason.

    A behaviour is named by its relationship type (``RATED``), by what it is (``rating``), or by another word for that
    (``rated``, ``scored``); ``impression`` records what was shown, whatever the schema holds. An id takes the type that ids
    of its label have. Not for several threads at once.
    """

    def __init__(
        self,
        schema: Schema,
        key_forms: Mapping[str, KeyForm],
        stored_times: Mapping[EdgeKind, StoredTime],
        config: EventsConfig,
        clock: Callable[[], float] = time.time,
        tenants: TenantsConfig | None = None,
    ) -> None:
        self._schema = schema
        self._key_forms = key_forms
        self._stored_times = stored_times
        self._config = config
        self._clock = clock
        self._tenants = tenants
        self._found: dict[tuple[str, str | None], tuple[EdgeKind | None, NodeKind]] = {}
        self._facts: dict[tuple[str, str, str | None], EdgeKind] = {}
        self._types = {
            kind.label: {feature.name: feature.type for feature in kind.features}
            | ({kind.title: FeatureType.TEXT} if kind.title is not None and kind.title != kind.key else {})
            for kind in schema.nodes
        }

    @classmethod
    def of(cls, database: Database, schema: Schema, config: EventsConfig, tenants: TenantsConfig | None = None) -> EventReader:
        """Return a reader for a graph, after a bounded look at how it writes ids and times.

        Raises:
            DatabaseError: Neo4j refused, or was lost.
        """
        samples = {type_: sample_relationships(database, type_) for type_ in {kind.type for kind in schema.interactions}}
        return cls(
            schema,
            {kind.label: read_key_form(database, kind) for kind in schema.nodes},
            {kind: stored_time(kind, samples[kind.type]) for kind in schema.interactions},
            config,
            tenants=tenants,
        )

    def read(self, given: bytes | str | Mapping[str, Any] | Event, tenant: str | None = None) -> ReadyEvent:
        """Return what an event, its JSON text or its fields mean; ``tenant``: whose it is, None: the operator's.

        Raises:
            EventError: it cannot be used; the message is the reason.
        """
        if isinstance(given, (bytes, str)) and len(given) > self._config.max_bytes:
            raise EventError(f"longer than {self._config.max_bytes} bytes")
        event = read_event(given)
        kind, item = self._kind(event.behaviour, event.domain)
        user = self._schema.user
        now = self._clock()
        when = now if event.time is None else event.time
        if when > now + self._config.future_skew_s:
            raise EventError(f"time is more than {self._config.future_skew_s:g} s in the future")
        if kind is None and event.id is None and event.time is None:
            raise EventError("an impression needs an id or a time, as it could not be told when it comes again")
        shown = event.shown.model_dump()
        if kind is not None and any(value is not None for value in shown.values()):
            raise EventError("shown tells of impressions, and this is none")
        if (event.shown.experiment is None) != (event.shown.variant is None):
            raise EventError("shown.experiment and shown.variant belong together")
        user_id = self._key_forms[user.label].of(event.user, "user")
        item_id = self._key_forms[item.label].of(event.item, "item")
        told = {**event.context.model_dump(), "propensity": event.propensity}
        event_id = event.id
        if event_id is None and event.time is not None:
            event_id = _derived_id(kind, item, user_id, item_id, event, told)
        if event_id is not None and tenant is not None:
            event_id = json.dumps([tenant, event_id], ensure_ascii=False)  # so that no tenant's ids are in another's way
        if kind is None:
            properties = told | shown | {"event_id": event_id, "value": event.value, "time": when}
        else:
            properties = told | {value_property(kind): event.value, time_property(kind): self._stored_times[kind](when)}
        return ReadyEvent(
            event_id,
            kind,
            user_id,
            item.label,
            item_id,
            when,
            properties,
            self._properties(user, event.user_properties, "user_properties", tenant),
            self._properties(item, event.item_properties, "item_properties", tenant),
            tuple(self._fact(item, fact) for fact in event.facts),
            tenant,
        )

    def _kind(self, behaviour: str, domain: str | None) -> tuple[EdgeKind | None, NodeKind]:
        asked = (behaviour, domain)
        found = self._found.get(asked)
        if found is None:
            found = self._find_kind(behaviour, domain)
            if len(self._found) < 10_000:  # a bound, whatever words come
                self._found[asked] = found
        return found

    def _find_kind(self, behaviour: str, domain: str | None) -> tuple[EdgeKind | None, NodeKind]:
        """Return the kind that a behaviour names, in the domain that was named, or else in the first that has it."""
        items = {item.label: item for item in self._schema.items}
        if domain is not None and domain not in items:
            raise EventError(f"domain is none of {_listed(items)}")
        kinds = [kind for kind in self._schema.interactions if domain in {None, kind.target}]
        word = behaviour.lower()
        for matching in (
            [kind for kind in kinds if kind.type == behaviour],
            [kind for kind in kinds if behaviour_of(kind).lower() == word],
            [kind for kind in kinds if kind.type.lower() == word],
        ):
            if matching:
                return self._first(matching, items)
        if word == IMPRESSION:
            return None, self._schema.domain(domain)
        matching = [kind for kind in kinds if behaviour_of(kind) == guess_behaviour(behaviour)]
        if matching:
            return self._first(matching, items)
        raise EventError(f"behaviour is none of {_listed([*map(behaviour_of, kinds), IMPRESSION])}")

    @staticmethod
    def _first(matching: list[EdgeKind], items: Mapping[str, NodeKind]) -> tuple[EdgeKind, NodeKind]:
        label = next(label for label in items if any(kind.target == label for kind in matching))
        of_label = [kind for kind in matching if kind.target == label]
        if len(of_label) > 1:
            raise EventError(f"behaviour may be any of {_listed([kind.type for kind in of_label])}: name one of these")
        return of_label[0], items[label]

    def _properties(self, kind: NodeKind, given: Mapping[str, Any], field: str, tenant: str | None) -> dict[str, Any]:
        types = self._types[kind.label]
        owner = None if tenant is None or self._tenants is None else self._tenants.property(kind, self._schema)
        taken: dict[str, Any] = {}
        for name, value in given.items():
            if name not in types:
                raise EventError(
                    f"{field} has a name that is none of {_listed(types)}" if types else f"{field}: {kind.label} has none"
                )
            if value is None or (name == owner and value == tenant):
                continue
            if name == owner:
                raise EventError(f"{field}.{name} is not the tenant whose event it is")
            if not _fits(types[name], value):
                raise EventError(f"{field}.{name} is not {_WORDS[types[name]]}")
            taken[name] = value
        return taken

    def _fact(self, item: NodeKind, fact: Fact) -> tuple[EdgeKind, str | int]:
        asked = (item.label, fact.relation, fact.label)
        kind = self._facts.get(asked)
        if kind is None:
            of_item = [kind for kind in self._schema.knowledge if kind.source == item.label]
            matching = [kind for kind in of_item if kind.type == fact.relation and fact.label in {None, kind.target}]
            if not matching:
                raise EventError(
                    f"facts.relation is none of {_listed(kind.type for kind in of_item)}, or facts.label does not fit"
                )
            if len(matching) > 1:
                raise EventError(f"facts.label is needed, one of {_listed(kind.target for kind in matching)}")
            kind = self._facts[asked] = matching[0]
        if self._schema.node(kind.target).key_from:
            raise EventError(f"facts.entity is of {kind.target}, whose key is made of several properties")
        return kind, self._key_forms[kind.target].of(fact.entity, "facts.entity")


def _derived_id(
    kind: EdgeKind | None, item: NodeKind, user_id: str | int, item_id: str | int, event: Event, told: Mapping[str, Any]
) -> str:
    """Return an id for an event that has none: the same for all that say the same, and another for any other."""
    said = [kind.type if kind else IMPRESSION, item.label, user_id, item_id, event.time, event.value, *told.values()]
    said += [one for one in event.shown.model_dump().items() if one[1] is not None]
    text = json.dumps(said, ensure_ascii=True).encode()
    return "said " + blake2b(text, digest_size=16).hexdigest()


_WORDS = {
    FeatureType.NUMERIC: "a number",
    FeatureType.CATEGORICAL: "a text, a number or a truth value",
    FeatureType.MULTI: "a list of texts",
    FeatureType.TEXT: "a text",
    FeatureType.DATE: "a date",
    FeatureType.VECTOR: "a list of numbers",
}


def _fits(type_: FeatureType, value: Any) -> bool:
    if type_ in {FeatureType.MULTI, FeatureType.VECTOR}:
        fits = _is_text if type_ is FeatureType.MULTI else _is_number
        return isinstance(value, list) and len(value) <= MOST_VALUE_PARTS and all(map(fits, value))
    if type_ is FeatureType.NUMERIC:
        return _is_number(value)
    if type_ is FeatureType.TEXT:
        return _is_text(value)
    if type_ is FeatureType.CATEGORICAL:
        return _is_text(value) or isinstance(value, bool) or _is_number(value)
    return _is_text(value) or _is_number(value) or isinstance(value, (date, datetime))


def _is_text(value: Any) -> bool:
    return is_text(value) and len(value) <= MOST_VALUE_CHARS


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 2**63


def _listed(names: Any) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:_TOLD]) + (", …" if len(unique) > _TOLD else "")
