"""A teacher's vectors made small: distilled, under the rounding that they will be stored with."""

from gnn.compress.config import CompressConfig, DistilConfig
from gnn.compress.distil import Rounding, distil
from gnn.compress.search import smallest_within
from gnn.compress.shorten import shorten

__all__ = ["CompressConfig", "DistilConfig", "Rounding", "distil", "shorten", "smallest_within"]
