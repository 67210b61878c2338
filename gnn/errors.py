"""What can go wrong while learning and evaluating."""

from cypher.errors import HoplineError


class TrainingError(HoplineError):
    """A training run that cannot start or go on; the message says why and where the last good checkpoint is."""


class EvaluationError(HoplineError):
    """Scores or splits that cannot be evaluated."""
