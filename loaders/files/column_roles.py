"""What the columns of one table are, told by their names and a sample of its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from graph.inspect.words import ITEMS, KEYS, TIMES, TITLES, USERS, VALUES, rank, words
from loaders.files.rows import LIST_MARK, Source
from loaders.files.times import TimeForm, recognise_times

SAMPLE_ROWS = 10_000
MOST_ODD = 0.2  # of the values of a column, which are then set aside
MOST_BEHAVIOURS = 50  # different values in the sample, from which on a column is no behaviour
_USER_KEYS = ("uid", "username", "login", "email", "session", "cookie", "playlist", "basket", "order")
_ITEM_KEYS = ("iid", "asin", "isbn", "sku", "stock", "pid", "ean", "gtin", "content", "mid")
_DOINGS = frozenset({"behaviour", "behavior", "action", "event", "activity", "interaction"})
_SORTS = frozenset({"type", "name", "kind"})
_VALUES = (*VALUES, "overall")
_TIMES = (*TIMES, "dat")
_CERTAIN_TIMES = ("timestamp", "time", "datetime")
_FIRST_MOMENT = 100_000_000  # 1973, in seconds: a smaller number is the hour of a day, or a week's
_OF_ITEMS = frozenset(
    {
        *("title", "headline", "genre", "category", "brand", "tag", "topic", "author", "director", "artist", "album", "plot"),
        *("description", "price", "publisher", "manufacturer", "name", "year", "language"),
    }
)
_OF_USERS = frozenset({"age", "gender", "sex", "occupation", "profession", "zip", "postcode", "country", "city", "nationality"})
_LISTS = frozenset({"genre", "tag", "category", "topic", "keyword", "author", "actor", "language"})
_MARKS = ("|", ";", ",")


@dataclass(frozen=True)
class ColumnRoles:
    """The columns of one table: its names for users, items, behaviours, values and times, and what is left over."""

    user: str | None
    item: str | None
    behaviour: str | None
    value: str | None
    time: str | None
    others: tuple[str, ...]


@dataclass(frozen=True)
class TableSample:
    """The columns of a table and its first rows, as text."""

    columns: tuple[str, ...]
    rows: pl.DataFrame

    @classmethod
    def take(cls, source: Source) -> TableSample:
        """Read the first rows of a table.

        Raises:
            InputError: it cannot be read.
        """
        columns = source.columns
        parts = [pl.DataFrame(schema=dict.fromkeys(columns, pl.String))]
        for batch in source.batches():  # the last line may be a batch of its own
            parts.append(batch.frame.select(columns))
            if sum(part.height for part in parts) >= SAMPLE_ROWS:
                break
        return cls(columns, pl.concat(parts).head(SAMPLE_ROWS))

    def given(self, column: str) -> pl.Series:
        """Return the values of a column that are there."""
        values = self.rows[column].str.strip_chars()
        return values.filter(values != "")

    def is_number(self, column: str) -> bool:
        """Whether most values of a column are numbers, and there are some."""
        given = self.given(column)
        return len(given) > 0 and given.cast(pl.Float64, strict=False).null_count() <= MOST_ODD * len(given)

    def belongs(self, column: str, kind: str, key: str) -> bool:
        """Whether a column is a property of what ``key`` has the ids of, a ``user`` or an ``item``.

        It is if it is named so, and rows that agree in ``key`` agree in it; some must, unless its name says whose it is.
        """
        owners, properties = (USERS, _OF_USERS) if kind == "user" else (ITEMS - {"event"}, _OF_ITEMS)
        singular = [_singular(word) for word in words(column)]
        is_owned = any(word in owners for word in singular)
        if not is_owned and not (singular and singular[-1] in properties):
            return False
        kinds = self.rows.group_by(key).agg(pl.col(column).n_unique().alias("kinds"), pl.len().alias("rows"))
        return bool((kinds["kinds"] == 1).all() and (is_owned or (kinds["rows"] > 1).any()))

    def separator(self, column: str) -> str | None:
        """Return what parts the categories in the fields of a column that is named as one of lists, if anything does."""
        if not any(_singular(word) in _LISTS for word in words(column)):
            return None
        given = self.given(column)
        if given.str.starts_with(LIST_MARK).any():
            return LIST_MARK
        return next((mark for mark in _MARKS if given.str.contains(mark, literal=True).any()), None)


def find_roles(table: TableSample) -> ColumnRoles:
    """Tell what the columns are."""
    columns = table.columns
    user = _first(_ids(columns, USERS), _keys(columns, _USER_KEYS))
    left = [name for name in columns if name != user]
    items = _ids(left, ITEMS)
    item = _first([name for name in items if "event" not in words(name)], _keys(left, _ITEM_KEYS), items)
    left = [name for name in left if name != item]
    behaviour = _first([name for name in left if _names_behaviour(name) and _is_behaviour(table, name)])
    left = [name for name in left if name != behaviour]
    time = _best([name for name in left if _is_time(table, name)], _TIMES)
    left = [name for name in left if name != time]
    value = _best([name for name in left if table.is_number(name) and "id" not in words(name)], _VALUES)
    others = tuple(name for name in left if name != value)
    return ColumnRoles(user, item, behaviour, value, time, others)


def key_of(columns: Sequence[str]) -> str | None:
    """Return the column of ids in a table of which it is known what its rows are."""
    return _best(columns, KEYS)


def title_of(columns: Sequence[str]) -> str | None:
    """Return the column that people are shown."""
    return _best(columns, TITLES)


def item_label(name: str) -> str:
    """Return the label for items by a word of their column's, or their table's, name: ``movieId`` is a ``Movie``."""
    known = [word for part in words(name) for word in (_singular(part.removesuffix("id")), _singular(part)) if word in ITEMS]
    return known[0].capitalize() if known else "Item"


def names_kind(name: str) -> str | None:
    """Return ``user`` or ``item`` if a table is named as one of them: ``users.csv``, ``movies.csv``."""
    singular = {_singular(word) for word in words(name)}
    return "user" if singular & USERS else "item" if singular & ITEMS else None


def _ids(columns: Iterable[str], known: Collection[str]) -> list[str]:
    """Return the columns whose names hold nothing but a known word and words for a key: ``user_id``, ``userid``, ``user``."""
    found = []
    for name in columns:
        parts = [_singular(part) for word in words(name) for part in _apart(word, known)]
        if any(part in known for part in parts) and all(part in known or part in KEYS for part in parts):
            found.append(name)
    return found


def _apart(word: str, known: Collection[str]) -> list[str]:
    stem = word.removesuffix("id")
    return [stem, "id"] if stem != word and stem in known else [word]


def _keys(columns: Iterable[str], keys: tuple[str, ...]) -> list[str]:
    found = {name: [word for word in _stems(name) if word in keys] for name in columns}
    return sorted((name for name in found if found[name]), key=lambda name: keys.index(found[name][0]))


def _stems(name: str) -> list[str]:
    return [form for word in words(name) for form in (word, word.removesuffix("id"))]


def _names_behaviour(name: str) -> bool:
    parts = set(words(name))
    return name.lower() == "type" or bool(parts & _DOINGS and parts <= _DOINGS | _SORTS)


def _is_behaviour(table: TableSample, name: str) -> bool:
    given = table.given(name)
    return 0 < given.n_unique() <= MOST_BEHAVIOURS and given.n_unique() < max(2, len(given))


def _is_time(table: TableSample, name: str) -> bool:
    if rank(name, _TIMES) == len(_TIMES):
        return False
    given = table.given(name)
    form = recognise_times(given)
    if form is TimeForm.ISO_8601:
        return True
    if not table.is_number(name):
        return False
    early = given.cast(pl.Float64, strict=False) < _FIRST_MOMENT
    return rank(name, _CERTAIN_TIMES) < len(_CERTAIN_TIMES) or not early.any()


def _first(*candidates: Sequence[str]) -> str | None:
    return next((name for names in candidates for name in names), None)


def _best(columns: Sequence[str], preferred: tuple[str, ...]) -> str | None:
    ranked = [name for name in columns if rank(name, preferred) < len(preferred)]
    return min(ranked, key=lambda name: rank(name, preferred), default=None)


def _singular(word: str) -> str:
    known = next((form for form in (word, word.removesuffix("s")) if form in ITEMS or form in USERS), None)
    if known is not None:
        return known  # news, series, movies
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
