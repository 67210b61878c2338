"""The root of Hopline's exceptions, and those of the statement catalogue."""


class HoplineError(Exception):
    """Anything Hopline refuses or fails at; the message says what was got, what was expected, what to do next."""


class StatementError(HoplineError):
    """A ``.cypher`` file that is missing, or asked with parameters or identifiers it does not declare."""


class IdentifierError(HoplineError):
    """A label, relationship type, property or index name that Neo4j could not hold."""
