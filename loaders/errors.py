"""What can go wrong with files and with features."""

from cypher.errors import HoplineError


class InputError(HoplineError):
    """A file, or a whole data set, that cannot be used; the message names it and says what was expected."""


class FeatureError(HoplineError):
    """Fitted features, or a text encoder, that cannot be used."""
