"""A mapping as the text of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tomlkit

from loaders.files.mapping import MappedEdges, MappedNodes, TableMapping

_HEAD = """\
# Which table holds what, for `hopline import`. Tables are beside this file, or beside the one that is imported.
# properties: column = "numeric", "categorical", "multi" (several categories), "text", "date", "vector", "kept" (for people; the
# model does not read it) or "unknown" (its values tell)."""


def mapping_text(mapping: TableMapping) -> str:
    """Return TOML that :func:`~loaders.files.mapping.read_mapping` reads as the same mapping."""
    return "\n".join([_HEAD, *_parts("nodes", mapping.nodes), *_parts("edges", mapping.edges)]) + "\n"


def _parts(name: str, parts: tuple[MappedNodes, ...] | tuple[MappedEdges, ...]) -> Iterator[str]:
    for part in parts:
        yield ""
        yield f"[[{name}]]"
        order = [*type(part).__annotations__, *MappedNodes.__base__.__annotations__]  # what it is, then how its file is read
        order = ["file", *(key for key in order if key not in {"file", "properties"}), "properties"]
        for key in order:
            value = getattr(part, key)
            default = type(part).model_fields[key].default
            if value is not None and (value != default or key == "role"):
                yield f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{tomlkit.key(key).as_string()} = {_toml(kind)}" for key, kind in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return tomlkit.item(str(getattr(value, "value", value))).as_string()
