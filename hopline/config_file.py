"""Writes a ``hopline.toml`` that explains itself: a proposed schema with its reasons, then every other key with its default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, get_args

import tomlkit
from pydantic import BaseModel

from graph.inspect import Proposal
from graph.schema import EdgeKind, EdgeRole
from hopline.config import Config

_TYPES_ALONE = 8  # kinds between two labels that get an entry each; of more, one entry lists the types
_SHARES = ((20.0, 0.1, 0.2), (8.0, 0.15, 0.25), (0.0, 0.25, 0.25))  # interactions a user from which on, valid, test


def config_text(proposal: Proposal, source: str) -> str:
    """Return the text of a configuration for the graph that a proposal was made for; ``source`` says where it is."""
    lines = [
        f"# Written by `hopline init` for {_comment(source)}.",
        "# Each guess says what it rests on. Change what is wrong, then: hopline describe, hopline train, hopline publish.",
        *(f"# Note: {_comment(note)}." for note in proposal.notes),
        "",
        "# --- what the graph holds -------------------------------------------------------------------------------------",
        "# role: user, item or entity. key: the property by which people ask for a node. features: what the model reads of it.",
        *_nodes(proposal),
        "",
        "# source, target: labels. role: interaction (what users do with items), social (user to user) or knowledge (a fact).",
        *_edges(proposal),
        "",
        "# --- everything else: the defaults; take the # away to change one ---------------------------------------------",
        *_others(proposal),
    ]
    return "\n".join(lines) + "\n"


def _nodes(proposal: Proposal) -> Iterator[str]:
    for node in proposal.schema.nodes:
        yield ""
        yield "[[graph_schema.nodes]]"
        yield f"label = {_toml(node.label)}  # {_comment(proposal.why_node[node.label])}"
        yield f"role = {_toml(node.role.value)}"
        if node.key_from:
            yield f"key = {_toml(node.key)}  # a property that Hopline writes, joined from those below"
            yield f"key_from = {_toml(list(node.key_from))}"
        else:
            yield f"key = {_toml(node.key)}"
        if node.title is not None:
            yield f"title = {_toml(node.title)}  # shown to people"
        if node.features:
            yield "features = ["
            for feature in node.features:
                fields = ", ".join(
                    f"{name} = {_toml(value)}" for name, value in feature.model_dump(mode="json").items() if value
                )
                yield f"  {{ {fields} }},"
            yield "]"


def _edges(proposal: Proposal) -> Iterator[str]:
    alike: dict[tuple[str, str, EdgeRole], list[EdgeKind]] = defaultdict(list)
    for edge in proposal.schema.edges:
        alike[edge.source, edge.target, edge.role].append(edge)
    for edges in alike.values():
        if len(edges) > _TYPES_ALONE and edges[0].role is not EdgeRole.INTERACTION:
            number = sum(proposal.num_edges[edge] for edge in edges)
            yield from ("", "[[graph_schema.edges]]")
            yield f"source = {_toml(edges[0].source)}"
            why = _comment(proposal.why_edge[edges[0]])
            yield f"types = [  # {len(edges):,} types, {number:,} relationships; each is {why}"
            yield from (f"  {_toml(edge.type)}," for edge in edges)
            yield "]"
            yield f"target = {_toml(edges[0].target)}"
            yield f"role = {_toml(edges[0].role.value)}"
            continue
        for edge in edges:
            yield from ("", "[[graph_schema.edges]]")
            yield f"source = {_toml(edge.source)}"
            yield f"type = {_toml(edge.type)}  # {proposal.num_edges[edge]:,} relationships"
            yield f"target = {_toml(edge.target)}"
            yield f"role = {_toml(edge.role.value)}  # {_comment(proposal.why_edge[edge])}"
            if edge.value is not None:
                yield f"value = {_toml(edge.value)}  # how much: a rating, a count, a duration"
            if edge.time is not None:
                yield f"time = {_toml(edge.time)}  # when: a moment, ISO 8601 text, or seconds or milliseconds since 1970"
            if edge.reversed:
                yield f"reversed = true  # the graph has them from {_comment(edge.target)} to {_comment(edge.source)}"


def _others(proposal: Proposal) -> Iterator[str]:
    for name, field in Config.model_fields.items():
        section = _section(field.annotation)
        if name == "graph_schema" or section is None:
            continue
        yield ""
        yield f"[{name}]  # {_first_line(section)}"
        given = _split(proposal) if name == "split" else {}
        yield from _keys(section, given)
    yield ""


def _keys(section: type[BaseModel], given: dict[str, tuple[Any, str]], prefix: str = "") -> Iterator[str]:
    for key, field in section.model_fields.items():
        inner = _section(field.annotation)
        if inner is not None:
            yield from _keys(inner, {}, f"{prefix}{key}.")
            continue
        told = f"  # {_comment(field.description)}" if field.description else ""
        if key in given:
            value, why = given[key]
            yield f"{prefix}{key} = {_toml(value)}{told}; {why}" if told else f"{prefix}{key} = {_toml(value)}  # {why}"
            continue
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if default is None:
            continue
        yield f"# {prefix}{key} = {_toml(default)}{told}"


def _split(proposal: Proposal) -> dict[str, tuple[Any, str]]:
    """Return shares by which a user of ordinary length gives at least one interaction to each part."""
    schema = proposal.schema
    number = sum(proposal.num_edges[edge] for edge in schema.interactions)
    a_user = number / max(1, proposal.num_nodes[schema.user.label])
    valid, test = next((valid, test) for at_least, valid, test in _SHARES if a_user >= at_least)
    why = f"users have {a_user:.1f} interactions on average"
    return {"valid": (valid, why), "test": (test, why)}


def _section(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field is, also where it may be left out."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _toml(value: Any) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json", exclude_none=True)
    if not isinstance(value, (bool, int, float, str, list, tuple, dict)):
        value = str(value)
    return str(tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string())


def _first_line(section: type[BaseModel]) -> str:
    return _comment((section.__doc__ or "").strip().splitlines()[0])


def _comment(text: str) -> str:
    """Return text that stays one comment, whatever names it holds."""
    return "".join(char if char.isprintable() else " " for char in text)
