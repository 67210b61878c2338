"""Weights averaged over the last steps: what is validated and kept while training goes on with the weights as they are.

Source: Polyak and Juditsky 1992, Acceleration of Stochastic Approximation by Averaging; as a running average with a decay, as
Tarvainen and Valpola 2017, Mean teachers are better role models (NeurIPS), sec. 2.
"""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

M = TypeVar("M", bound=nn.Module)


class Averaging(Generic[M]):
    """Follows a model step by step; ``kept`` is the model to validate and to serve.

    ``over`` is how many steps the average reaches back, as the sum of its weights: 0, and ``kept`` is the model that learns.
    """

    def __init__(self, model: M, over: float) -> None:
        self._learning = model
        self.average: AveragedModel | None = None
        if over > 1:
            decaying = get_ema_multi_avg_fn(1 - 1 / over)  # type: ignore[no-untyped-call]
            self.average = AveragedModel(model, multi_avg_fn=decaying)

    @property
    def kept(self) -> M:
        """The model with averaged weights."""
        if self.average is None:
            return self._learning
        return cast(M, self.average.module)

    def step(self) -> None:
        """Take the weights of now in."""
        if self.average is not None:
            self.average.update_parameters(self._learning)
