"""What a statement may ask of a node beyond its file's own text: conditions on properties and facts, any number of them.

A file has a place for them, ``{{AND i.wanted}}``, and says so in its header by ``terms: wanted``. What is compared with comes
in as the values of a parameter of the same name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cypher.identifiers import escape


class TermKind(Enum):
    """A condition on one property or fact of a node. That a node lacks it is not to meet the condition."""

    EQUAL = "{node}.{name} = {value}"
    ONE_OF = "{node}.{name} IN {value}"
    AT_LEAST = "{node}.{name} >= {value}"
    AT_MOST = "{node}.{name} <= {value}"
    HAS_ANY = "any(x IN [] + {node}.{name} WHERE x IN {value})"  # of a list, or a single value
    LINKED = "EXISTS {{ ({node})-[:{name}]-(x) WHERE x.{of} IN {value} }}"


@dataclass(frozen=True)
class Term:
    """One property and how it is compared; for ``LINKED`` a fact of type ``name``, by the property ``of`` of its other end."""

    kind: TermKind
    name: str
    of: str = ""

    def render(self, node: str, value: str) -> str:
        """Return the condition's text about the variable ``node``; ``value`` is an expression.

        Raises:
            IdentifierError: a name that Neo4j could not hold.
        """
        of = escape(self.of) if self.kind is TermKind.LINKED else ""
        return self.kind.value.format(node=node, name=escape(self.name), of=of, value=value)


def join(terms: Sequence[Term], word: str, node: str, values: Sequence[str]) -> str:
    """Return all conditions joined by AND, after ``word``; nothing for none."""
    if not terms:
        return ""
    return f"{word} " + " AND ".join(term.render(node, value) for term, value in zip(terms, values, strict=True))
