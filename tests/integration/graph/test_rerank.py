"""Given items come in the order of exact products with the user's vector, whatever the code and whoever the user."""

import numpy as np
import pytest

from graph.errors import NotFoundError
from graph.publish import publish
from graph.releases import active_release
from graph.releases.stored import read_ranking
from graph.rerank import rerank
from tests.integration.graph.test_fold_in import arrive, met_vectors, wanted
from tests.small_releases import SCHEMA, make_draft, write_graph

pytestmark = pytest.mark.integration
GIVEN = ["i3", "i17", "nothing", "i3", "i30", "i8", "i25"]


@pytest.mark.parametrize("code", ["float32", "int8"])
def test_items_come_in_the_order_of_the_model_met_or_not(database, code):
    draft = make_draft(code=code)
    write_graph(database, draft, [("u1", "i17")])
    publish(database, SCHEMA, draft)
    users, (items,) = read_ranking(database, SCHEMA, active_release(database))
    (row,) = np.flatnonzero(users.ids == "u1")
    scores = dict(zip(items.ids.tolist(), (items.vectors @ users.vectors[row]).tolist(), strict=True))
    found = rerank(database, SCHEMA, "u1", GIVEN)
    assert [item.id for item in found.items] == sorted({"i3", "i17", "i30", "i8", "i25"}, key=lambda one: -scores[one])
    assert [item.score for item in found.items] == pytest.approx([scores[item.id] for item in found.items], rel=1e-3)
    assert (found.by_model, found.num_events, found.items[0].title) == (True, None, f"title of {found.items[0].id}")
    assert [item.id for item in rerank(database, SCHEMA, "u1", GIVEN, 2).items] == [item.id for item in found.items[:2]]


def test_a_user_who_came_since_gets_them_by_what_they_met_and_nobody_by_popularity(database):
    draft = make_draft(met=met_vectors())
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    arrive(database, "late", [5, 9])
    order, _ = wanted(draft, [5, 9], 40)
    found = rerank(database, SCHEMA, "late", order[::-1])
    assert ([item.id for item in found.items], found.num_events) == (order, 2)
    unknown = rerank(database, SCHEMA, "nobody", ["i1", "i2", "i3"])
    assert (unknown.by_model, unknown.num_events, len(unknown.items)) == (False, 0, 3)


def test_items_or_users_that_nothing_is_known_of_are_told(database):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    with pytest.raises(NotFoundError, match="knows none of these 2 items as Item"):
        rerank(database, SCHEMA, "u1", ["x", "y"])
    with pytest.raises(NotFoundError, match="there is no User whose id is 'nobody'"):
        rerank(database, SCHEMA, "nobody", ["i1"])
