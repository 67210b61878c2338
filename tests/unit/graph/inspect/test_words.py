"""Names say the same in whatever case and with whatever between their words."""

import pytest

from graph.inspect.words import CERTAIN_USERS, ITEMS, KEYS, names_any, rank, words


@pytest.mark.parametrize("name", ["HAS BOUGHT", "hasBought", "has_bought", "Has-Bought", "HASBought", "has`bought"])
def test_a_name_is_its_words(name):
    assert words(name) == ["has", "bought"]


def test_plurals_and_other_scripts():
    assert names_any("WebShopUsers", CERTAIN_USERS)
    assert not names_any("Usher", CERTAIN_USERS)
    assert names_any("My Products", ITEMS)
    assert words("Größe_東京2") == ["größe", "東京", "2"]
    assert words("ÉtéÀParis") == ["été", "à", "paris"]


def test_the_earliest_word_ranks():
    assert rank("movieId", KEYS) == KEYS.index("id")
    assert rank("colour", KEYS) == len(KEYS)
