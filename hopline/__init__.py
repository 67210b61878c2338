"""Hopline: a graph-neural-network recommender that lives on Neo4j.

::

    from hopline import Recommender

    with Recommender.from_config() as recommender:
        recommender.load("ml-100k")
        recommender.fit().publish()
        print(recommender.recommend("196", k=5).items)
"""

from hopline.recommender import Recommender

__all__ = ["Recommender"]
__version__ = "0.1.0"
