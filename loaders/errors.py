"""What can go wrong with files."""

from cypher.errors import HoplineError


class InputError(HoplineError):
    """A file, or a whole data set, that cannot be used; the message names it and says what was expected."""
