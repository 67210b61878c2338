"""Text → hashed words and character n-grams, weighted by how telling each is."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graph.property_values import is_missing
from graph.snapshot import Column
from loaders.features.node_features import NodeFeatures
from loaders.features.transform import Transform

NUM_BUCKETS = 2**14
NGRAM = 3  # characters, word boundaries included; on film titles longer ones added nothing but width
MAX_WORDS = 1000  # of one text; what follows is not read
MAX_WIDTH = 64  # terms of one text, the most telling first
MIN_NODES = 2  # a term of one node says no more than the embedding that the node has anyway

_WORD = re.compile(r"\w+")


class HashedText(Transform):
    """Terms hashed into buckets, each bucket a category of weight tf·idf; the weights of a text have length one.

    A bucket that fitting met in fewer than ``MIN_NODES`` texts is left out, then and later. The hash is CRC-32 of UTF-8 bytes,
    the same on every machine and in every process.

    Source: character n-grams as in Bojanowski et al. 2017 (fastText, arXiv:1607.04606), hashing as in Weinberger et al. 2009
    (arXiv:0902.2206), smoothed idf as in scikit-learn: ln((1 + N) / (1 + n)) + 1.
    """

    method: Literal["hashed text"] = "hashed text"
    num_texts: int
    texts_by_bucket: tuple[int, ...]
    width: int

    @classmethod
    def fit(cls, column: Column) -> HashedText:
        """Count in how many texts each bucket occurs."""
        terms = Terms()
        texts = [np.unique(terms.of(value)) for value in column if not is_missing(value)]
        counts = np.bincount(np.concatenate([np.zeros(0, np.int64), *texts]), minlength=NUM_BUCKETS)
        width = max((int((counts[text] >= MIN_NODES).sum()) for text in texts), default=0)
        return cls(num_texts=len(texts), texts_by_bucket=tuple(counts.tolist()), width=min(width, MAX_WIDTH))

    def transform(self, column: Column) -> NodeFeatures:
        """Return the buckets of each text and their weights."""
        terms = Terms()
        encoded = [self._weigh(terms.of(value)) for value in column]
        return NodeFeatures.of_categories(
            [buckets for buckets, _ in encoded],
            [weights for _, weights in encoded],
            self.width,
            1 + int((self._index > 0).sum()),
        )

    @cached_property
    def _index(self) -> NDArray[np.int64]:
        """Category of each bucket, int64[NUM_BUCKETS]; 0 of one that is left out."""
        kept = np.asarray(self.texts_by_bucket) >= MIN_NODES
        return np.where(kept, np.cumsum(kept), 0)

    @cached_property
    def _idf(self) -> NDArray[np.float64]:
        return np.asarray([math.log((1 + self.num_texts) / (1 + count)) + 1 for count in self.texts_by_bucket])

    def _weigh(self, occurring: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        buckets, counts = np.unique(occurring[self._index[occurring] > 0], return_counts=True)
        weights = counts * self._idf[buckets]
        best = np.argsort(-weights, kind="stable")[: self.width]
        length = math.sqrt(math.fsum(weights[best] ** 2)) or 1.0
        return self._index[buckets[best]], (weights[best] / length).astype(np.float32)


class Terms:
    """Splits texts into hashed terms; each word's terms are worked out once."""

    def __init__(self) -> None:
        self._by_word: dict[str, NDArray[np.int64]] = {}

    def of(self, value: Any) -> NDArray[np.int64]:
        """Return the buckets of a property's words and n-grams, one an occurrence; a list is read as its parts in a row."""
        found = [self._terms(word) for word in _words(value)]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def _terms(self, word: str) -> NDArray[np.int64]:
        if word not in self._by_word:
            marked = f"<{word}>"
            grams = (marked[first : first + NGRAM] for first in range(len(marked) - NGRAM + 1))
            hashed = (zlib.crc32(term.encode(errors="surrogatepass")) % NUM_BUCKETS for term in (marked, *grams))
            self._by_word[word] = np.asarray(list(hashed), np.int64)
        return self._by_word[word]


def as_text(value: Any) -> str | None:
    """Return a property as text, None where it is missing."""
    if is_missing(value):
        return None
    return " ".join(str(part) for part in value) if isinstance(value, (list, tuple)) else str(value)


def _words(value: Any) -> Iterable[str]:
    text = unicodedata.normalize("NFKC", as_text(value) or "").casefold()
    return (match.group() for _, match in zip(range(MAX_WORDS), _WORD.finditer(text), strict=False))
