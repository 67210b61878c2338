"""From a graph that others made to a schema, with the reasons for each guess."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from cypher import load
from graph.counts import GraphCounts, read_counts
from graph.database import Database
from graph.errors import SchemaError
from graph.inspect.edges import Joined, choose_time, choose_value, commonest_ends, ends_in, ends_of
from graph.inspect.kinds import choose_labels
from graph.inspect.nodes import Key, choose_features, choose_key, choose_title
from graph.inspect.roles import Interaction, Traits, find_interactions
from graph.inspect.sample import EdgeSample, NodeSample, sample_nodes, sample_relationships
from graph.progress import OnStage, silent
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.social import is_mutual

OPEN_TYPES_LOOKED_AT = 200  # types that join several labels on both sides, those with most relationships first
TYPES_LOOKED_AT = 50  # others, for their properties: what people do is seldom among the rare ones


@dataclass(frozen=True)
class Proposal:
    """A schema, why each part of it is as it is, and how much of each there is.

    ``why_node`` by label and ``why_edge`` by kind are sentences; ``notes`` are what people should know and look at.
    """

    schema: Schema
    num_nodes: dict[str, int]
    num_edges: dict[EdgeKind, int]
    why_node: dict[str, str]
    why_edge: dict[EdgeKind, str]
    notes: list[str] = field(default_factory=list)


def propose_schema(
    database: Database, user: str | None = None, items: Collection[str] = (), progress: OnStage = silent
) -> Proposal:
    """Guess the schema of a graph; ``user`` and ``items`` are labels, where the caller knows them.

    Reads counts, constraints, and at most 500 nodes a label and 500 relationships a type: never all of either.

    Raises:
        SchemaError: an empty graph, no interactions, or users or items without a key; the message says what there is.
        DatabaseError: the user may not read, or the server was lost.
    """
    counts = read_counts(database)
    if not counts.nodes:
        raise SchemaError(
            "the database has no labelled nodes; load files with `hopline import`, or name another in NEO4J_DATABASE"
        )
    unknown = {label for label in (user, *items) if label is not None and label not in counts.nodes}
    if unknown:
        raise SchemaError(f"the graph has no label {', '.join(sorted(unknown))}; it has {', '.join(sorted(counts.nodes))}")
    unique = _unique_properties(database)
    samples: dict[str, NodeSample] = {}
    for done, label in enumerate(counts.nodes, 1):
        samples[label] = sample_nodes(database, label)
        progress("looking at labels", done, len(counts.nodes))
    named = {label for label in (user, *items) if label is not None}
    labels = choose_labels(counts, samples, {*unique, *named})
    joined, looked_at, notes = _read_edges(database, counts, labels, progress)
    chosen = {edge: _properties_of(edge, looked_at) for edge in joined}
    traits = {edge: Traits(time is not None, value is not None) for edge, (value, time) in chosen.items()}
    interactions = find_interactions(joined, traits, counts, user, items)
    roles = dict.fromkeys(labels, NodeRole.ENTITY)
    roles[interactions[0].user] = NodeRole.USER
    roles |= {one.item: NodeRole.ITEM for one in interactions}
    keys = {label: choose_key(samples[label], unique[label]) for label in labels}
    labels = sorted(labels, key=lambda label: _place(label, roles, interactions))
    nodes, why_node = _nodes(labels, roles, keys, samples, counts, notes)
    edges, num_edges, why_edge = _edges(joined, interactions, roles, chosen)
    _note_dropped(counts, labels, notes)
    schema = Schema(nodes=tuple(nodes), edges=tuple(edges))
    return Proposal(schema, {label: counts.nodes[label] for label in labels}, num_edges, why_node, why_edge, notes)


def _place(label: str, roles: dict[str, NodeRole], interactions: list[Interaction]) -> tuple[int, int]:
    """Return where a label stands: users, then items by how much is done with them, then others; the first items count."""
    of_item = sum(one.joined.count for one in interactions if one.item == label)
    return [NodeRole.USER, NodeRole.ITEM, NodeRole.ENTITY].index(roles[label]), -of_item


def _unique_properties(database: Database) -> dict[str, list[list[str]]]:
    unique: dict[str, list[list[str]]] = defaultdict(list)
    for row in database.read(load("inspect/read_unique_properties")):
        unique[row["label"]].append(list(row["properties"]))
    return unique


def _read_edges(
    database: Database, counts: GraphCounts, labels: list[str], progress: OnStage
) -> tuple[list[Joined], dict[str, EdgeSample], list[str]]:
    joined, open_ = ends_of(counts, labels)
    by_size = [type_ for type_, _ in counts.types.most_common()]
    first = [type_ for type_ in by_size if type_ in set(open_)][:OPEN_TYPES_LOOKED_AT]
    wanted = list(dict.fromkeys([*by_size[:TYPES_LOOKED_AT], *first]))
    looked_at: dict[str, EdgeSample] = {}
    for done, type_ in enumerate(wanted, 1):
        looked_at[type_] = sample_relationships(database, type_)
        progress("looking at relationship types", done, len(wanted))
    for type_ in open_:
        if type_ in looked_at:
            joined.extend(ends_in(looked_at[type_], counts, labels))
        else:
            joined.append(commonest_ends(type_, counts, labels))
    notes = []
    unseen = len(set(open_) - looked_at.keys())
    if unseen:
        notes.append(
            f"{unseen} relationship types join several labels and were not looked at; each is taken between its commonest"
        )
    return joined, looked_at, notes


def _properties_of(edge: Joined, looked_at: dict[str, EdgeSample]) -> tuple[str | None, str | None]:
    if edge.type not in looked_at:
        return None, None
    properties = looked_at[edge.type].between(edge.source, edge.target).properties
    time = choose_time(properties)
    return choose_value(properties, time), time


def _nodes(
    labels: list[str],
    roles: dict[str, NodeRole],
    keys: dict[str, Key | None],
    samples: dict[str, NodeSample],
    counts: GraphCounts,
    notes: list[str],
) -> tuple[list[NodeKind], dict[str, str]]:
    nodes: list[NodeKind] = []
    why: dict[str, str] = {}
    for label in labels:
        key, role = keys[label], roles[label]
        if key is None and role is not NodeRole.ENTITY:
            raise SchemaError(
                f"nothing tells one {label} from another: no constraint, and no property that all of {len(samples[label])} "
                f"nodes have and that differs (they have {', '.join(samples[label].properties) or 'none'}); give each an id, "
                f"such as {load('inspect/give_ids').render({'label': label})}, then run this again"
            )
        if key is not None and key.parts and role is NodeRole.ENTITY:
            key = Key(key.parts[0], "the first part of its key: entities are not asked for by theirs")
        title = choose_title(samples[label])
        features = choose_features(samples[label], key, title)
        key = key or Key("id", "none found, and none needed")
        kind = NodeKind(label=label, key=key.name, key_from=key.parts, role=role, title=title, features=features)
        nodes.append(kind)
        why[label] = f"{counts.nodes[label]:,} nodes; key: {key.why}"
        if key.parts:
            notes.append(
                f"{label} has a key of {len(key.parts)} properties; training writes them joined to a property {key.name} of it"
            )
    return nodes, why


def _edges(
    joined: Iterable[Joined],
    interactions: list[Interaction],
    roles: dict[str, NodeRole],
    chosen: dict[Joined, tuple[str | None, str | None]],
) -> tuple[list[EdgeKind], dict[EdgeKind, int], dict[EdgeKind, str]]:
    behaviour = {one.joined: one for one in interactions}
    edges: list[EdgeKind] = []
    num_edges: dict[EdgeKind, int] = {}
    why: dict[EdgeKind, str] = {}
    for edge in sorted(joined, key=lambda edge: (edge not in behaviour, -edge.count, edge.type)):
        value, time = chosen[edge]
        if edge in behaviour:
            one = behaviour[edge]
            kind = EdgeKind(
                source=one.user,
                type=edge.type,
                target=one.item,
                role=EdgeRole.INTERACTION,
                value=value,
                time=time,
                reversed=one.reversed,
            )
            reason = "; ".join(one.why)
        else:
            both_users = roles[edge.source] is NodeRole.USER and roles[edge.target] is NodeRole.USER
            role = EdgeRole.SOCIAL if both_users else EdgeRole.KNOWLEDGE
            kind = EdgeKind(source=edge.source, type=edge.type, target=edge.target, role=role)
            reason = "a fact"
            if both_users:
                reason = f"user to user; taken to hold {'both ways' if is_mutual(kind) else 'one way'}"
        if kind.triple in {other.triple for other in num_edges}:
            continue  # stored both ways round: the direction with more relationships stands
        edges.append(kind)
        num_edges[kind] = edge.count
        why[kind] = reason
    return edges, num_edges, why


def _note_dropped(counts: GraphCounts, labels: list[str], notes: list[str]) -> None:
    dropped = [label for label in counts.nodes if label not in labels]
    if dropped:
        shown = ", ".join(dropped[:10]) + (f" and {len(dropped) - 10} more" if len(dropped) > 10 else "")
        notes.append(f"left out, as their nodes have other labels that say more or are there already: {shown}")
