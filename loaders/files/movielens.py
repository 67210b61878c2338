"""MovieLens as GroupLens gives it out: 100K, 1M and 10M with files of their own, 20M and later (latest, 25M, 32M) as CSV.

Source: the README in each of the data sets, https://grouplens.org/datasets/movielens/.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from graph.schema import EdgeRole
from loaders.errors import InputError
from loaders.files.blocks import read_blocks
from loaders.files.combined import Joined
from loaders.files.csv_file import CsvFile
from loaders.files.films import FILM, MOVIE, RATING, film_plan
from loaders.files.lines import Delimited
from loaders.files.plan import USER, EdgeFile, NodeFile, Plan
from loaders.files.properties import PropertyKind
from loaders.files.reader import Given
from loaders.files.rows import Rows, Source, require_columns

TAG = "Tag"
_RATINGS_AND_FILMS = (("u.data", "u.item"), ("ratings.dat", "movies.dat"))
_CSV = {"ratings.csv": {"userId", "movieId", "rating"}, "movies.csv": {"movieId", "title"}}
_GENRES = (
    *("unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy"),
    *("Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western"),
)
_TAGGING = ("userId", "movieId", "tag", "timestamp")
_LINKS = {"imdbId": PropertyKind.KEPT, "tmdbId": PropertyKind.KEPT}


class MovieLens:
    """Reads a folder of any MovieLens."""

    name = "movielens"
    description = (
        "MovieLens: 100K (u.data, u.item, u.user), 1M and 10M (ratings.dat, movies.dat, users.dat, tags.dat), 20M to 32M and "
        "latest (ratings.csv, movies.csv, tags.csv, links.csv); tags, genres and decades become facts"
    )
    example = "hopline import ml-32m"

    def matches(self, path: Path) -> bool:
        """There are ratings and films under one of their names; in CSV, which many name so, with MovieLens's columns."""
        found = any(all((path / name).is_file() for name in pair) for pair in _RATINGS_AND_FILMS)
        return found or all(names <= _columns(path / name) for name, names in _CSV.items())

    def plan(self, given: Given) -> Plan:
        """Say which file holds what.

        Raises:
            InputError: the films or ratings are missing, or lack a column.
        """
        if (given.path / "u.data").is_file():
            return _plan_100k(given)
        return _plan_dat(given) if (given.path / "ratings.dat").is_file() else _plan_csv(given)


def _plan_100k(given: Given) -> Plan:
    encoding = given.encoding or _utf_8_or_latin_1(given.path / "u.item")
    films = ("movieId", "title", "released", "video_released", "url", *_GENRES)
    people = ("userId", "age", "gender", "occupation", "zip_code")
    return film_plan(
        Delimited(given.path / "u.item", films, "|", encoding),
        Delimited(given.path / "u.data", RATING, encoding=encoding),
        flags=_GENRES[1:],
        users=_users(Delimited(given.path / "u.user", people, "|", encoding), PropertyKind.NUMERIC),
    )


def _plan_dat(given: Given) -> Plan:
    encoding = given.encoding or _utf_8_or_latin_1(given.path / "movies.dat")
    people = ("userId", "gender", "age", "occupation", "zip_code")
    return film_plan(
        Delimited(given.path / "movies.dat", FILM, "::", encoding),
        Delimited(given.path / "ratings.dat", RATING, "::", encoding),
        users=_users(Delimited(given.path / "users.dat", people, "::", encoding), PropertyKind.CATEGORICAL),
        tags=_tags(Delimited(given.path / "tags.dat", _TAGGING, "::", encoding)),
    )


def _plan_csv(given: Given) -> Plan:
    def csv(name: str) -> CsvFile:
        return CsvFile(given.path / name, delimiter=",", encoding=given.encoding)

    films: Source = csv("movies.csv")
    linked = csv("links.csv").path.is_file()
    if linked:
        require_columns(csv("links.csv"), *_LINKS)
        films = Joined(films, csv("links.csv"), "movieId")
    return film_plan(films, csv("ratings.csv"), _LINKS if linked else None, tags=_tags(csv("tags.csv")))


def _users(people: Delimited, age: PropertyKind) -> NodeFile | None:
    """Take the users' file if it is there; 1M's ages and occupations are numbers of groups, so no quantities."""
    if not people.path.is_file():
        return None
    group = PropertyKind.CATEGORICAL
    kinds = {"age": age, "gender": group, "occupation": group, "zip_code": PropertyKind.KEPT}
    return NodeFile(people, USER, "userId", kinds)


def _tags(tags: CsvFile | Delimited) -> EdgeFile | None:
    """Take the tags if they are there. That someone gave a tag is a fact of the film, whoever it was."""
    if not tags.path.is_file():
        return None
    require_columns(tags, "movieId", "tag")
    return EdgeFile(tags, (MOVIE, TAG), ("movieId", "tag"), EdgeRole.KNOWLEDGE, "HAS_TAG", prepare=_plain_tags)


def _plain_tags(rows: Rows) -> None:
    """Write tags in lower case: people write the same one in many ways."""
    rows.frame = rows.frame.with_columns(pl.col("tag").str.strip_chars().str.to_lowercase())


def _columns(path: Path) -> set[str]:
    """Return the names in the first line of a CSV, whatever the encoding of the others; none if it cannot be read."""
    for encoding in (None, "latin-1"):
        try:
            return set(CsvFile(path, delimiter=",", encoding=encoding).columns)
        except InputError:
            continue
    return set()


def _utf_8_or_latin_1(path: Path) -> str | None:
    """Return the encoding of the titles: GroupLens's own files of 100K and 1M are in Latin-1, 10M and many copies in UTF-8."""
    try:
        for _ in read_blocks(path):
            pass
    except InputError:
        return "latin-1"
    return None
