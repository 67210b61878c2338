"""Load Cypher statements by name from the ``.cypher`` files beside this module.

A file is one statement under a header of ``//`` lines::

    // The top unseen items of one user, by the active release's vector index.
    // identifiers: user_label, user_key
    // params: $user_id: any, $k: integer
    // returns: id, score
    // access: read
    MATCH (u:{{user_label}} {{{user_key}}: $user_id}) …

Values are ``$parameters``. Names come in as ``{{identifiers}}``, escaped here and nowhere else; several names, such as
relationship types of which any will do, are joined by ``|``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from cypher.errors import StatementError
from cypher.identifiers import escape, escape_any
from cypher.literals import literal

Names = Mapping[str, str | Sequence[str]]
"""Placeholder → the name it stands for, or several of which any will do."""

_ROOT = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_PARAMETER = re.compile(r"\$(\w+)")
_NAME_OR_VALUE = re.compile(r"\{\{(\w+)\}\}|\$(\w+)")
_FIELD = re.compile(r"^(identifiers|params|returns|access):\s*(.*)$")


class Access(str, Enum):
    """What a statement may do: read data, write data, or change the schema (indexes and constraints)."""

    READ = "read"
    WRITE = "write"
    SCHEMA = "schema"


@dataclass(frozen=True)
class Statement:
    """One statement of the catalogue; ``name`` is ``folder/file`` without the suffix."""

    name: str
    purpose: str
    text: str
    identifiers: tuple[str, ...]
    params: tuple[str, ...]
    returns: tuple[str, ...]
    access: Access

    def render(self, identifiers: Names | None = None) -> str:
        """Return the text with every ``{{identifier}}`` replaced by its escaped name, or names joined by ``|``.

        Raises:
            StatementError: the names given are not exactly those the header declares.
            IdentifierError: a name that Neo4j could not hold, or no name at all.
        """
        names = self._names(identifiers)
        return _PLACEHOLDER.sub(lambda match: names[match.group(1)], self.text)

    def inline(self, params: Mapping[str, Any], identifiers: Names | None = None) -> str:
        """Return the text with values written into it as literals, for a person to paste; never to be run by Hopline.

        Raises:
            StatementError: the names or values given are not exactly those the header declares.
        """
        names = self._names(identifiers)
        if set(params) != set(self.params):
            raise StatementError(f"{self.name} was given the params {sorted(params)}; it declares {sorted(self.params)}")
        # One pass, so that neither a name nor a value is searched for placeholders itself.
        return _NAME_OR_VALUE.sub(
            lambda match: names[match.group(1)] if match.group(1) else literal(params[match.group(2)]),
            self.text,
        )

    def _names(self, identifiers: Names | None) -> dict[str, str]:
        given = dict(identifiers or {})
        if set(given) != set(self.identifiers):
            raise StatementError(
                f"{self.name} was given the identifiers {sorted(given)}; it declares {sorted(self.identifiers)}"
            )
        return {placeholder: escape(name) if isinstance(name, str) else escape_any(name) for placeholder, name in given.items()}


def _parse(name: str, source: str) -> Statement:
    header: list[str] = []
    body: list[str] = []
    for line in source.splitlines():
        if not body and line.startswith("//"):
            header.append(line.removeprefix("//").strip())
        elif line.strip() or body:
            body.append(line)
    fields: dict[str, str] = {}
    purpose: list[str] = []
    for line in header:
        match = _FIELD.match(line)
        if match:
            fields[match.group(1)] = match.group(2).strip()
        elif not fields:
            purpose.append(line)
    text = "\n".join(body).strip()
    missing = {"params", "returns", "access"} - fields.keys()
    if missing:
        raise StatementError(
            f"{name}.cypher lacks {sorted(missing)}; expected '// field: …' lines in its header, also if empty"
        )
    if not purpose or not text:
        what = "the statement itself" if purpose else "its purpose, as the first '//' line"
        raise StatementError(f"{name}.cypher lacks {what}; expected a header of '//' lines, then one statement")
    known = [access.value for access in Access]
    if fields["access"] not in known:
        raise StatementError(f"{name}.cypher has the access {fields['access']!r}; expected one of {known}")
    names = tuple(part.strip() for part in fields.get("identifiers", "").split(",") if part.strip())
    params = tuple(_PARAMETER.findall(fields["params"]))
    _check_declared(name, "identifiers", names, set(_PLACEHOLDER.findall(text)))
    _check_declared(name, "params", params, set(_PARAMETER.findall(text)))
    return Statement(
        name=name,
        purpose=" ".join(purpose),
        text=text,
        identifiers=names,
        params=params,
        returns=tuple(
            part.strip().split(":")[0] for part in fields["returns"].split(",") if part.strip() not in {"", "nothing"}
        ),
        access=Access(fields["access"]),
    )


def _check_declared(name: str, field: str, declared: tuple[str, ...], used: set[str]) -> None:
    if set(declared) != used:
        raise StatementError(
            f"{name}.cypher declares the {field} {sorted(declared)}, its text uses {sorted(used)}; make its header say these"
        )


@cache
def load(name: str) -> Statement:
    """Return the statement ``name``, such as ``"recommend/search_items_by_user"``.

    Raises:
        StatementError: there is no such file, or its header and text disagree.
    """
    path = _ROOT / f"{name}.cypher"
    if not path.is_file():
        raise StatementError(f"there is no statement {name!r}; known: {sorted(catalog())}")
    return _parse(name, path.read_text(encoding="utf-8"))


def catalog() -> tuple[str, ...]:
    """Return the names of all statements, sorted."""
    return tuple(sorted(path.relative_to(_ROOT).with_suffix("").as_posix() for path in _ROOT.rglob("*.cypher")))
