import pytest

from graph.sentences import sentence

BARE = {"met": "Alien", "did": "RATED", "value": 4.5, "shared": 1, "asked": 1, "via": None, "first_type": None}


def row(kind, **changed):
    return BARE | {"kind": kind} | changed


def shared(first, second, via="Ann Lee", first_out=True, second_out=True):
    return row("shared", first_type=first, second_type=second, via=via, first_out=first_out, second_out=second_out)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (shared("DIRECTED_BY", "DIRECTED_BY"), "directed by Ann Lee, like Alien, which you rated 4.5"),
        (shared("STARRING", "STARRING"), "starring Ann Lee, like Alien, which you rated 4.5"),
        (shared("HAS_GENRE", "HAS_GENRE", "Horror"), "has the genre Horror, like Alien, which you rated 4.5"),
        (shared("RELEASED_IN", "RELEASED_IN", "1990s"), "released in the 1990s, like Alien, which you rated 4.5"),
        (shared("DIRECTOR", "DIRECTOR"), "shares Ann Lee with Alien, which you rated 4.5 (director)"),
        (
            shared("FILM_ACTOR_FILM", "FILM_ACTOR_FILM", first_out=False, second_out=False),
            "shares Ann Lee with Alien, which you rated 4.5 (film actor film)",
        ),
        (
            shared("STARRING", "DIRECTED_BY"),
            "shares Ann Lee with Alien, which you rated 4.5 (directed by here, starring there)",
        ),
        (row("fact", first_type="SEQUEL_OF", first_out=True), "sequel of Alien, which you rated 4.5"),
        (row("fact", first_type="SEQUEL_OF", first_out=False), "Alien, which you rated 4.5, is sequel of it"),
        (row("fact", first_type="SEQUEL", first_out=True), "linked to Alien, which you rated 4.5 (sequel)"),
        (
            row("people", shared=1200, asked=3000),
            "1,200 of the 3,000 others who chose Alien, which you rated 4.5, chose it too",
        ),
        (row("people"), "the only other person who chose Alien, which you rated 4.5, chose it too"),
        (row("people", via="Bob"), "Bob, who chose Alien, which you rated 4.5, chose it too"),
        (row("people", via="Bob", shared=2), "Bob and another, who chose Alien, which you rated 4.5, chose it too"),
        (row("people", via="Bob", shared=3), "Bob and 2 more, who chose Alien, which you rated 4.5, chose it too"),
        (row("known", met="Ann", via="Bob"), "Bob, a friend of your friend Ann, chose it"),
        (row("met"), "you met it yourself (rated 4.5)"),
        (
            row("way", names=("Ann", "Jaws"), types=["FRIEND", "SAW", "SEQUEL_OF"]),
            "by way of Ann and Jaws (friend, saw, sequel of)",
        ),
        (row("friends", via="Bob"), "your friend Bob chose it"),
        (row("friends", via="Bob", shared=2), "your friend Bob and another of your friends chose it"),
        (row("friends", via="Bob", shared=3), "your friend Bob and 2 more of your friends chose it"),
    ],
)
def test_a_path_reads_as_english(given, wanted):
    assert sentence(given) == wanted


@pytest.mark.parametrize(
    ("did", "value", "wanted"),
    [
        ("RATED", 5.0, "rated 5"),
        ("RATED", None, "rated"),
        ("LISTENED_TO", 1380.0, "listened to"),
        ("BOUGHT", None, "bought"),
        ("INTERACTED", 3.0, "chose"),
        ("CLICK", None, "chose"),
    ],
)
def test_what_the_user_did_is_in_the_past_tense(did, value, wanted):
    assert sentence(row("fact", first_type="SEQUEL_OF", first_out=True, did=did, value=value)) == (
        f"sequel of Alien, which you {wanted}"
    )
