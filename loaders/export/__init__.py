"""A snapshot → files: Parquet tables with the mapping that reads them again, or RecBole's atomic files.

What the schema names is written: nodes with their titles and features, relationships with value and time. Memory holds the
snapshot and some rows of text.
"""

from loaders.export.folder import WRITERS, prepare_folder
from loaders.export.report import ExportReport, WrittenFile

__all__ = ["WRITERS", "ExportReport", "WrittenFile", "prepare_folder"]
