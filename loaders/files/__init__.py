"""File formats → clean tables, one file a format.

A reader says which file holds what (:class:`~loaders.files.plan.Plan`), :mod:`~loaders.files.stage` carries that out for all
formats. A row that cannot be used is set aside with its file, line and reason; a file or data set that cannot be used is an
:class:`~loaders.errors.InputError`.
"""

from loaders.files.mapping import MAPPING_EXAMPLE
from loaders.files.mapping_text import mapping_text
from loaders.files.open import open_data_set, open_frames
from loaders.files.query import open_query
from loaders.files.reader import Given
from loaders.files.readers import READERS
from loaders.files.stage import Stage
from loaders.files.tables import guess_of

__all__ = [
    "MAPPING_EXAMPLE",
    "READERS",
    "Given",
    "Stage",
    "guess_of",
    "mapping_text",
    "open_data_set",
    "open_frames",
    "open_query",
]
