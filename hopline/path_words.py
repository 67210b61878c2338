"""Paths by number as reasons in words: nodes' titles, relationships' types, and people who are one reason put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from gnn.attribution import Path, Propagation
from graph.schema import EdgeKind, EdgeRole
from graph.sentences import sentence
from graph.snapshot import Snapshot
from graph.social import is_mutual, is_tie
from loaders.sampling.learning_graph import RELATION, VALUE, LearningGraph

_INTERACTION, _SOCIAL, _KNOWLEDGE = EdgeRole.INTERACTION, EdgeRole.SOCIAL, EdgeRole.KNOWLEDGE
_KINDS = {
    (_INTERACTION,): "met",
    (_INTERACTION, _KNOWLEDGE): "fact",
    (_SOCIAL, _INTERACTION): "friends",
    (_SOCIAL, _SOCIAL, _INTERACTION): "known",
    (_INTERACTION, _INTERACTION, _INTERACTION): "people",
    (_INTERACTION, _KNOWLEDGE, _KNOWLEDGE): "shared",
}
"""What a path is by the roles of its relationships; any other, and one by users who are no friends, is a way of its own."""


@dataclass(frozen=True)
class Reason:
    """What some paths brought together, and how that is said; ``nodes`` between user and item, ``types`` of relationships."""

    brought: float
    sentence: str
    nodes: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class _Step:
    """One relationship of a path; ``leaves_item``: whether, as it is stored, it starts at the end nearer to the item."""

    kind: EdgeKind
    leaves_item: bool
    value: float | None


class PathWords:
    """Names the nodes and relationships of one propagation."""

    def __init__(self, steps: Propagation, data: LearningGraph, snapshot: Snapshot) -> None:
        self._data, self._snapshot = data, snapshot
        self._begins = steps.begins
        self._etypes, self._places = list(steps.places), np.array(list(steps.places.values()))
        self._kinds = {kind.triple: kind for kind in snapshot.schema.edges}

    def reasons(self, paths: Sequence[Path]) -> list[Reason]:
        """Return paths as reasons, by falling share; people who met the same item, and friends, are one reason."""
        groups: dict[tuple[Any, ...], list[Path]] = {}
        for path in paths:
            kind = self._kind(path)
            by = {"people": path.between[:1], "friends": ()}.get(kind, path.between)
            groups.setdefault((kind, *by), []).append(path)
        found = [self._reason(kind, group) for (kind, *_), group in groups.items()]
        return sorted(found, key=lambda reason: -reason.brought)

    def _kind(self, path: Path) -> str:
        kinds = [step.kind for step in self._steps(path)]
        are_friends = all(is_tie(kind) and is_mutual(kind) for kind in kinds if kind.role is _SOCIAL)
        return _KINDS.get(tuple(kind.role for kind in kinds), "way") if are_friends else "way"

    def _reason(self, kind: str, group: list[Path]) -> Reason:
        path, steps = group[0], self._steps(group[0])
        names = nodes = tuple(self._name(node) for node in path.between)
        row: dict[str, Any] = {"kind": kind, "did": steps[0].kind.type, "value": steps[0].value, "via": None}
        if kind in {"people", "friends"}:
            nodes = tuple(dict.fromkeys(self._name(node) for one in group for node in one.between))
            via = names[-1] if kind == "friends" else self._person(path.between[-1])
            row |= {"met": names[0], "via": via, "shared": len({one.between[-1] for one in group})}
        elif kind == "known":
            row |= {"met": names[0], "via": self._person(path.between[-1])}
        elif kind == "fact":
            row |= {"met": names[0], "first_type": steps[1].kind.type, "first_out": steps[1].leaves_item}
        elif kind == "shared":
            row |= {"met": names[0], "first_type": steps[1].kind.type, "first_out": not steps[1].leaves_item}
            row |= {"via": names[1], "second_type": steps[2].kind.type, "second_out": steps[2].leaves_item}
        elif kind == "way":
            row |= {"names": names, "types": [step.kind.type for step in steps]}
        return Reason(sum(one.brought for one in group), sentence(row), nodes, tuple(step.kind.type for step in steps))

    def _steps(self, path: Path) -> list[_Step]:
        return [self._step(number, ahead) for number, ahead in zip(path.relationships, path.nodes[1:], strict=True)]

    def _step(self, relationship: int, ahead: int) -> _Step:
        """Return a relationship on a path that goes on to the node ``ahead``."""
        place = int(np.searchsorted(self._places, relationship, "right")) - 1
        etype, row = self._etypes[place], relationship - int(self._places[place])
        columns = self._data.graph.edges[etype].data
        kind = self._kinds[self._data.relations[int(columns[RELATION][row])] if RELATION in columns else etype]
        source, target = (int(end[0]) for end in self._data.graph.find_edges(torch.tensor([row]), etype=etype))
        start = self._begins[kind.target] + target if kind.reversed else self._begins[kind.source] + source
        value = float(columns[VALUE][row]) if VALUE in columns else math.nan
        return _Step(kind, start == ahead, None if math.isnan(value) else value)

    def _name(self, node: int) -> str:
        """Return what people know a node by: its title, else its id."""
        label = self._label(node)
        columns, title = self._snapshot.nodes[label], self._snapshot.schema.node(label).title
        index = node - self._begins[label]
        shown = None if title is None else columns.columns[title][index]
        is_missing = shown is None or (isinstance(shown, float) and math.isnan(shown))
        return str(columns.ids[index] if is_missing else shown)

    def _person(self, node: int) -> str:
        """Return a user's name; an id, which alone may be taken for anything, after the word for it."""
        label = self._label(node)
        is_titled = self._snapshot.schema.node(label).title is not None
        return self._name(node) if is_titled else f"{label.lower()} {self._name(node)}"

    def _label(self, node: int) -> str:
        return max((one for one in self._begins if self._begins[one] <= node), key=self._begins.__getitem__)
