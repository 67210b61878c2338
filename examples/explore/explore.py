# %% [markdown]
# # Looking around in a graph
#
# Everything here only reads. It asks the graph that your settings lead to: `NEO4J_URI`, or the embedded server of
# `HOPLINE_HOME`. Load one first (`hopline import FOLDER`, or `hopline demo`).

# %%
import networkx as nx
import polars as pl

from hopline import Recommender

pl.Config.set_tbl_rows(20)
pl.Config.set_tbl_hide_dataframe_shape(True)
recommender = Recommender.from_config()
explore = recommender.explore

# %% [markdown]
# ## Its shape
# Labels and relationship types with their counts. `mermaid()` draws the same.

# %%
shape = explore.describe()
print(shape.num_nodes)
print(shape.mermaid())

# %% [markdown]
# ## How relationships are spread
# A row a side of each kind. The Gini coefficient is 0 where all nodes have equally many, near 1 where few have nearly all.

# %%
degrees = explore.degrees()
print(degrees.frame().select("source", "type", "target", "side", "nodes", "mean", "p50", "p99", "max", "gini"))
print(degrees.histogram().head(12))

# %% [markdown]
# ## What is popular
# The items with most interactions, and which share of all interactions falls on the most popular ones.

# %%
popular = explore.popularity(k=5)
print(popular.frame())
print(popular.head_frame())
print(popular.summary())

# %% [markdown]
# ## Around the most popular item
# At most three relationships of each role from every node, two hops far. As networkx: which of these nodes is most central?

# %%
item = (popular.label, popular.items[0].id)
around = explore.neighbourhood(*item, depth=2, limit=3)
print(around.frame())
central = nx.degree_centrality(around.networkx())
for name, value in sorted(central.items(), key=lambda pair: (-pair[1], str(pair[0])))[:3]:
    print(f"{value:.2f}  {name[0]} {name[1]}")

# %% [markdown]
# ## From one item to another
# The shortest paths, and of those the ones through nodes that fewer relationships meet, as they tell more.

# %%
other = (popular.label, popular.items[1].id)
paths = explore.paths(item, other, length=4, k=3)
for path in paths.paths:
    print(path)
print(paths.statement.splitlines()[0], "…")

# %% [markdown]
# ## Items that belong together
# By the vectors of the active release, or by who met them where nothing is published yet.

# %%
communities = explore.communities(limit=5, num_items=2_000)
print(f"by {communities.by}, modularity {communities.modularity:.2f}")
for community in communities.communities:
    print(f"{community.size} items, such as {', '.join(one.title or str(one.id) for one in community.top_items[:3])}")
    print("  typical:", "; ".join(map(str, community.typical[:3])) or "nothing that others lack")

# %% [markdown]
# ## As a py2neo Subgraph
# For whoever works with py2neo: the same nodes and relationships, ready for `py2neo.Graph.merge` into another graph.

# %%
subgraph = around.subgraph()
print(f"{len(subgraph.nodes)} nodes, {len(subgraph.relationships)} relationships: {', '.join(sorted(subgraph.types()))}")

# %%
recommender.close()
