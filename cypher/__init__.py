"""Every Cypher statement, one per ``.cypher`` file, in folders by purpose, and the catalogue that loads them."""

from cypher.catalog import Access, Names, Statement, catalog, load
from cypher.errors import HoplineError, IdentifierError, StatementError
from cypher.identifiers import escape
from cypher.terms import Term, TermKind, Unless

__all__ = [
    "Access",
    "HoplineError",
    "IdentifierError",
    "Names",
    "Statement",
    "StatementError",
    "Term",
    "TermKind",
    "Unless",
    "catalog",
    "escape",
    "load",
]
