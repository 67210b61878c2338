"""Which rules clean: ``[clean]`` of the configuration."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from loaders.clean.bots import Bots
from loaders.clean.conflicts import Conflicts
from loaders.clean.duplicates import Duplicates
from loaders.clean.k_core import KCore
from loaders.clean.missing import Missing
from loaders.clean.outliers import Outliers
from loaders.clean.rule import Rule
from loaders.clean.time_travel import TimeTravel


class CleanConfig(BaseModel):
    """The rules, a section each, in the order in which they are applied; ``bots = true`` takes one with its defaults.

    Those that are on unless said otherwise leave out what can be no event at all; the others are a judgement, and yours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_travel: TimeTravel | None = TimeTravel()
    duplicates: Duplicates | None = Duplicates()
    conflicts: Conflicts | None = None
    missing: Missing | None = None
    outliers: Outliers | None = None
    bots: Bots | None = None
    k_core: KCore | None = Field(default=None, description="last, as what others leave out counts")

    @model_validator(mode="before")
    @classmethod
    def _switches(cls, given: Any) -> Any:
        """Take ``true`` as a rule's defaults and ``false`` as no rule."""
        if not isinstance(given, dict):
            return given
        switched: dict[bool, Any] = {True: {}, False: None}
        return {name: switched[value] if isinstance(value, bool) else value for name, value in given.items()}

    def rules(self) -> list[Rule]:
        """Return the rules that are on, in order."""
        every = (getattr(self, name) for name in type(self).model_fields)
        return [rule for rule in every if rule is not None]
