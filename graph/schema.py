"""The schema: one value that says what the graph holds; everything else derives from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.errors import SchemaError


class NodeRole(str, Enum):
    """What a kind of node is to a recommender."""

    USER = "user"
    ITEM = "item"
    ENTITY = "entity"


class EdgeRole(str, Enum):
    """What a kind of relationship is to a recommender."""

    INTERACTION = "interaction"  # a user did something with an item
    SOCIAL = "social"  # user to user
    KNOWLEDGE = "knowledge"  # a fact of the knowledge graph


class FeatureType(str, Enum):
    """How a node property enters the model."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    MULTI = "multi"  # a list of categories
    TEXT = "text"
    DATE = "date"  # a temporal value, ISO 8601 text, or seconds or milliseconds since 1970
    VECTOR = "vector"  # a list of numbers, as long on every node


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Feature(_Value):
    """One node property that the model reads."""

    name: str = Field(min_length=1, description="property name")
    type: FeatureType
    encoder: str | None = Field(default=None, description="text only: the encoder to use; unset: hashed words and n-grams")

    @model_validator(mode="after")
    def check(self) -> Feature:
        """Refuse an encoder of anything but text."""
        if self.encoder is not None and self.type is not FeatureType.TEXT:
            raise SchemaError(f"the feature {self.name!r} is {self.type.value} and names the text encoder {self.encoder!r}")
        return self


class NodeKind(_Value):
    """One label: its key property, role, human-readable title, and input features.

    Where several properties are the key together, ``key_from`` names them, and ``key`` a property that Hopline writes their
    values to as one text (see ``graph.keys``). Entities may lack their key: nobody asks for them by it.
    """

    label: str = Field(min_length=1)
    key: str = Field(default="id", min_length=1, description="property that holds the external id, unique in the label")
    key_from: tuple[str, ...] = Field(default=(), description="properties that Hopline joins to the key, if it is composite")
    role: NodeRole
    title: str | None = Field(default=None, description="property shown to people, if any")
    features: tuple[Feature, ...] = ()


class EdgeKind(_Value):
    """One relationship type between two labels, in the direction it is learnt in: an interaction goes from user to item."""

    source: str
    type: str = Field(min_length=1)
    target: str
    role: EdgeRole
    value: str | None = Field(default=None, description="numeric property: rating, weight, count")
    time: str | None = Field(default=None, description="property holding a moment: temporal, ISO 8601, or since 1970")
    reversed: bool = Field(default=False, description="whether the graph's relationships lead from target to source")
    behaviour: str | None = Field(
        default=None, min_length=1, description="what users did: purchase, click, rating, …; unset: as the type's name tells"
    )
    mutual: bool | None = Field(
        default=None,
        description="user to user: whether it holds both ways, as friendship does; unset: as the type's name tells",
    )

    @property
    def triple(self) -> tuple[str, str, str]:
        """``(source label, relationship type, target label)``, DGL's canonical edge type."""
        return (self.source, self.type, self.target)

    @property
    def stored(self) -> tuple[str, str]:
        """The labels that the relationships leave and reach in the graph."""
        return (self.target, self.source) if self.reversed else (self.source, self.target)


