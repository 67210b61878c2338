"""What a statement may ask of a node beyond its file's own text: conditions on properties and facts, and their values.

A file has a place for any number of them, ``{{AND i.wanted}}`` or ``{{, i.told}}``, and says so in its header by ``terms:``.
What is compared with comes in as the values of a parameter of the place's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cypher.identifiers import escape


class TermKind(Enum):
    """A condition on one property or fact of a node, which a node that lacks it does not meet; or what it has there."""

    EQUAL = "{node}.{name} = {value}"
    ONE_OF = "{node}.{name} IN {value}"
    AT_LEAST = "{node}.{name} >= {value}"
    AT_MOST = "{node}.{name} <= {value}"
    HAS_ANY = "any(x IN [] + {node}.{name} WHERE x IN {value})"  # of a list, or a single value
    LINKED = "EXISTS {{ ({node})-[:{name}]-(x) WHERE x.{of} IN {value} }}"
    VALUE = "{node}.{name}"
    VALUES = "[] + {node}.{name}"
    ENDS = "[({node})-[:{name}]-(x) | x.{of}]"


@dataclass(frozen=True)
class Term:
    """One property; for ``LINKED`` and ``ENDS`` a fact of type ``name``, by the property ``of`` of what is at its other end."""

    kind: TermKind
    name: str
    of: str = ""

    def render(self, node: str, value: str) -> str:
        """Return the condition's text about the variable ``node``; ``value`` is an expression.

        Raises:
            IdentifierError: a name that Neo4j could not hold.
        """
        of = escape(self.of) if self.kind in {TermKind.LINKED, TermKind.ENDS} else ""
        return self.kind.value.format(node=node, name=escape(self.name), of=of, value=value)


@dataclass(frozen=True)
class Unless:
    """Not all of some conditions; their values are a list."""

    terms: tuple[Term, ...]

    def render(self, node: str, value: str) -> str:
        """Return the condition's text, as :meth:`Term.render` does."""
        met = " AND ".join(term.render(node, f"{value}[{place}]") for place, term in enumerate(self.terms))
        return f"NOT coalesce({met}, false)"


def join(terms: Sequence[Term | Unless], word: str, node: str, values: Sequence[str]) -> str:
    """Return what stands in a place, after its ``word``: joined by AND, or after a comma by commas; nothing for none."""
    if not terms:
        return ""
    by = ", " if word == "," else " AND "
    return f"{word} " + by.join(term.render(node, value) for term, value in zip(terms, values, strict=True))
