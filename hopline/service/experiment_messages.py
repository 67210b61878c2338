"""What is sent to ``/experiments`` and what it answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StrictFloat, StrictInt, StrictStr

from graph.experiments.experiment import MOST_NAME_CHARS, MOST_VARIANTS
from hopline.service.messages import Message, Version

Text = Annotated[StrictStr, Field(min_length=1, max_length=MOST_NAME_CHARS, pattern=r"\S")]


class VariantMessage(Message):
    """One way to answer."""

    name: Text = Field(description="what it is called")
    release: Version = Field(description="version of the release that answers")
    share: Annotated[StrictFloat, Field(gt=0, le=1)] | Annotated[StrictInt, Field(ge=1, le=1)] = Field(
        description="of the users; 1 in all variants together"
    )


class ExperimentRequest(Message):
    """What it is called, and its variants."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "fused",
                    "variants": [{"name": "old", "release": 3, "share": 0.5}, {"name": "new", "release": 4, "share": 0.5}],
                }
            ]
        }
    )

    name: Text = Field(description="what it is called; impressions are kept by it")
    variants: list[VariantMessage] = Field(min_length=2, max_length=MOST_VARIANTS)
    salt: Text | None = Field(default=None, description="decides, with the name, who is in which variant; unset: a new one")


class EndRequest(Message):
    """How it ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"winner": "new"}]})

    winner: Text | None = Field(default=None, description="variant whose release becomes the active one; unset: none")


class ExperimentMessage(Message):
    """An experiment."""

    name: str
    variants: list[VariantMessage]
    salt: str = Field(description="decides, with the name, who is in which variant")
    started_at: str = Field(description="ISO 8601")
    ended_at: str | None = Field(default=None, description="ISO 8601; unset while it runs")
    winner: str | None = Field(default=None, description="variant whose release became active at its end")
    is_running: bool


class ExperimentList(Message):
    """All experiments, the newest first."""

    experiments: list[ExperimentMessage]


class IntervalMessage(Message):
    """A figure, and from where to where it may well be."""

    value: float
    standard_error: float
    low: float
    high: float


class VariantReportMessage(Message):
    """What a variant's users were shown and clicked."""

    name: str
    release: int
    share: float
    users: int
    impressions: int
    clicks: int
    click_through: IntervalMessage | None = Field(default=None, description="clicks by impressions; unset: of too few users")
    ahead: IntervalMessage | None = Field(default=None, description="how much higher that is than the first variant's")
    p_value: float | None = Field(default=None, description="how likely a difference as large is where there is none")


class ExperimentReportMessage(Message):
    """What came of an experiment so far."""

    experiment: ExperimentMessage
    variants: list[VariantReportMessage]
    sample_ratio_p_value: float | None = Field(
        default=None, description="how likely numbers of users as far from the shares are by chance"
    )
    is_suspect: bool = Field(description="that is so unlikely that the figures are not to be trusted")
    left_out: dict[str, int] = Field(description="impressions that count for no variant, by the reason")
    users_of_several: int = Field(description="users who were shown several variants")
    level: float = Field(description="share of intervals that hold the truth, in the long run")
