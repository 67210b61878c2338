"""Names as the words they are made of, and what those words say about a label, a relationship type or a property."""

from __future__ import annotations

import re

USERS = frozenset(
    {
        *("user", "customer", "consumer", "member", "account", "client", "shopper", "buyer", "subscriber", "visitor", "viewer"),
        *("reader", "listener", "player", "patient", "student", "learner", "guest", "traveller", "traveler", "employee"),
        *("candidate", "reviewer", "follower", "profile", "person", "people", "human"),
        *("usuario", "utilisateur", "kunde", "nutzer", "benutzer", "cliente"),
    }
)
CERTAIN_USERS = USERS - {"person", "people", "human", "profile", "employee", "candidate", "patient"}
ITEMS = frozenset(
    {
        *(
            "item",
            "product",
            "good",
            "article",
            "movie",
            "film",
            "video",
            "show",
            "series",
            "episode",
            "song",
            "track",
            "artist",
        ),
        *("album", "music", "book", "game", "app", "course", "lesson", "post", "story", "news", "paper", "publication", "ad"),
        *("advert", "advertisement", "campaign", "recipe", "dish", "restaurant", "hotel", "place", "poi", "venue", "business"),
        *("listing", "property", "job", "vacancy", "event", "group", "community", "channel", "playlist", "podcast", "question"),
        *("offer", "deal", "image", "photo", "produkt", "artikel", "produit", "producto", "livre", "libro", "pelicula"),
    }
)
NEVER_INTERACTIONS = frozenset(
    {
        *("acted", "acts", "directed", "directs", "produced", "produces", "wrote", "writes", "written", "starring", "belongs"),
        *(
            "part",
            "parent",
            "child",
            "category",
            "genre",
            "type",
            "kind",
            "class",
            "subclass",
            "instance",
            "located",
            "location",
        ),
        *("near", "lives", "from", "country", "city", "brand", "made", "manufactured", "contains", "includes", "tagged", "tag"),
        *(
            "about",
            "related",
            "similar",
            "same",
            "alias",
            "sequel",
            "employs",
            "works",
            "worked",
            "manages",
            "managed",
            "reports",
        ),
        *("supplies", "supplied", "similarity", "knows", "friend"),
    }
)
VALUES = (
    *("rating", "stars", "score", "grade", "value", "weight", "strength", "count", "times", "plays", "quantity", "amount"),
    *("duration", "seconds", "minutes"),
)
TIMES = ("timestamp", "time", "datetime", "date", "at", "on", "when", "created", "updated", "ts", "day", "epoch", "since")
TITLES = ("title", "name", "headline", "label", "caption", "fullname", "displayname", "username", "heading")
KEYS = (
    *(
        "id",
        "uuid",
        "guid",
        "key",
        "code",
        "sku",
        "isbn",
        "asin",
        "ean",
        "gtin",
        "nr",
        "no",
        "number",
        "uri",
        "url",
        "iri",
        "handle",
    ),
    *("slug", "email", "login", "username"),
)
PRIVATE = frozenset(
    {"password", "passwd", "pwd", "hash", "token", "secret", "salt", "email", "mail", "phone", "telephone", "iban", "ssn", "ip"}
)


def words(name: str) -> list[str]:
    """Return the words of a name in lower case: ``HAS BOUGHT``, ``hasBought`` and ``has_bought`` are all has, bought."""
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", name.replace("_", " "))
    parts: list[str] = []
    for word in re.findall(r"\w+", apart):
        start = 0
        for place in range(1, len(word)):
            # A capital begins a word after a small letter, and before one: HASBought is has, bought.
            if word[place].isupper() and (word[place - 1].islower() or word[place + 1 : place + 2].islower()):
                parts.append(word[start:place])
                start = place
        parts.append(word[start:])
    return [part.lower() for part in parts]


def names_any(name: str, known: frozenset[str]) -> bool:
    """Whether any word of a name, or its singular, is known."""
    return any(word in known or word.removesuffix("s") in known for word in words(name))


def rank(name: str, preferred: tuple[str, ...]) -> int:
    """Return how early a name's words come among preferred ones; ``len(preferred)`` if none does."""
    parts = words(name)
    found = [preferred.index(word) for word in (*parts, "".join(parts)) if word in preferred]
    return min(found, default=len(preferred))
