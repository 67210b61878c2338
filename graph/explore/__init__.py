"""Looking around in the graph: what is near, what joins two nodes, how much of what, and which items belong together.

Answers are values that turn into polars frames, networkx graphs and, in ``py2neo_subgraph``, py2neo Subgraphs; each has the
statement that gave it, to paste. py2neo is used here and nowhere else, for its data types alone: it opens no connection.
"""

from graph.explore.communities import Communities, Community, communities
from graph.explore.degrees import Degrees, degrees
from graph.explore.explorer import Explorer
from graph.explore.found import Found, FoundNode, FoundRelationship
from graph.explore.neighbourhood import Neighbourhood, neighbourhood
from graph.explore.paths import Paths, paths
from graph.explore.popularity import Popularity, popularity, popularity_over_time

__all__ = [
    "Communities",
    "Community",
    "Degrees",
    "Explorer",
    "Found",
    "FoundNode",
    "FoundRelationship",
    "Neighbourhood",
    "Paths",
    "Popularity",
    "communities",
    "degrees",
    "neighbourhood",
    "paths",
    "popularity",
    "popularity_over_time",
]
