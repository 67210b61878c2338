"""Pairs that models beside the network are fitted to and judged on: of users and items, or of users and users."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import sparse

from gnn.fuse import FuseConfig
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.ties import ends_between, ties
from hopline.split_log import Prepared


@dataclass(frozen=True)
class Pairs:
    """What models are fitted to, ``train`` and then ``learnt``, and judged on: ``valid``, as lists to rank in ``holdout``.

    Pairs of a user and an item, or of a user and another. ``ties``: who has whom, float32[num_users, num_users].
    """

    train: Interactions
    valid: Interactions
    learnt: Interactions
    holdout: Holdout
    ties: sparse.csr_array | None = None

    @classmethod
    def of(cls, prepared: Prepared, *, refit: bool) -> Pairs:
        """Return the interactions of liking, and ties between users; ``refit``: validation is learnt from in the end."""
        snapshot, parts = prepared.snapshot, prepared.split_log
        train, valid = parts.liked(parts.split.train), parts.liked(parts.split.valid)
        who_has_whom = ties(ends_between(snapshot), snapshot.schema, len(parts.log.user_ids)).matrix()
        return cls(train, valid, parts.liked(parts.learnt) if refit else train, parts.valid(), who_has_whom)

    def is_too_much(self, config: FuseConfig) -> bool:
        """Whether there are too many to be fused."""
        return config.is_too_much(self.train.num_users, self.train.num_items)
