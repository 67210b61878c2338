"""Amazon reviews of 2014, 2018 and 2023: reviews and descriptions of goods, an object a line; or ratings alone.

Source: the pages of each year's data set, McAuley Lab, https://amazon-reviews-2023.github.io and those it links to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from graph.schema import EdgeRole, NodeRole
from loaders.errors import InputError
from loaders.files.blocks import kind_of
from loaders.files.combined import Chained
from loaders.files.json_lines import JsonLines
from loaders.files.lines import Delimited
from loaders.files.plan import ITEM, USER, EdgeFile, Facts, NodeFile, Plan
from loaders.files.properties import PropertyKind
from loaders.files.reader import Given
from loaders.files.rows import Rows, Source
from loaders.files.value_entities import facts_of_values

BRAND, CATEGORY = "Brand", "Category"
_FORMS = (  # user, item, rating, time of a review
    ("user_id", "parent_asin", "rating", "timestamp"),
    ("reviewerID", "asin", "overall", "unixReviewTime"),
)
_KEYS = ("parent_asin", "asin")
_GOODS = {  # as a property is called here → the names of its field through the years, and what it holds
    "title": (("title",), PropertyKind.KEPT),
    "brand": (("brand", "store"), PropertyKind.CATEGORICAL),
    "categories": (("categories", "category"), PropertyKind.MULTI),
    "price": (("price",), PropertyKind.NUMERIC),
}


class Amazon:
    """Reads a folder of reviews, with ``meta_*`` files if they are there, or else of ratings; or one file."""

    name = "amazon"
    description = (
        "Amazon reviews of 2014, 2018 and 2023: reviews (.json, .jsonl) and optionally meta_NAME with titles, brands, "
        "categories and prices; where there are no reviews, ratings_NAME.csv. Each may be compressed"
    )
    example = "hopline import amazon-books"

    def matches(self, path: Path) -> bool:
        """There is a file of reviews by its first objects, or of ratings by its name."""
        try:
            return bool(_ratings(path) or _reviews(Given(path)))
        except InputError:
            return False

    def plan(self, given: Given) -> Plan:
        """Say which file holds what.

        Raises:
            InputError: there are neither reviews nor ratings, or a file cannot be read.
        """
        reviews = _reviews(given)
        if reviews:
            sources: list[Source] = [JsonLines(path, form, encoding=given.encoding) for path, form in reviews]
        else:
            sources = [Delimited(path, _FORMS[0], ",", given.encoding) for path in _ratings(given.path)]
        if not sources:
            held = [file.name for file in _files(given.path)][:10]
            raise InputError(
                f"{given.path} has no file of reviews, with the fields {' or '.join(', '.join(form) for form in _FORMS)}, "
                f"and no ratings_NAME.csv; it has {held}"
            )
        edges = [_reviewed(source) for source in sources]
        roles = {USER: NodeRole.USER, ITEM: NodeRole.ITEM}
        meta = [path for path in _json(given.path) if _is_meta(path)]
        if not meta:
            return Plan(roles, [], edges)
        goods = Chained([_Goods(path, given.encoding) for path in meta])
        kinds = {name: kind for name, (_, kind) in _GOODS.items()}
        described = NodeFile(goods, ITEM, _KEYS[-1], kinds, "title", partial=True, prepare=_read_prices)
        return Plan(roles | {BRAND: NodeRole.ENTITY, CATEGORY: NodeRole.ENTITY}, [described], edges, _facts)


class _Goods:
    """A ``meta_*`` file under the names of :data:`_GOODS`; those of 2014 are Python dictionaries."""

    def __init__(self, path: Path, encoding: str | None) -> None:
        fields = JsonLines(path, encoding=encoding, python=True).fields()
        key = next((name for name in _KEYS if name in fields), None)
        if key is None:
            raise InputError(f"{path}: its first objects have the fields {', '.join(fields)}; expected asin or parent_asin")
        self.names = {_KEYS[-1]: key}
        for name, (written, _) in _GOODS.items():
            self.names[name] = next((one for one in written if one in fields), written[0])
        self.path, self.columns = path, tuple(self.names)
        self._lines = JsonLines(path, tuple(self.names.values()), encoding, python=True)
        self.size_bytes = self._lines.size_bytes

    def batches(self) -> Iterator[Rows]:
        for rows in self._lines.batches():
            rows.frame = rows.frame.rename({written: name for name, written in self.names.items()})
            yield rows


def _reviewed(source: Source) -> EdgeFile:
    user, item, rating, time = source.columns
    return EdgeFile(source, (USER, ITEM), (user, item), EdgeRole.INTERACTION, "RATED", value=rating, time=time)


def _read_prices(rows: Rows) -> None:
    """Make prices such as $1,299.00 numbers; what is no price of its own, such as a range, counts as missing."""
    price = pl.col("price").str.strip_chars().str.strip_prefix("$").str.replace_all(",", "", literal=True)
    number = price.cast(pl.Float64, strict=False)
    rows.frame = rows.frame.with_columns(pl.when(number.is_between(0, 1e9)).then(price).otherwise(pl.lit("")).alias("price"))


def _facts(nodes: Mapping[str, pl.DataFrame]) -> Facts:
    shared = {(BRAND, "HAS_BRAND"): pl.col("brand"), (CATEGORY, "HAS_CATEGORY"): pl.col("categories")}
    return facts_of_values(nodes[ITEM], ITEM, shared)


def _json(path: Path) -> list[Path]:
    return [file for file in _files(path) if kind_of(file) in {".json", ".jsonl"}]


def _files(path: Path) -> list[Path]:
    return sorted(path.iterdir()) if path.is_dir() else [path]


def _is_meta(path: Path) -> bool:
    return path.name.lower().startswith("meta_")


def _ratings(path: Path) -> list[Path]:
    return [file for file in _files(path) if kind_of(file) == ".csv" and file.name.lower().startswith("ratings_")]


def _reviews(given: Given) -> list[tuple[Path, tuple[str, ...]]]:
    """Return the files of reviews, each with the names of its fields.

    Raises:
        InputError: there are none, and a file cannot be read: it may be one.
    """
    found: list[tuple[Path, tuple[str, ...]]] = []
    unread: InputError | None = None
    for path in _json(given.path):
        if not _is_meta(path):
            try:
                fields = set(JsonLines(path, encoding=given.encoding).fields())
            except InputError as error:
                unread = error
            else:
                found.extend((path, form) for form in _FORMS if set(form) <= fields)
    if unread is not None and not found:
        raise unread
    return found
