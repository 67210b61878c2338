"""Cleaning: what learning leaves out of a snapshot or changes in it, by rules that the configuration declares.

Neo4j keeps all that came in. A rule is a file with what it can be told and what it does; every row that one leaves out
or changes is counted, and kept with what it was.
"""

from loaders.clean.apply import Cleaned, clean
from loaders.clean.config import CleanConfig
from loaders.clean.report import CleanReport, RuleCount
from loaders.clean.split import split_cleaned

__all__ = ["CleanConfig", "CleanReport", "Cleaned", "RuleCount", "clean", "split_cleaned"]
