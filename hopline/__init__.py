"""Hopline: a graph-neural-network recommender that lives on Neo4j.

>>> from hopline import Recommender
>>> recommender = Recommender.from_config()          # doctest: +SKIP
>>> recommender.load("ml-100k").fit().publish()      # doctest: +SKIP
>>> recommender.recommend("196", k=5)                # doctest: +SKIP
"""

from hopline.recommender import Recommender

__all__ = ["Recommender"]
__version__ = "0.1.0"
