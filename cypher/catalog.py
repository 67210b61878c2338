"""Load Cypher statements by name from the ``.cypher`` files beside this module.

A file is one statement under a header of ``//`` lines::

    // The top unseen items of one user, by the active release's vector index.
    // identifiers: user_label, user_key
    // params: $user_id: any, $k: integer
    // returns: id, score
    // access: read
    MATCH (u:{{user_label}} {{{user_key}}: $user_id}) …

Values are ``$parameters``. Names come in as ``{{identifiers}}``, escaped here and nowhere else; several names, such as
relationship types of which any will do, are joined by ``|``. Where a statement may be given further conditions on a node, or
asked for more of it, it has a place for that, ``{{AND i.wanted}}`` or ``{{, i.told}}``, and declares it, ``// terms: wanted,
told``: see ``cypher.terms``. ``{{n.filters}}`` stands for several properties of a node, with commas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cypher.errors import StatementError
from cypher.identifiers import escape, escape_any
from cypher.literals import literal
from cypher.terms import Term, Unless, join

Names = Mapping[str, str | Sequence[str] | Sequence[Term | Unless]]
"""Placeholder → the name it stands for, or several of which any will do; of a place for terms, the terms."""

_ROOT = Path(__file__).parent
_NAME = re.compile(r"\{\{(\w+)\}\}")
_PROPERTIES = re.compile(r"\{\{(\w+)\.(\w+)\}\}")
_TERMS = re.compile(r" ?\{\{(WHERE|AND|,) (\w+)\.(\w+)\}\}")
_PARAMETER = re.compile(r"\$(\w+)")
_ANY = re.compile("|".join(one.pattern for one in (_NAME, _PROPERTIES, _TERMS, _PARAMETER)))
_FIELD = re.compile(r"^(identifiers|terms|params|returns|access):\s*(.*)$")


class Access(str, Enum):
    """What a statement may do: read data, write data, or change the schema (indexes and constraints)."""

    READ = "read"
    WRITE = "write"
    SCHEMA = "schema"


@dataclass(frozen=True)
class Statement:
    """One statement of the catalogue; ``name`` is ``folder/file`` without the suffix.

    ``terms`` are its places for conditions; ``params`` has their values' names too.
    """

    name: str
    purpose: str
    text: str
    identifiers: tuple[str, ...]
    params: tuple[str, ...]
    returns: tuple[str, ...]
    access: Access
    terms: tuple[str, ...] = ()

    def render(self, identifiers: Names | None = None) -> str:
        """Return the text with every ``{{identifier}}`` replaced by its escaped name, or names joined by ``|``.

        Raises:
            StatementError: the names given are not exactly those the header declares.
            IdentifierError: a name that Neo4j could not hold, or no name at all.
        """
        names = self._names(identifiers)
        return _rendered(self, tuple((of, name if isinstance(name, str) else tuple(name)) for of, name in names.items()))

    def inline(self, params: Mapping[str, Any], identifiers: Names | None = None) -> str:
        """Return the text with values written into it as literals, for a person to paste; never to be run by Hopline.

        Raises:
            StatementError: the names or values given are not exactly those the header declares.
        """
        names = self._names(identifiers)
        if set(params) != set(self.params):
            raise StatementError(f"{self.name} was given the params {sorted(params)}; it declares {sorted(self.params)}")
        return self._written(names, lambda param: literal(params[param]), lambda param, place: literal(params[param][place]))

    def _written(self, names: Names, value: Callable[[str], str], part: Callable[[str, int], str]) -> str:
        """Return the text with names, terms and values in their places; ``part`` gives that of one of a place's terms."""

        def one(match: re.Match[str]) -> str:
            name, of, properties, word, node, place, param = match.groups()
            if name:
                return _escaped(names[name])
            if properties:
                return ", ".join(f"{of}.{escape(one)}" for one in _several(names[properties]))
            if place:
                terms = _several(names[place])
                told = join(terms, word, node, [part(place, number) for number in range(len(terms))])
                return f" {told}" if told and match[0].startswith(" ") else told  # without terms no space is left over
            return value(param)

        # One pass, so that neither a name nor a value is searched for placeholders itself.
        return _ANY.sub(one, self.text)

    def _names(self, identifiers: Names | None) -> Names:
        given = dict(identifiers or {})
        if set(given) != {*self.identifiers, *self.terms}:
            raise StatementError(
                f"{self.name} was given the identifiers {sorted(given)}; it declares {sorted({*self.identifiers, *self.terms})}"
            )
        return given


@lru_cache(maxsize=1024)  # questions are asked with the same names over and over, and finding their places takes a while
def _rendered(statement: Statement, names: tuple[tuple[str, Any], ...]) -> str:
    return statement._written(dict(names), lambda param: f"${param}", lambda param, place: f"${param}[{place}]")


def _escaped(name: Any) -> str:
    return escape(name) if isinstance(name, str) else escape_any(name)


def _several(names: Any) -> list[Any]:
    return [names] if isinstance(names, str) else list(names)


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
    names, terms = (_listed(fields.get(field, "")) for field in ("identifiers", "terms"))
    params = tuple(_PARAMETER.findall(fields["params"]))
    _check_declared(name, "identifiers", names, {*_NAME.findall(text), *(of for _, of in _PROPERTIES.findall(text))})
    _check_declared(name, "terms", terms, {place for _, _, place in _TERMS.findall(text)})
    _check_declared(name, "params", params, set(_PARAMETER.findall(text)))
    return Statement(
        name=name,
        purpose=" ".join(purpose),
        text=text,
        identifiers=names,
        params=(*params, *terms),
        terms=terms,
        returns=tuple(
            part.strip().split(":")[0] for part in fields["returns"].split(",") if part.strip() not in {"", "nothing"}
        ),
        access=Access(fields["access"]),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


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