class Schema(_Value):
    """All node and edge kinds of one graph.

    Holds exactly one user kind; one or more item kinds, each a domain of its own (goods, articles, videos) that at least
    one interaction kind leads to from the user kind; no label or triple twice; and no edge kind whose labels are undeclared.

    Raises:
        SchemaError: any of these does not hold (from :meth:`check`, which validation calls).
    """

    nodes: tuple[NodeKind, ...]
    edges: tuple[EdgeKind, ...]

    @model_validator(mode="before")
    @classmethod
    def spread_types(cls, given: Any) -> Any:
        """Take an edge entry with ``types``, a list, as one kind a type: some graphs have thousands that differ in name."""
        if not isinstance(given, Mapping) or not isinstance(given.get("edges"), Sequence):
            return given
        edges: list[Any] = []
        for edge in given["edges"]:
            if isinstance(edge, Mapping) and isinstance(edge.get("types"), Sequence) and "type" not in edge:
                rest = {name: value for name, value in edge.items() if name != "types"}
                edges.extend(rest | {"type": type_} for type_ in edge["types"])
            else:
                edges.append(edge)
        return {**given, "edges": edges}

    @model_validator(mode="after")
    def check(self) -> Schema:
        """Refuse a schema that contradicts itself."""
        labels = [node.label for node in self.nodes]
        if len(set(labels)) != len(labels):
            raise SchemaError(f"labels are declared twice: {sorted({x for x in labels if labels.count(x) > 1})}")
        triples = [edge.triple for edge in self.edges]
        if len(set(triples)) != len(triples):
            raise SchemaError(f"edge kinds are declared twice: {sorted({x for x in triples if triples.count(x) > 1})}")
        users = [node.label for node in self.nodes if node.role is NodeRole.USER]
        if len(users) != 1:
            raise SchemaError(f"got {len(users)} node kinds with role 'user' ({users}); expected exactly one")
        items = [item.label for item in self.items]
        if not items:
            raise SchemaError(
                f"got 0 node kinds with role 'item' among {labels}; expected at least one: Hopline recommends nodes of another "
                "label than its users'"
            )
        for edge in self.edges:
            unknown = {edge.source, edge.target} - set(labels)
            if unknown:
                raise SchemaError(
                    f"the edge kind {edge.triple} uses undeclared labels {sorted(unknown)}; declare them as nodes"
                )
            if edge.role is EdgeRole.INTERACTION and (edge.source != users[0] or edge.target not in items):
                wanted = " or ".join(map(repr, items))
                raise SchemaError(f"the interaction {edge.triple} must go from {users[0]!r} to {wanted}")
            if edge.role is EdgeRole.SOCIAL and {edge.source, edge.target} != {users[0]}:
                raise SchemaError(
                    f"the social kind {edge.triple} must go from {users[0]!r} to {users[0]!r}; what users do with other "
                    "nodes, such as joining groups, is an interaction with items of that label"
                )
        if not self.interactions:
            raise SchemaError("no edge kind has role 'interaction'; Hopline learns from what users did with items")
        unmet = [label for label in items if not any(edge.target == label for edge in self.interactions)]
        if unmet:
            raise SchemaError(
                f"no interaction leads to the item kinds {unmet}; declare what users do with them, or make them entities"
            )
        return self

    @property
    def user(self) -> NodeKind:
        """The user kind."""
        return next(node for node in self.nodes if node.role is NodeRole.USER)

    @property
    def items(self) -> tuple[NodeKind, ...]:
        """The item kinds, one a domain; the first is the default domain."""
        return tuple(node for node in self.nodes if node.role is NodeRole.ITEM)

    def domain(self, label: str | None = None) -> NodeKind:
        """Return the item kind of a domain; None: of the default one.

        Raises:
            SchemaError: no item kind has this label.
        """
        for item in self.items:
            if label in {None, item.label}:
                return item
        raise SchemaError(f"there is no domain {label!r}; the graph's are {[item.label for item in self.items]}")

    @property
    def interactions(self) -> tuple[EdgeKind, ...]:
        """Edge kinds from users to items of any domain."""
        return tuple(edge for edge in self.edges if edge.role is EdgeRole.INTERACTION)

    @property
    def social(self) -> tuple[EdgeKind, ...]:
        """Edge kinds between users."""
        return tuple(edge for edge in self.edges if edge.role is EdgeRole.SOCIAL)

    @property
    def knowledge(self) -> tuple[EdgeKind, ...]:
        """Edge kinds of the knowledge graph."""
        return tuple(edge for edge in self.edges if edge.role is EdgeRole.KNOWLEDGE)

    def node(self, label: str) -> NodeKind:
        """Return the node kind of ``label``.

        Raises:
            SchemaError: the label is not declared.
        """
        for kind in self.nodes:
            if kind.label == label:
                return kind
        raise SchemaError(f"the schema has no label {label!r}; it has {[node.label for node in self.nodes]}")
