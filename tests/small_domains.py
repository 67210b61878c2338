"""Goods and articles of the same users: a checkerboard over both, so that what one likes of the one tells what they like of the
other."""

import polars as pl

from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from loaders import set_aside

SIZE = 24
USERS = [f"u{user}" for user in range(SIZE)]
GOODS = list(range(SIZE))
ARTICLES = [str(article) for article in range(SIZE)]  # the ids of goods too, but for their type
GOODS_ONLY = USERS[-6:]
"""Users who read nothing."""

GOOD = NodeKind(label="Good", key="sku", role=NodeRole.ITEM, title="name")
ARTICLE = NodeKind(label="News `item`", role=NodeRole.ITEM, title="headline")
USER = NodeKind(label="User", role=NodeRole.USER)
BOUGHT = EdgeKind(source=USER.label, type="BOUGHT", target=GOOD.label, role=EdgeRole.INTERACTION)
LIKED_GOOD = EdgeKind(source=USER.label, type="LIKED", target=GOOD.label, role=EdgeRole.INTERACTION, value="stars")
LIKED_ARTICLE = EdgeKind(source=USER.label, type="LIKED", target=ARTICLE.label, role=EdgeRole.INTERACTION, value="claps")
SCHEMA = Schema(nodes=(USER, GOOD, ARTICLE), edges=(BOUGHT, LIKED_GOOD, LIKED_ARTICLE))


def likes(user, item):
    """Even users like even items, odd users odd ones."""
    return user % 2 == item % 2


def withheld(user):
    """The good, and the article, of their taste that a user has not met."""
    return (user + 6) % SIZE


def shop_tables(bought=None, liked=(), read=None):
    """What users bought and read, all of their taste but what is withheld; ``None`` takes this for what is not given."""
    met = [(user, item) for user in range(SIZE) for item in range(SIZE) if likes(user, item) and item != withheld(user)]
    bought = [(USERS[user], GOODS[item]) for user, item in met] if bought is None else bought
    read = [(USERS[user], ARTICLES[item]) for user, item in met if USERS[user] not in GOODS_ONLY] if read is None else read
    return Tables(
        SCHEMA,
        (
            NodeTable(USER.label, pl.DataFrame({"id": USERS})),
            NodeTable(GOOD.label, pl.DataFrame({"sku": GOODS, "name": [f"Good {good}" for good in GOODS]})),
            NodeTable(ARTICLE.label, pl.DataFrame({"id": ARTICLES, "headline": [f"News {article}" for article in ARTICLES]})),
        ),
        (
            EdgeTable(BOUGHT, _pairs(bought, pl.Int64)),
            EdgeTable(LIKED_GOOD, _pairs([pair[:2] for pair in liked], pl.Int64, stars=[pair[2] for pair in liked])),
            EdgeTable(LIKED_ARTICLE, _pairs(read, pl.String, claps=[1.0 + int(pair[1]) % 3 for pair in read])),
        ),
        set_aside.empty(),
    )


def _pairs(pairs, target, **values):
    columns = {SOURCE: [one for one, _ in pairs], TARGET: [other for _, other in pairs], **values}
    types = {SOURCE: pl.String, TARGET: target, **dict.fromkeys(values, pl.Float64)}
    return pl.DataFrame(columns, schema=types)
