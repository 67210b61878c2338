"""What a mapping file says: which table holds which nodes or relationships, in which columns.

A mapping is TOML, beside the tables as ``mapping.toml`` or wherever ``--mapping`` says; ``MAPPING_EXAMPLE`` is one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from tomlkit.exceptions import TOMLKitError

from graph.schema import EdgeRole, NodeRole
from loaders.errors import InputError
from loaders.files.blocks import read_blocks
from loaders.files.properties import PropertyKind

MAPPING_FILE = "mapping.toml"
MAPPING_EXAMPLE = """\
[[nodes]]
file = "films.parquet"
label = "Film"
key = "film_id"
title = "name"
properties = { year = "numeric", genres = "multi" }

[[edges]]
file = "ratings.csv"
source = "User"
source_column = "user_id"
target = "Film"
target_column = "film_id"
value = "stars"
time = "rated_at"
"""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MappedTable(_Part):
    """A table: the file that holds it, and how to read that."""

    file: str | None = Field(default=None, description="the file's name, beside the mapping; unset: the one that is imported")
    columns: tuple[str, ...] | None = Field(default=None, description="names of a text file's columns that has no header")
    delimiter: str | None = Field(default=None, description="what parts a text file's columns; unset: told by its lines")
    properties: dict[str, PropertyKind] | None = Field(
        default=None, description="column = what it holds, or a list of columns; unset: all that are not named otherwise"
    )

    @model_validator(mode="before")
    @classmethod
    def spread_properties(cls, given: Any) -> Any:
        """Take a list of columns as columns that hold what their values show."""
        if isinstance(given, Mapping) and isinstance(given.get("properties"), list):
            return {**given, "properties": dict.fromkeys(given["properties"], PropertyKind.UNKNOWN)}
        return given


class MappedNodes(MappedTable):
    """A table of nodes, a row each; without ``key``, a label whose nodes are those that relationships name."""

    label: str = Field(min_length=1)
    role: NodeRole | None = Field(default=None, description="unset: users interact, items are met, all others are entities")
    key: str | None = Field(default=None, description="the column of ids")
    title: str | None = Field(default=None, description="the column that people are shown")
    partial: bool = Field(default=False, description="whether relationships may name nodes that the table does not have")
    separator: str = Field(default=" ", min_length=1, description="what parts several categories, or numbers, in one field")

    @model_validator(mode="after")
    def check(self) -> MappedNodes:
        """Refuse a table whose ids are nowhere."""
        if self.key is None and (self.file is not None or self.title is not None or self.properties is not None):
            raise ValueError(f'the label {self.label!r} has no key; name the column that holds its ids: key = "…"')
        return self


class MappedEdges(MappedTable):
    """A table of relationships, a row each: ``source`` and ``target`` are labels, whose ids two columns hold."""

    source: str = Field(min_length=1)
    source_column: str
    target: str = Field(min_length=1)
    target_column: str
    role: EdgeRole = EdgeRole.INTERACTION
    type: str | None = Field(default=None, min_length=1, description="the relationships' type")
    type_column: str | None = Field(default=None, description="the column that says the type, or the behaviour, row by row")
    value: str | None = Field(default=None, description="the column of ratings, weights or counts")
    time: str | None = Field(default=None, description="the column of moments: since 1970 in any unit, or ISO 8601")
    either_way: bool = Field(default=False, description="whether a pair is the same both ways round")

    @model_validator(mode="after")
    def check(self) -> MappedEdges:
        """Refuse facts without a name, and a type that is said twice."""
        if self.type is not None and self.type_column is not None:
            raise ValueError(f"got both type = {self.type!r} and type_column = {self.type_column!r}; expected one of them")
        if self.type is None and self.type_column is None and self.role is not EdgeRole.INTERACTION:
            raise ValueError(f"the role {self.role.value} needs a type, or a type_column that says it row by row")
        return self


class TableMapping(_Part):
    """A whole mapping. Labels that only relationships name need no entry of their own."""

    nodes: tuple[MappedNodes, ...] = ()
    edges: tuple[MappedEdges, ...] = Field(min_length=1)

    def roles(self) -> dict[str, NodeRole]:
        """Return each label's role, users first, then items.

        Raises:
            InputError: a label of a relationship is nearly, and not quite, one that is declared.
        """
        declared = {part.label: part.role for part in self.nodes}
        met = {label: None for part in self.edges for label in (part.source, part.target)}
        for label in met.keys() - declared.keys():
            meant = difflib.get_close_matches(label, declared, 1, 0.8)
            if meant:
                raise InputError(
                    f"a relationship leads to or from {label!r}, and [[nodes]] has {meant[0]!r}; write both alike, or declare "
                    f"{label!r} too"
                )
        users = {part.source for part in self.edges if part.role is EdgeRole.INTERACTION}
        items = {part.target for part in self.edges if part.role is EdgeRole.INTERACTION}

        def guessed(label: str) -> NodeRole:
            return NodeRole.USER if label in users else NodeRole.ITEM if label in items else NodeRole.ENTITY

        roles = {label: declared.get(label) or guessed(label) for label in (*declared, *met)}
        order = list(NodeRole)
        return dict(sorted(roles.items(), key=lambda label: order.index(label[1])))


def read_mapping(path: Path) -> TableMapping:
    """Read a mapping file.

    Raises:
        InputError: there is none, it is not TOML, or it says something that no mapping can.
    """
    text = "\n".join(read_blocks(path))
    try:
        return parse_mapping(tomlkit.parse(text).unwrap(), str(path))
    except TOMLKitError as error:
        raise InputError(f"{path} is not valid TOML: {error}") from error


def parse_mapping(given: Mapping[str, Any], where: str) -> TableMapping:
    """Make a mapping of what a file, or a caller, says; ``where`` is the name for it in messages.

    Raises:
        InputError: it says something that no mapping can.
    """
    try:
        return TableMapping.model_validate(given)
    except ValidationError as error:
        raise InputError(f"{where} has a mistake: {'; '.join(_told(found) for found in error.errors())}") from error


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return what to add to a message that a name is not known: what is, and which of it may be meant."""
    names = list(known)
    meant = difflib.get_close_matches(name, names, 1)
    return f"{', '.join(names)}" + (f"; did you mean {meant[0]!r}?" if meant else "")


def _told(found: Any) -> str:
    where = ".".join(str(part) for part in found["loc"])
    if found["type"] == "extra_forbidden":
        parts: dict[str, type[_Part]] = {"nodes": MappedNodes, "edges": MappedEdges}
        known = parts.get(str(found["loc"][0]), TableMapping).model_fields
        return f"{where}: there is no such key; known are {did_you_mean(str(found['loc'][-1]), known)}"
    problem = str(found["msg"]).removeprefix("Value error, ")
    return f"{where}: {problem}" + ("" if isinstance(found["input"], Mapping) else f" (got {found['input']!r})")
