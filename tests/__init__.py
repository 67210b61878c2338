"""Tests; importing this first settles how threads wait, before any test module loads torch."""

import loaders  # noqa: F401
