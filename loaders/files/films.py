"""Films as MovieLens has them: the year in the title, genres in one field; genres and decades become facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from graph.schema import EdgeRole, NodeRole
from loaders.files.plan import USER, EdgeFile, Facts, NodeFile, Plan, Properties
from loaders.files.properties import PropertyKind
from loaders.files.rows import Rows, Source, require_columns
from loaders.files.value_entities import facts_of_values

MOVIE, GENRE, DECADE = "Movie", "Genre", "Decade"
RATING = ("userId", "movieId", "rating", "timestamp")
FILM = ("movieId", "title", "genres")
_NO_GENRES = "(no genres listed)"
_ARTICLE = r"^(.+), (The|A|An)$"  # the data sets write "Abyss, The (1989)"
_YEAR = r"\s*\((\d{4})\)$"
_KINDS = {"title": PropertyKind.KEPT, "year": PropertyKind.NUMERIC, "genres": PropertyKind.MULTI}


def film_plan(
    movies: Source,
    ratings: Source,
    more: Properties | None = None,
    *,
    flags: Sequence[str] = (),
    users: NodeFile | None = None,
    tags: EdgeFile | None = None,
) -> Plan:
    """Return the plan of a MovieLens whose tables have the columns :data:`FILM` and :data:`RATING`.

    ``more`` says what further columns of the films hold. ``flags`` are columns of 0 and 1, each named for a genre, in place of
    the column of genres; ``year`` may be a column or stand in the title.

    Raises:
        InputError: a column is missing.
    """
    require_columns(movies, "movieId", "title", *(flags or ["genres"]))
    require_columns(ratings, *RATING)
    films = NodeFile(movies, MOVIE, "movieId", _KINDS | dict(more or {}), "title", "|", prepare=partial(_read_films, flags))
    rated = EdgeFile(ratings, (USER, MOVIE), RATING[:2], EdgeRole.INTERACTION, "RATED", value="rating", time="timestamp")
    roles = {USER: NodeRole.USER, MOVIE: NodeRole.ITEM, GENRE: NodeRole.ENTITY, DECADE: NodeRole.ENTITY}
    if tags is not None:
        roles |= {label: NodeRole.ENTITY for label in tags.labels if label not in roles}
    nodes = [films] if users is None else [films, users]
    return Plan(roles, nodes, [rated] if tags is None else [rated, tags], _facts)


def _read_films(flags: Sequence[str], rows: Rows) -> None:
    """Make the columns title, year and genres, as people would write them."""
    title = pl.col("title").str.strip_chars()
    if "year" not in rows.frame.columns:
        rows.frame = rows.frame.with_columns(title.str.extract(_YEAR).fill_null("").alias("year"))
        title = title.str.replace(_YEAR, "")
    if flags:
        named = [pl.when(pl.col(flag).str.strip_chars() == "1").then(pl.lit(flag)) for flag in flags]
        rows.frame = rows.frame.with_columns(pl.concat_str(named, separator="|", ignore_nulls=True).alias("genres"))
    genres = pl.col("genres").str.replace(_NO_GENRES, "", literal=True)
    rows.frame = rows.frame.with_columns(title.str.replace(_ARTICLE, "$2 $1").alias("title"), genres)


def _facts(nodes: Mapping[str, pl.DataFrame]) -> Facts:
    decade = pl.format("{}s", pl.col("year").cast(pl.Int64) // 10 * 10)
    return facts_of_values(nodes[MOVIE], MOVIE, {(GENRE, "HAS_GENRE"): pl.col("genres"), (DECADE, "RELEASED_IN"): decade})
