import pytest

from graph.behaviours import BEHAVIOURS, default_weight, guess_behaviour


@pytest.mark.parametrize(
    ("name", "behaviour"),
    [
        ("VIEWED", "browse"),
        ("SAW", "browse"),
        ("CLICKED", "click"),
        ("tapped on", "click"),
        ("ADDED_TO_CART", "cart"),
        ("AddedToBasket", "cart"),
        ("REMOVED_FROM_CART", "undo"),
        ("BOUGHT", "purchase"),
        ("PURCHASED", "purchase"),
        ("ORDERS", "purchase"),
        ("RATED", "rating"),
        ("HAS_REVIEWED", "rating"),
        ("LIKES", "like"),
        ("FOLLOWS", "follow"),
        ("JOINED", "join"),
        ("MEMBER_OF", "join"),
        ("LISTENED_TO", "watch"),
        ("hasPlayed", "watch"),
        ("DISLIKED", "dislike"),
        ("NOT_INTERESTED", "dislike"),
        ("BLOCKED", "block"),
        ("UNFOLLOWED", "undo"),
        ("INTERACTED_WITH", "interacted_with"),
        ("", ""),
    ],
)
def test_a_types_name_tells_the_behaviour(name, behaviour):
    assert guess_behaviour(name) == behaviour


def test_every_behaviour_is_guessed_from_its_own_name():
    for behaviour in BEHAVIOURS:
        assert guess_behaviour(behaviour.name.upper()) == behaviour.name


def test_surer_signs_weigh_more_and_dislike_nothing():
    assert default_weight("purchase") > default_weight("cart") > default_weight("click") > default_weight("browse") > 0
    assert default_weight("dislike") == default_weight("block") == default_weight("undo") == 0
    assert default_weight("of my own") == 1
