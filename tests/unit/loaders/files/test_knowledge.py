from hypothesis import given
from hypothesis import strategies as st

from cypher import escape
from loaders.files.knowledge import relation_types


def test_a_relation_becomes_an_upper_snake_type():
    assert relation_types(["film.film.actor", " born in ", "sequel-of", "監督", "🎬"]) == {
        "film.film.actor": "FILM_FILM_ACTOR",
        " born in ": "BORN_IN",
        "sequel-of": "SEQUEL_OF",
        "監督": "監督",
        "🎬": "RELATED_TO",
    }


@given(st.lists(st.text(min_size=1, max_size=4), unique=True, max_size=12))
def test_two_relations_never_share_a_type_and_order_does_not_matter(relations):
    types = relation_types(relations)
    assert set(types) == set(relations)
    assert len(set(types.values())) == len(relations)
    assert types == relation_types(relations[::-1])


@given(st.text(st.sampled_from("a`. '\"\\u0060\x00🎬"), min_size=1, max_size=8))
def test_every_type_is_a_name_that_cypher_can_hold(relation):
    (name,) = relation_types([relation]).values()
    assert escape(name)
