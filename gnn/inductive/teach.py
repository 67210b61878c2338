"""How the student goes on learning from events, by gradient steps on what users ask with.

The vectors of items stay as they are, so that no index changes, and whoever does nothing keeps what is recommended to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from gnn.determinism import same_bits
from gnn.errors import TrainingError
from gnn.inductive.lessons import Lessons
from gnn.inductive.student import Student
from graph.event_sum import SINCE, EventSum

_SHARPNESS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)
_JUDGED = 1500  # lessons that the sharpness is chosen by
_SCORES_AT_ONCE = 1 << 25
_LEAST = float(np.finfo(np.float32).tiny)

Floats = NDArray[np.float32]


class TeachConfig(BaseModel):
    """How the student is taught by events.

    The defaults are those that did best, of a few tried, on the events between the first 60 and 80 % of MovieLens-100K by time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    learning_rate: float = Field(default=0.003, gt=0, description="of Adam")
    passes: int = Field(default=2, ge=1, description="times that each event is learnt from")
    replay: float = Field(default=1.0, ge=0, description="events of before that are learnt again, for each new one")
    pull: float = Field(default=0.01, ge=0, description="weight of the squared distance from what was released")
    batch_size: int = Field(default=256, ge=1, description="events a step")
    whole: int = Field(default=20_000, ge=0, description="items up to which a step's softmax is over all of them")
    candidates: int = Field(default=8192, ge=1, description="items drawn for a step's softmax of a larger catalogue")


@dataclass(frozen=True)
class _Asks:
    """The student's numbers as they are learnt: ``asking`` float32[num_items, d], ``base`` and ``slope`` float32[d]."""

    asking: Tensor
    base: Tensor
    slope: Tensor
    sum: EventSum

    @classmethod
    def of(cls, student: Student, *, learnt: bool) -> _Asks:
        asking, base, slope = (
            torch.tensor(part).requires_grad_(learnt) for part in (student.asking, student.sum.base, student.sum.slope)
        )
        return cls(asking, base, slope, student.sum)

    @property
    def parts(self) -> list[Tensor]:
        return [self.asking, self.base, self.slope]

    def vectors(self, lessons: Lessons) -> Tensor:
        """Return what users ask with, float32[n, d]; as :meth:`graph.event_sum.EventSum.moved`, for many at once.

        They are made as of users of whom nothing is known but their events, as traits are not taught.
        """
        items, offsets, weight = lessons.last(round(self.sum.most))
        total = embedding_bag(
            torch.from_numpy(items),
            self.asking,
            torch.from_numpy(offsets[:-1]),
            mode="sum",
            per_sample_weights=torch.from_numpy(weight),
        )
        of_lesson = np.repeat(np.arange(len(lessons)), np.diff(offsets))
        counted = np.bincount(of_lesson, weight, len(lessons)).astype(np.float32)
        known = torch.from_numpy(counted)[:, None]
        share = torch.where(known > 0, known.clamp_min(_LEAST) ** -self.sum.exponent, torch.zeros(()))
        made = normalize(self.base + torch.log(known.clamp(1, self.sum.most)) * self.slope + share * total)
        learnt = torch.from_numpy(lessons.learnt)
        moved = normalize(learnt + SINCE * known.clamp(max=1) * made)
        return torch.where(learnt.any(dim=1, keepdim=True), moved, made)

    def student(self) -> Student:
        asking, base, slope = (part.detach().numpy().copy() for part in self.parts)
        return Student(asking, replace(self.sum, base=base, slope=slope))


def teach(
    student: Student,
    released: Student,
    items: Floats,
    new: Lessons,
    before: Lessons,
    config: TeachConfig,
    seed: int = 0,
) -> Student:
    """Return the student after gradient steps on ``new`` events, and on some of ``before``, so that it does not unlearn these.

    The loss of an event is the softmax of its item among those that the user had not met, plus ``config.pull`` times the
    squared distance from what was ``released``. ``items`` float32[num_items, d] are the vectors that are ranked. One seed, one
    result.

    Raises:
        TrainingError: the loss is no longer a number.
    """
    if not len(new):
        return student
    asks, rng = _Asks.of(student, learnt=True), np.random.default_rng(seed)
    ranked, anchors = torch.from_numpy(items), _Asks.of(released, learnt=False).parts
    sharpness = _sharpness(student, items, before if len(before) else new, rng)
    optimiser = torch.optim.Adam(asks.parts, lr=config.learning_rate)
    with same_bits():
        for _ in range(config.passes):
            number = min(len(before), round(config.replay * len(new)))
            lessons = new.and_then(before.rows(np.sort(rng.choice(len(before), number, replace=False))))
            order = rng.permutation(len(lessons))
            for first in range(0, len(order), config.batch_size):
                batch = lessons.rows(order[first : first + config.batch_size])
                loss = _loss(asks, ranked, batch, sharpness, config, rng)
                away = sum(((part - anchor) ** 2).sum() for part, anchor in zip(asks.parts, anchors, strict=True))
                loss = loss + config.pull * len(batch) / len(order) * away
                if not math.isfinite(loss.item()):
                    raise TrainingError(
                        f"the loss of learning from events is {loss.item()}; lower [online.teach] learning_rate, or raise pull"
                    )
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
    return asks.student()


