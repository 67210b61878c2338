"""Every Cypher statement, one per ``.cypher`` file, in folders by purpose, and the catalogue that loads them."""

from cypher.catalog import Access, Names, Statement, catalog, load
from cypher.errors import HoplineError, IdentifierError, StatementError
from cypher.identifiers import escape

__all__ = [
    "Access",
    "HoplineError",
    "IdentifierError",
    "Names",
    "Statement",
    "StatementError",
    "catalog",
    "escape",
    "load",
]
