"""What learns: encoder, tasks, training, evaluation and the baselines to beat."""

import loaders  # noqa: F401 - it settles how threads wait, which must be known before torch loads
