"""A user's vector made of what they did and are, by sums alone: for users whom no training has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.errors import ReleaseError
from graph.event_weights import EventWeights
from graph.traits import Traits

SINCE = 2.0
"""How much what a known user did since they were learnt counts beside what was learnt; see ARCHITECTURE.md for the evidence."""
OF_TRAITS = -0.25
"""The power of how much is known of a user's events by which what they are counts: less, the more they did."""


@dataclass(frozen=True)
class EventSum:
    """The vector of a user with events of weights w: ``base + log(n) · slope + n^−exponent · Σ w p + n^−¼ · t``, of length one.

    p is the asking vector of an event's item, n = Σ w how much is known of the user, t what ``traits`` say of them, 0 where
    nothing is known, and counts as with n = 1 below that. Nothing known gives ``base``, which ranks by how popular items are.
    ``base``, ``slope`` float32[d] are in the space of a release's item vectors. ``most`` is the n from which ``slope`` grows no
    more, as it was learnt up to there; below n = 1 it does not count. ``weights`` tell what events count; None: 1 each.

    Raises:
        ReleaseError: vectors of unequal length, or a number that is not finite.
    """

    base: NDArray[np.float32]
    slope: NDArray[np.float32]
    exponent: float
    most: float
    traits: Traits | None = None
    weights: EventWeights | None = None

    def __post_init__(self) -> None:
        if self.base.ndim != 1 or self.base.shape != self.slope.shape:
            raise ReleaseError(
                f"a sum of events got a base of shape {self.base.shape} and a slope of {self.slope.shape}; expected two "
                "vectors of one length: run `hopline train` again"
            )
        if self.traits is not None and self.traits.vectors.shape[1] != len(self.base):
            raise ReleaseError(
                f"traits of users have vectors of {self.traits.vectors.shape[1]} numbers, events of {len(self.base)}; run "
                "`hopline train` again"
            )
        told = np.concatenate([self.base, self.slope, [self.exponent, self.most]])
        if not np.isfinite(told).all() or self.most < 1:
            raise ReleaseError("a sum of events holds NaN, infinity or a most below 1; run `hopline train` again")

    def to_properties(self) -> dict[str, Any]:
        """Return it as properties of a release's record."""
        curve = [self.exponent, self.most]
        told = {"met_base": self.base.tolist(), "met_slope": self.slope.tolist(), "met_curve": curve}
        if self.traits is not None:
            told["met_traits"] = self.traits.to_json()
        if self.weights is not None:
            told["met_weights"] = self.weights.model_dump_json()
        return told

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> EventSum | None:
        """Return what :meth:`to_properties` gave, None where a record has nothing of it."""
        if "met_base" not in properties:
            return None
        base, slope = (np.asarray(properties[name], np.float32) for name in ("met_base", "met_slope"))
        exponent, most = properties["met_curve"]
        traits = Traits.from_json(properties["met_traits"]) if "met_traits" in properties else None
        weights = EventWeights.from_json(properties["met_weights"]) if "met_weights" in properties else None
        return cls(base, slope, exponent, most, traits, weights)

    def vector(
        self, asking: ArrayLike, weight: ArrayLike | None = None, own: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Return a user's vector, float32[d]; ``asking`` float32[n, d] of their events, ``weight`` float32[n] or 1 each.

        Weights are 0 or more: an event of weight 0 tells nothing. Older events may be given less. ``own``, float32[d], is what
        :attr:`traits` say of the user.

        Raises:
            ReleaseError: shapes that do not fit, or a value that cannot be used.
        """
        of_events = np.asarray(asking, np.float32)
        if not of_events.size:
            of_events = of_events.reshape(0, len(self.base))
        if of_events.ndim != 2 or of_events.shape[1] != len(self.base) or not np.isfinite(of_events).all():
            raise ReleaseError(
                f"got asking vectors of shape {of_events.shape}; expected [events, {len(self.base)}], finite: they are of "
                "another release, or damaged"
            )
        counts = np.ones(len(of_events), np.float32) if weight is None else np.asarray(weight, np.float32)
        if counts.shape != (len(of_events),) or not np.isfinite(counts).all() or (counts < 0).any():
            raise ReleaseError(
                f"got weights of shape {counts.shape}, {counts.tolist()!s:.60}, for {len(of_events)} events; expected one an "
                "event, finite and not below 0: leave out what was disliked"
            )
        traits = None if own is None else own[None]
        found: NDArray[np.float32] = self.vectors(counts[None] @ of_events, counts.sum(keepdims=True), traits)[0]
        return found

    def moved(self, learnt: NDArray[np.float32], asking: ArrayLike, weight: ArrayLike | None = None) -> NDArray[np.float32]:
        """Return the vector, float32[d] of length one, of a user of whom ``learnt``, of length one, was learnt, after others.

        What they met since, by itself a vector of length one, counts ``SINCE`` times what was learnt, and less than that where
        all of it counts less than one event. ``asking`` and ``weight`` are as for :meth:`vector`; with no events it is what was
        learnt.
        """
        since = np.asarray(asking, np.float32)
        if not since.size:
            return learnt
        much = 1.0 if weight is None else min(1.0, float(np.sum(weight)))
        found = learnt + np.float32(SINCE * much) * self.vector(since, weight)
        length = np.linalg.norm(found)
        moved: NDArray[np.float32] = np.divide(found, length, dtype=np.float32) if length > 0 else learnt
        return moved

    def vectors(
        self, total: NDArray[np.float32], known: NDArray[np.float32], own: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Return the vectors of several users, float32[b, d], by their ``Σ w p``, float32[b, d], n, float32[b], and t."""
        much = np.maximum(known, np.finfo(np.float32).tiny)[:, None]
        extent = np.log(np.clip(much, 1, self.most))
        found = self.base + extent * self.slope + np.where(known[:, None] > 0, much**-self.exponent, 0) * total
        if own is not None:
            found = found + np.maximum(known, 1)[:, None] ** OF_TRAITS * own
        length = np.linalg.norm(found, axis=1, keepdims=True)
        unit: NDArray[np.float32] = np.where(length > 0, found / np.where(length > 0, length, 1), 0).astype(np.float32)
        return unit
