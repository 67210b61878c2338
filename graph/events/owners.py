"""Whose nodes events are about: those of a tenant's events are all the tenant's, or new, and then they become so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from cypher import load
from graph.database import Run
from graph.events.ready import ReadyEvent
from graph.schema import Schema
from graph.tenants import TenantsConfig

_Node = tuple[str, str | int]
"""A label and a key."""

NOT_THEIRS = (
    "its user, its item or what its facts lead to cannot be this tenant's: their ids are taken, or events cannot make such"
)
"""One reason for all, as which of them it is would tell of others'."""


class Owners:
    """Decides, within one transaction, whether events may be written, in their order, and whose nodes are that they make."""

    def __init__(self, schema: Schema, tenants: TenantsConfig | None) -> None:
        self._schema = schema
        self._property: dict[str, str] = {}
        for kind in schema.nodes:
            if tenants is not None and (name := tenants.property(kind, schema)) is not None:
                self._property[kind.label] = name
        self._of: dict[_Node, object] = {}

    def read(self, run: Run, events: Sequence[ReadyEvent]) -> None:
        """Look at whose the nodes of events are, where any of these is a tenant's. Nobody else may make some from then on."""
        self._of = {}
        keys: dict[str, dict[str | int, None]] = defaultdict(dict)
        for event in events:
            if event.tenant is not None:
                for label, key in self._nodes(event):
                    keys[label][key] = None
        for label, of_label in keys.items():
            names = {"label": label, "key": self._schema.node(label).key, "tenant": self._property[label]}
            (row,) = run(load("events/read_owners"), {"ids": list(of_label)}, names)
            self._of |= {(label, key): owner for key, (owner,) in zip(row["known"], row["owners"], strict=True)}

    def may_write(self, event: ReadyEvent) -> bool:
        """Return whether an event touches its tenant's nodes alone, or new ones, which are taken to be written then."""
        if not self._property:
            return True
        nodes = self._nodes(event)
        if event.tenant is not None and any(self._of.get(node, event.tenant) != event.tenant for node in nodes):
            return False
        given = {
            (self._schema.user.label, event.user_id): event.user_properties,
            (event.item, event.item_id): event.item_properties,
        }
        for node in nodes:
            self._of.setdefault(node, event.tenant or given.get(node, {}).get(self._property[node[0]]))
        return True

    def by_owner(self, label: str, keys: Iterable[str | int]) -> list[tuple[dict[str, str], list[str | int]]]:
        """Return keys with what new nodes of a label are to have that says whose they are; nobody's have nothing."""
        found: dict[str | None, list[str | int]] = defaultdict(list)
        for key in keys:
            owner = self._of.get((label, key))
            found[owner if isinstance(owner, str) else None].append(key)
        return [({} if owner is None else {self._property[label]: owner}, of_owner) for owner, of_owner in found.items()]

    def _nodes(self, event: ReadyEvent) -> list[_Node]:
        """Return the nodes of an event that are somebody's."""
        nodes = [
            (self._schema.user.label, event.user_id),
            (event.item, event.item_id),
            *((kind.target, key) for kind, key in event.facts),
        ]
        return [node for node in nodes if node[0] in self._property]
