"""What a data set is made of: which file holds which nodes or relationships, in which columns.

A format's reader looks at a folder and returns a :class:`Plan`; :mod:`loaders.files.stage` carries any plan out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from graph.schema import EdgeRole, NodeRole
from graph.tables import EdgeTable, NodeTable
from loaders.files.properties import PropertyKind
from loaders.files.rows import Rows, Source

KEY = "id"
USER, ITEM, ENTITY = "User", "Item", "Entity"

Properties = Mapping[str, PropertyKind]
"""Column → what it holds; columns that are not named are not kept."""


@dataclass(frozen=True)
class NodeFile:
    """A file of nodes, a row each: all there are of the label, unless it is ``partial`` and others are met in relationships.

    ``separator`` parts several categories of one field. ``prepare`` makes columns of others, and sets aside what is no node.
    ``repeats``: the rows are relationships, of which each tells of its node again; the first is taken.
    """

    source: Source
    label: str
    key: str
    properties: Properties = field(default_factory=dict)
    title: str | None = None
    separator: str = " "
    partial: bool = False
    prepare: Callable[[Rows], None] | None = None
    repeats: bool = False


@dataclass(frozen=True)
class EdgeFile:
    """A file of relationships, a row each, between nodes of two ``labels`` whose ids are in two columns, ``ends``.

    ``type`` is that of the relationships, unless the column ``behaviour`` says it row by row. ``value`` and ``time`` are
    columns. ``either_way``: a pair is the same both ways round. ``prepare`` sets aside what is no relationship.
    """

    source: Source
    labels: tuple[str, str]
    ends: tuple[str, str]
    role: EdgeRole
    type: str
    behaviour: str | None = None
    value: str | None = None
    time: str | None = None
    properties: Properties = field(default_factory=dict)
    either_way: bool = False
    prepare: Callable[[Rows], None] | None = None


@dataclass(frozen=True)
class Facts:
    """Entities and what is known of items, made whole in memory; and the rows of their files that were set aside."""

    nodes: Sequence[NodeTable] = ()
    edges: Sequence[EdgeTable] = ()
    set_aside: Sequence[pl.DataFrame] = ()


@dataclass(frozen=True)
class Plan:
    """A whole data set. ``roles`` names every label, those of users and items first.

    ``facts`` makes what needs whole tables, given each label's nodes. ``notes`` say what was guessed, a sentence each.
    """

    roles: Mapping[str, NodeRole]
    nodes: Sequence[NodeFile]
    edges: Sequence[EdgeFile]
    facts: Callable[[Mapping[str, pl.DataFrame]], Facts] | None = None
    notes: Sequence[str] = ()
