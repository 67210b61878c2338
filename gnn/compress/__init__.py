"""A teacher's vectors made small: distilled, under the rounding that they will be stored with."""

from gnn.compress.config import DistilConfig
from gnn.compress.distil import Rounding, distil
from gnn.compress.shorten import shorten

__all__ = ["DistilConfig", "Rounding", "distil", "shorten"]