def foretell(student: Student, items: Floats, lessons: Lessons) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return how well each event was foretold, NDCG@20 float64[n] in 0 to 1, and the first ten items for each, int64[n, 10]."""
    gains, tops = [np.zeros(0)], [np.zeros((0, 10), np.int64)]
    asks, ranked = _Asks.of(student, learnt=False), torch.from_numpy(items)
    for first in range(0, len(lessons), at_once := max(1, _SCORES_AT_ONCE // len(items))):
        part = lessons.rows(np.arange(first, min(first + at_once, len(lessons))))
        scores = asks.vectors(part) @ ranked.T
        scores[_rows_of(part), part.met] = -torch.inf
        of_target = scores[torch.arange(len(part)), torch.from_numpy(part.target)]
        rank = (scores > of_target[:, None]).sum(dim=1) + 1
        gains.append(torch.where(rank <= 20, 1 / torch.log2(rank + 1.0), torch.zeros(())).double().numpy())
        tops.append(torch.topk(scores, min(10, scores.shape[1]), dim=1).indices.numpy())
    return np.concatenate(gains), np.concatenate([top for top in tops if len(top)] or tops)


def _loss(
    asks: _Asks, ranked: Tensor, batch: Lessons, sharpness: float, config: TeachConfig, rng: np.random.Generator
) -> Tensor:
    """Return the mean cross entropy of a batch, over all items, or its targets and some drawn that stand for the others."""
    num_items = len(ranked)
    if num_items <= max(config.whole, config.candidates):
        logits = sharpness * (asks.vectors(batch) @ ranked.T)
        is_met = torch.zeros(logits.shape, dtype=torch.bool)
        is_met[_rows_of(batch), batch.met] = True
        return cross_entropy(logits.masked_fill(is_met, -torch.inf), torch.from_numpy(batch.target))
    targets = np.unique(batch.target)
    drawn = np.setdiff1d(rng.choice(num_items, config.candidates, replace=False), targets)
    pool = np.concatenate([targets, drawn])
    place = np.full(num_items, -1)
    place[pool] = np.arange(len(pool))
    logits = sharpness * (asks.vectors(batch) @ ranked[torch.from_numpy(pool)].T)
    stands_for = np.zeros(len(pool), np.float32)
    stands_for[len(targets) :] = math.log((num_items - len(targets)) / max(1, len(drawn)))
    logits = logits + torch.from_numpy(stands_for)
    is_met = torch.zeros(logits.shape, dtype=torch.bool)
    is_in = place[batch.met] >= 0
    is_met[_rows_of(batch)[is_in], place[batch.met][is_in]] = True
    return cross_entropy(logits.masked_fill(is_met, -torch.inf), torch.from_numpy(place[batch.target]))


def _sharpness(student: Student, items: Floats, lessons: Lessons, rng: np.random.Generator) -> float:
    """Return the factor that makes scores logits: of a few, the one by which the student foretells best as it is."""
    some = lessons.rows(np.sort(rng.choice(len(lessons), min(_JUDGED, len(lessons)), replace=False)))
    asks, ranked = _Asks.of(student, learnt=False), torch.from_numpy(items)
    found = dict.fromkeys(_SHARPNESS, 0.0)
    for first in range(0, len(some), at_once := max(1, _SCORES_AT_ONCE // len(items))):
        part = some.rows(np.arange(first, min(first + at_once, len(some))))
        scores = asks.vectors(part) @ ranked.T
        scores[_rows_of(part), part.met] = -torch.inf
        for factor in found:
            found[factor] += float(cross_entropy(factor * scores, torch.from_numpy(part.target), reduction="sum"))
    return min(found, key=lambda factor: found[factor])


def _rows_of(lessons: Lessons) -> NDArray[np.int64]:
    """Return the number of the lesson that each of the items met belongs to."""
    return np.repeat(np.arange(len(lessons)), np.diff(lessons.offsets))
