"""How small vectors are taught."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class DistilConfig(BaseModel):
    """How small vectors are taught to rank as a teacher does.

    The defaults are those that did best, of a few tried, on held-out fifths of the train and valid splits of two data sets, for
    8 to 64 numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: int = Field(default=400, ge=0, description="batches of users; 0: vectors stay as they were factorised")
    passes: tuple[int, int] = Field(
        default=(20, 250), description="times that every user is in a batch, at least and at most, whatever steps says"
    )
    batch_users: int = Field(default=256, ge=1, description="users a batch")
    temperature: float = Field(
        default=0.4, gt=0, description="of the softmaxes; 1: what lies between the 20th and the last of the top items"
    )
    learning_rate: float = Field(default=0.03, gt=0, description="of Adam at the first step; it falls to nothing as a cosine")
    relational: float = Field(default=10.0, ge=0, description="weight of the error of items' cosines; 0: rankings alone count")
    top: int = Field(
        default=200, ge=1, description="items that the teacher ranks first for a user, which are in all its batches"
    )
    others: int = Field(default=2048, ge=1, description="items drawn of the rest for each batch")

    @model_validator(mode="after")
    def _passes_are_a_range(self) -> DistilConfig:
        least, most = self.passes
        if not 0 <= least <= most:
            raise ValueError(f"passes must be a least and a most, 0 or more; got {least} and {most}")
        return self

    def num_batches(self, num_users: int) -> int:
        """Return how many batches are learnt from, of :attr:`batch_users` users or of all where they are fewer."""
        size = min(self.batch_users, num_users)
        least, most = (-(-number * num_users // size) for number in self.passes)
        return min(max(self.steps, least), most) if self.steps else 0


class CompressConfig(BaseModel):
    """How small `hopline compress` makes vectors: ``[compress]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_loss: float = Field(
        default=0.01, ge=0, lt=1, description="share of the teacher's metric on validation that may be lost"
    )
    max_bytes: int | None = Field(default=None, ge=8, description="bytes a node that a vector may take; unset: any number")
    code: Literal["auto", "float32", "int8", "int4"] = Field(
        default="auto",
        description="what a number is kept in: a float, or a whole number of 8 or 4 bits; auto: the smaller of the first two",
    )
    metric: str | None = Field(default=None, description="such as recall@20; unset: what training was judged by")
    sizes: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(3, 5, 7, 11, 15, 23, 31, 47, 63, 95, 127),
        min_length=1,
        description="numbers a vector that may be chosen; the index wants one more, which is zero for users",
    )
