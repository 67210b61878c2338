"""Diverse answers of the database are those of the formula over its first candidates, in floats and in bytes."""

import numpy as np
import pytest

from graph.ask_config import AskConfig
from graph.choice import BEST, choice_of
from graph.errors import QuestionError
from graph.publish import publish
from graph.recommend import recommend
from graph.session import session
from graph.similar import similar
from tests.small_releases import SCHEMA, best, by_mmr, make_draft, write_graph

pytestmark = pytest.mark.integration


def choice(diversity):
    return choice_of(AskConfig(), SCHEMA, diversity=diversity)


def ids(found):
    return [item.id for item in found.items]


def cosines(draft, found):
    places = {item: place for place, item in enumerate(draft.items[0].ids.tolist())}
    vectors = draft.items[0].vectors[[places[item] for item in found]].astype(np.float64)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return (unit @ unit.T)[np.triu_indices(len(found), 1)]


@pytest.mark.parametrize("code", ["float32", "int8"])
def test_recommended_are_the_items_of_the_formula(database, code):
    draft = make_draft(num_items=300, dimensions=16, code=code)
    write_graph(database, draft, [("u1", "i2")])
    publish(database, SCHEMA, draft)
    plain = ids(recommend(database, SCHEMA, "u1", 10))
    found = recommend(database, SCHEMA, "u1", 10, choice=choice(0.6))
    if code == "float32":
        first, scores = best(draft, 1, 50, ["i2"])
        places = {item: place for place, item in enumerate(draft.items[0].ids.tolist())}
        vectors = draft.items[0].vectors[[places[item] for item in first]].astype(np.float64)
        assert ids(found) == [first[place] for place in by_mmr(vectors, scores, 10, 0.6)]
    assert ids(found)[0] == plain[0]
    assert cosines(draft, ids(found)).mean() < cosines(draft, plain).mean()
    assert ids(recommend(database, SCHEMA, "u1", 10, choice=choice(0.6))) == ids(found)
    for other in (
        similar(database, SCHEMA, "i5", 10, choice=choice(0.6)),
        session(database, SCHEMA, ["i5"], 10, choice=choice(0.6)),
        recommend(database, SCHEMA, "nobody", 10, choice=choice(0.6)),
    ):
        assert len(set(ids(other))) == 10


def test_none_is_no_choice_and_what_is_out_of_bounds_is_refused():
    assert choice(0) is choice(None) is BEST
    assert choice_of(AskConfig(diversity=0.5), SCHEMA).taste.diversity == 0.5
    assert choice_of(AskConfig(diversity=0.5), SCHEMA, diversity=0) is BEST
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(QuestionError, match="expected 0, for the best items alone, to 1"):
            choice(wrong)
