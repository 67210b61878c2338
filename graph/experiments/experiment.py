"""What an experiment is: variants with their shares, and which of them a user belongs to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import Any

from graph.errors import ExperimentError, NotFoundError

MOST_VARIANTS = 20
MOST_NAME_CHARS = 100
_CLOSE = 1e-6  # so that three thirds may be written as 0.333333 twice and 0.333334
_SPAN = 2**64


@dataclass(frozen=True)
class Variant:
    """One way to answer: ``share`` of the users, above 0 and at most 1, are answered by the release ``release``."""

    name: str
    release: int
    share: float


@dataclass(frozen=True)
class Experiment:
    """Users answered by several releases, each user by the same as long as it runs.

    ``started_at`` and ``ended_at`` are ISO 8601 by the server's clock, the latter None as long as ``is_running``; ``winner`` is
    the variant whose release became the active one at its end, None if there was none.
    """

    name: str
    variants: tuple[Variant, ...]
    salt: str
    started_at: str
    ended_at: str | None = None
    winner: str | None = None
    is_running: bool = True

    def variant_of(self, user_id: Any) -> Variant:
        """Return the variant of a user: a function of the id as text, the name and the salt alone.

        Source: Kohavi, Tang and Xu 2020, Trustworthy online controlled experiments, ch. 13 (assignment by a hash).
        """
        text = str(user_id).encode("utf-8", "surrogatepass")
        key = blake2b(f"{self.salt}\0{self.name}".encode(), digest_size=32).digest()
        place = int.from_bytes(blake2b(text, digest_size=8, key=key).digest(), "big") / _SPAN
        bounds = accumulate(variant.share for variant in self.variants)
        return next((one for one, bound in zip(self.variants, bounds, strict=True) if place < bound), self.variants[-1])

    def variant(self, name: str) -> Variant:
        """Return a variant by its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        for variant in self.variants:
            if variant.name == name:
                return variant
        raise NotFoundError(f"experiment {self.name!r} has no variant {name!r}, but {[one.name for one in self.variants]}")


def check_variants(name: str, variants: Sequence[Variant], salt: str) -> None:
    """See that a name, variants and a salt make an experiment.

    Raises:
        ExperimentError: no name, fewer than two variants, names twice, or shares that are not above 0 or do not sum to 1.
    """
    for what, text in (
        ("an experiment's name", name),
        *(("a variant's name", variant.name) for variant in variants),
        ("a salt", salt),
    ):
        if not text.strip() or len(text) > MOST_NAME_CHARS or not text.isprintable():
            raise ExperimentError(
                f"got {text!r} for {what}; expected 1 to {MOST_NAME_CHARS} characters, none of them a line break or the like"
            )
    if not 2 <= len(variants) <= MOST_VARIANTS:
        raise ExperimentError(
            f"got {len(variants)} variants; expected 2 to {MOST_VARIANTS}, such as the active release and another"
        )
    names = [variant.name for variant in variants]
    if len(set(names)) < len(names):
        raise ExperimentError(f"got variants of the names {names}; expected each name once")
    shares = [variant.share for variant in variants]
    if not all(share > 0 for share in shares) or not math.isclose(sum(shares), 1, abs_tol=_CLOSE):
        raise ExperimentError(f"got the shares {shares}; expected each above 0, and 1 in all")
