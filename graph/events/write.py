"""Events into the graph: many in one transaction, each once, whatever the order and however often they come."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cypher import load
from graph.database import Database, Run
from graph.errors import ConstraintError, DatabaseError, DatabaseGoneError
from graph.events.clicks import close_impressions, pair_names
from graph.events.config import EventsConfig
from graph.events.owners import NOT_THEIRS, Owners
from graph.events.ready import ReadyEvent
from graph.events.stored_forms import time_property
from graph.keys import AWAIT_INDEXES_S, derive_keys, index_keys
from graph.schema import EdgeKind, NodeKind, Schema
from graph.tenants import TenantsConfig

_EVENT, _LOCK = "HoplineEvent", "HoplineLock"
_PAUSE_S = 1.0


@dataclass(frozen=True)
class Taken:
    """What came of some events.

    ``new``: events taken in, impressions among them; ``repeated``: places of events whose id had come before. ``nodes`` made,
    by label; ``interactions``: relationships made, where others were brought up to date or told of a later event already.
    ``refused``: places of events that could not be used, each with its reason.
    """

    new: int = 0
    repeated: tuple[int, ...] = ()
    impressions: int = 0
    interactions: int = 0
    nodes: dict[str, int] = field(default_factory=dict)
    refused: tuple[tuple[int, str], ...] = ()

    def followed_by(self, other: Taken, at: int) -> Taken:
        """Return what came of these events and of others, which stand ``at`` places later."""
        return Taken(
            self.new + other.new,
            (*self.repeated, *(at + place for place in other.repeated)),
            self.impressions + other.impressions,
            self.interactions + other.interactions,
            dict(Counter(self.nodes) + Counter(other.nodes)),
            (*self.refused, *((at + place, reason) for place, reason in other.refused)),
        )


class EventWriter:
    """Writes events into one graph; several writers at once take turns, and none undoes or repeats what another did.

    The graph keeps the id of every event (a ``HoplineEvent`` node each, found by its index), so one that comes again, from
    here or elsewhere, changes nothing. Of each pair of ends and each kind there is one relationship, as in loaded files, and it
    tells of the latest event. Users, items and entities that are not there are made. What a user does with an item that they
    were shown, within ``click_window_s`` seconds, is noted on the impression, whichever comes first. An event of a tenant about
    somebody else's user or item is refused, and new ones that it brings are the tenant's.

    Raises:
        SchemaError: two users or two items share a key.
        DatabaseError: Neo4j refused, or was lost.
    """

    def __init__(
        self,
        database: Database,
        schema: Schema,
        click_window_s: float = EventsConfig().click_window_s,
        tenants: TenantsConfig | None = None,
    ) -> None:
        self._database = database
        self._schema = schema
        self._click_window_s = click_window_s
        self._tenants = tenants
        self._indexed: set[str] = {schema.user.label, *(item.label for item in schema.items)}
        for label, key in ((_EVENT, "id"), (_LOCK, "name")):
            database.schema(load("schema/create_key_constraint"), {}, {"label": label, "key": key})
        database.write(load("events/create_lock"))
        derive_keys(database, schema)
        index_keys(database, schema)

    def write(
        self, events: Sequence[ReadyEvent], retry_s: float = 0, on_wait: Callable[[DatabaseGoneError], None] = lambda _e: None
    ) -> Taken:
        """Write events in one transaction: all of them are in the graph when this returns, or none if it raises.

        Where a constraint of the graph forbids some of them, those are refused and the others written in several. A database
        that went away is tried again for ``retry_s`` seconds, beyond what the driver does itself; ``on_wait`` hears of each
        time. Called again with the same events after an error, this writes what is missing.

        Raises:
            DatabaseGoneError: the connection was lost; whether they were written is told by writing them again.
            DatabaseError: Neo4j refused them.
        """
        attempt: _Attempt | None = None
        gone_at: float | None = None
        while True:
            try:
                attempt = attempt or _Attempt(
                    self._schema, events, self._refused(events), self._click_window_s, Owners(self._schema, self._tenants)
                )
                return self._database.transaction(attempt, "while writing events")
            except ConstraintError:
                return self._write_halves(events, retry_s, on_wait)
            except DatabaseGoneError as error:
                gone_at = gone_at or time.monotonic()
                if time.monotonic() - gone_at >= retry_s:
                    raise
                on_wait(error)
                time.sleep(_PAUSE_S)

    def _write_halves(
        self, events: Sequence[ReadyEvent], retry_s: float, on_wait: Callable[[DatabaseGoneError], None]
    ) -> Taken:
        """Write events among which some are against a constraint: half by half, until those stand alone."""
        if len(events) == 1:
            return Taken(refused=((0, "a constraint of the graph forbids what it would make"),))
        half = len(events) // 2
        first = self.write(events[:half], retry_s, on_wait)
        return first.followed_by(self.write(events[half:], retry_s, on_wait), half)

    def _refused(self, events: Sequence[ReadyEvent]) -> tuple[tuple[int, str], ...]:
        """Return the places of events that Neo4j could not hold, and why."""
        found: dict[int, str] = {}
        for label, keys in self._composite(events).items():
            kind = self._schema.node(label)
            names = {"label": label, "key": kind.key}
            known = set(self._database.read(load("events/read_known_keys"), {"ids": list(keys)}, names)[0]["known"])
            for key, places in keys.items():
                if key not in known:
                    reason = (
                        f"the graph has no such {label}, and its key is made of {', '.join(kind.key_from)}: it cannot be made"
                    )
                    found |= {place: reason if events[place].tenant is None else NOT_THEIRS for place in places}
        for place, event in enumerate(events):
            for fact, _ in event.facts:
                if fact.target not in self._indexed and (why := self._index(self._schema.node(fact.target))):
                    found[place] = why
        return tuple(sorted(found.items()))

    def _composite(self, events: Sequence[ReadyEvent]) -> dict[str, dict[str | int, list[int]]]:
        """Return the places of events by the label and the key of ends that cannot be made from their key alone."""
        labels = {kind.label for kind in (self._schema.user, *self._schema.items) if kind.key_from}
        keys: dict[str, dict[str | int, list[int]]] = {label: defaultdict(list) for label in labels}
        if labels:
            for place, event in enumerate(events):
                for label, key in ((self._schema.user.label, event.user_id), (event.item, event.item_id)):
                    if label in keys:
                        keys[label][key].append(place)
        return keys

    def _index(self, kind: NodeKind) -> str | None:
        """See that entities are found by their key, and no two share one; return why that cannot be."""
        try:
            self._database.schema(load("schema/create_key_constraint"), {}, {"label": kind.label, "key": kind.key})
            self._database.read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEXES_S})
        except DatabaseGoneError:
            raise
        except DatabaseError:
            return f"facts lead to {kind.label}, of which two nodes share a {kind.key}"
        self._indexed.add(kind.label)
        return None


class _Attempt:
    """The work of one transaction, which the driver may run again after a passing failure.

    A commit whose answer was lost may have taken effect. Then the next run finds the ids with the time that this attempt gave
    them, which are written in one transaction with all else, and tells what that one did.
    """

    def __init__(
        self,
        schema: Schema,
        events: Sequence[ReadyEvent],
        refused: tuple[tuple[int, str], ...],
        click_window_s: float,
        owners: Owners,
    ) -> None:
        self._schema, self._events, self._refused = schema, events, refused
        self._click_window_s, self._owners = click_window_s, owners
        self._received_ns = time.time_ns()
        self._taken: Taken | None = None

    def __call__(self, run: Run) -> Taken:
        refused = dict(self._refused)
        first, others, repeats = self._sorted_out(self._known(run), refused)
        ids = list(first)
        (claimed,) = run(load("events/claim_events"), {"ids": ids, "received_ns": self._received_ns}, {}) or [
            {"new": [], "ours": 0}
        ]
        if claimed["ours"] and self._taken is not None:
            return self._taken
        new = {first[ids[row]] for row in claimed["new"]}
        repeated = sorted([*repeats, *(place for place in first.values() if place not in new)])
        events = [self._events[place] for place in sorted(new | set(others))]
        nodes = self._make_nodes(run, events)
        self._fill(run, events)
        self._make_facts(run, events)
        interactions = self._write_interactions(run, events)
        impressions = self._record_impressions(run, events)
        close_impressions(run, self._schema, events, self._click_window_s)
        self._taken = Taken(len(events), tuple(repeated), impressions, interactions, nodes, tuple(sorted(refused.items())))
        return self._taken

    def _known(self, run: Run) -> set[str]:
        """Return the ids of events that the graph has from before, if tenants' are among them; then look at whose nodes are."""
        if all(event.tenant is None for event in self._events):
            return set()
        ids = list(dict.fromkeys(event.event_id for event in self._events if event.event_id is not None))
        (row,) = run(load("events/read_known_events"), {"ids": ids, "received_ns": self._received_ns}, {})
        self._owners.read(run, self._events)
        return set(row["known"])

    def _sorted_out(self, known: set[str], refused: dict[int, str]) -> tuple[dict[str, int], list[int], list[int]]:
        """Return the places of events that may be written: the first of each id, those without one, and those that repeat.

        Of the others the reason is put into ``refused``. What repeats is not looked at: it is not written, and would tell whose
        ids are taken.
        """
        first: dict[str, int] = {}
        others: list[int] = []
        repeats: list[int] = []
        for place, event in enumerate(self._events):
            if event.event_id is not None and (event.event_id in first or event.event_id in known):
                repeats.append(place)
            elif place in refused or not self._owners.may_write(event):
                refused.setdefault(place, NOT_THEIRS)
            elif event.event_id is None:
                others.append(place)
            else:
                first[event.event_id] = place
        return first, others, repeats

    def _make_nodes(self, run: Run, events: list[ReadyEvent]) -> dict[str, int]:
        keys: dict[str, dict[str | int, None]] = defaultdict(dict)
        for event in events:
            keys[self._schema.user.label][event.user_id] = None
            keys[event.item][event.item_id] = None
            for kind, key in event.facts:
                keys[kind.target][key] = None
        made: dict[str, int] = {}
        for label, of_label in keys.items():
            names = {"label": label, "key": self._schema.node(label).key}
            created = 0
            for properties, ids in self._owners.by_owner(label, of_label):
                (row,) = run(load("events/make_nodes"), {"ids": ids, "properties": properties}, names)
                created += row["created"]
            if created:
                made[label] = created
        return made

    def _fill(self, run: Run, events: list[ReadyEvent]) -> None:
        given: dict[str, list[tuple[str | int, dict[str, Any]]]] = defaultdict(list)
        for event in events:
            if event.user_properties:
                given[self._schema.user.label].append((event.user_id, event.user_properties))
            if event.item_properties:
                given[event.item].append((event.item_id, event.item_properties))
        for label, rows in given.items():
            names = {"label": label, "key": self._schema.node(label).key}
            ids, properties = map(list, zip(*rows, strict=True))
            run(load("events/fill_properties"), {"ids": ids, "properties": properties}, names)

    def _make_facts(self, run: Run, events: list[ReadyEvent]) -> None:
        pairs: dict[EdgeKind, dict[tuple[str | int, str | int], None]] = defaultdict(dict)
        for event in events:
            for kind, key in event.facts:
                pairs[kind][(key, event.item_id) if kind.reversed else (event.item_id, key)] = None
        for kind, of_kind in pairs.items():
            sources, targets = map(list, zip(*of_kind, strict=True))
            run(load("events/make_facts"), {"source_ids": sources, "target_ids": targets}, self._names(kind))

    def _write_interactions(self, run: Run, events: list[ReadyEvent]) -> int:
        latest: dict[EdgeKind, dict[tuple[str | int, str | int], ReadyEvent]] = defaultdict(dict)
        for event in events:
            if event.kind is not None:
                of_kind, pair = latest[event.kind], (event.user_id, event.item_id)
                if pair not in of_kind or of_kind[pair].time <= event.time:
                    of_kind[pair] = event
        created = 0
        for kind, of_kind in latest.items():
            # In the order of the users, which keeps what the server touches together.
            pairs = sorted(of_kind, key=lambda pair: str(pair[0]))
            users, of_user = _places([user for user, _ in pairs])
            items, of_item = _places([item for _, item in pairs])
            source, target = ("target", "source") if kind.reversed else ("source", "target")
            params = {
                f"{source}_keys": users,
                f"{source}s": of_user,
                f"{target}_keys": items,
                f"{target}s": of_item,
                "properties": [of_kind[pair].properties for pair in pairs],
            }
            names = self._names(kind) | {"time": time_property(kind)}
            created += run(load("events/write_interactions"), params, names)[0]["created"]
        return created

    def _record_impressions(self, run: Run, events: list[ReadyEvent]) -> int:
        shown: dict[str, list[ReadyEvent]] = defaultdict(list)
        for event in events:
            if event.kind is None:
                shown[event.item].append(event)
        for label, of_label in shown.items():
            params = {
                "user_ids": [event.user_id for event in of_label],
                "item_ids": [event.item_id for event in of_label],
                "properties": [event.properties for event in of_label],
            }
            run(load("events/record_impressions"), params, pair_names(self._schema, label))
        return sum(map(len, shown.values()))

    def _names(self, kind: EdgeKind) -> dict[str, str]:
        source, target = kind.stored
        return {
            "source": source,
            "source_key": self._schema.node(source).key,
            "type": kind.type,
            "target": target,
            "target_key": self._schema.node(target).key,
        }


def _places(keys: list[str | int]) -> tuple[list[str | int], list[int]]:
    """Return the distinct keys, and for each key its place among them."""
    places: dict[str | int, int] = {}
    of_key = [places.setdefault(key, len(places)) for key in keys]
    return list(places), of_key
