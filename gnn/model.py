"""The multi-task model: one encoder, a task a tower and head, one joint loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from gnn.encoder import EncoderConfig, HeteroEncoder
from gnn.errors import TrainingError
from gnn.experts import ExpertsConfig, Tower
from gnn.tasks import (
    TASKS,
    AnyTask,
    AttributeConfig,
    ClickConfig,
    ConversionConfig,
    LinkConfig,
    People,
    PeopleConfig,
    Ranking,
    RankingConfig,
    RatingConfig,
    Task,
    TaskConfig,
)
from gnn.vector_scorer import VectorScorer
from gnn.weighting import TaskWeights, Weighting
from graph.schema import EdgeKind
from loaders.sampling.examples import Examples, Source
from loaders.sampling.joint_sampler import Batch
from loaders.sampling.learning_graph import LearningGraph


class TasksConfig(BaseModel):
    """The tasks to learn together; null leaves one out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ranking: RankingConfig | None = RankingConfig()
    rating: RatingConfig | None = RatingConfig()
    click: ClickConfig | None = None
    conversion: ConversionConfig | None = None
    link: LinkConfig | None = LinkConfig()
    attribute: AttributeConfig | None = None
    people: PeopleConfig | None = None
    tie: float = Field(default=0.01, ge=0, description="λ, how strongly the tasks' towers are held together")
    weighting: Weighting = Field(
        default="fixed",
        description="what weights are. fixed: factors of the losses; uncertainty: the same, times each task's trust in itself; "
        "gradients: what the tasks' gradients are beside the first one's",
    )
    experts: ExpertsConfig = ExpertsConfig()

    def asked(self) -> dict[type[AnyTask], TaskConfig]:
        """Return the tasks that are asked for, in the order in which they are learnt."""
        told = {task: getattr(self, task.name) for task in TASKS}
        return {task: config for task, config in told.items() if config is not None}

    def learning_from(self, kind: EdgeKind) -> list[str]:
        """Return the names of the tasks asked for that can learn from a kind of relationship."""
        return [task.name for task in self.asked() if task.learns_from(kind)]

    def build(self, data: LearningGraph, size: int, shared: Sequence[nn.Module] = ()) -> list[AnyTask]:
        """Return the tasks that are asked for and that the graph has examples of, mixing ``shared`` experts.

        Raises:
            TrainingError: a task that is learnt only where it is asked for has no example.
        """
        tasks: list[AnyTask] = []
        for task, config in self.asked().items():
            if task.applies(data):
                tasks.append(task(config, size, data, Tower(size, tuple(shared), self.experts.make_own(size))))
            elif type(self).model_fields[task.name].default is None:
                kinds = ", ".join(":".join(kind.triple) for kind in data.schema.edges if task.learns_from(kind))
                raise TrainingError(
                    f"[tasks.{task.name}] is asked for and the graph has no example of it"
                    f"{': there is nothing usable in ' + kinds if kinds else ''}; leave it out, or load some ({_summary(task)})"
                )
        return tasks


def _summary(task: type[AnyTask]) -> str:
    return (task.__doc__ or task.name).strip().splitlines()[0].rstrip(".")


@dataclass(frozen=True)
class JointLoss:
    """The joint objective of one batch and what it is made of, each a mean over examples."""

    total: Tensor
    by_task: dict[str, float]
    weights: dict[str, float]
    tie: float


class MultiTaskModel(nn.Module):
    """Shared encoder and tasks.

    Objective: Σ_k w_k L_k + λ Σ_{k<j} ‖M_k − M_j‖², where M_k is the tower of task k (the squared distance between
    task parameters follows Evgeniou & Pontil 2004, regularised multi-task learning), and w_k as :mod:`gnn.weighting` has it.
    """

    def __init__(self, data: LearningGraph, encoder: EncoderConfig, tasks: TasksConfig) -> None:
        super().__init__()
        self.tie = tasks.tie
        self.encoder = HeteroEncoder(data, encoder)
        self.experts = tasks.experts.make_shared(encoder.embedding_size)
        self.tasks = nn.ModuleDict({task.name: task for task in tasks.build(data, encoder.embedding_size, tuple(self.experts))})
        self.weights = TaskWeights({task.name: task.config.weight for task in self.each_task()}, tasks.weighting)

    @property
    def ranking(self) -> Ranking:
        """The task whose vectors are served."""
        task = self.tasks["ranking"]
        assert isinstance(task, Ranking)  # noqa: S101
        return task

    def each_task(self) -> list[AnyTask]:
        """Return the tasks in order."""
        return [task for task in self.tasks.values() if isinstance(task, Task)]

    def sources(self, data: LearningGraph) -> dict[str, list[Source[Examples]]]:
        """Return every task's edge sources by task name."""
        return {task.name: list(task.sources(data)) for task in self.each_task()}

    def joint_loss(self, batch: Batch, data: LearningGraph) -> JointLoss:
        """Return the joint objective of one batch of ``data``.

        Raises:
            TrainingError: a task's loss is not a finite number; the message names the task.
        """
        vectors = self.encoder.all_nodes(data.graph, batch.hidden) if batch.blocks is None else self.encoder(batch.blocks)
        losses: dict[str, Tensor] = {}
        for task in self.each_task():
            examples = batch.examples[task.name]
            count = sum(len(e) for e in examples)
            loss = torch.stack([task.loss(vectors, e) * (len(e) / count) for e in examples]).sum()
            if not torch.isfinite(loss):
                raise TrainingError(
                    f"the loss of task {task.name!r} became {float(loss.detach())}; lower train.learning_rate, or look for "
                    "values far out of range among the features and interaction values"
                )
            losses[task.name] = loss
        total, weights = self.weights.total(losses, list(vectors.values()))
        tie = torch.zeros(())
        for one, other in combinations(self.each_task(), 2):
            tie = tie + (one.tower.weight - other.tower.weight).square().sum()
        by_task = {name: float(loss.detach()) for name, loss in losses.items()}
        return JointLoss(total + self.tie * tie, by_task, weights, float(tie.detach()))

    def shared_vectors(self, data: LearningGraph) -> dict[str, Tensor]:
        """Return the encoder's vectors of all nodes, float32[n, d] by label."""
        with torch.no_grad():
            return self.encoder.all_nodes(data.graph)

    def scorer(self, data: LearningGraph, shared: dict[str, Tensor]) -> VectorScorer:
        """Return the ranking task's vectors of users and of the items of all domains, in the schema's order, as a scorer.

        Each is of length one; those of nodes that nothing is known about are zeros, as the embedding they began with is noise.
        """
        with torch.no_grad():
            users, *items = (
                self.ranking.embed(shared[kind.label]) * data.is_known(kind.label).unsqueeze(1)
                for kind in (data.schema.user, *data.schema.items)
            )
        return VectorScorer(users.numpy(), torch.cat(items).numpy())

    def people_scorer(self, data: LearningGraph, shared: dict[str, Tensor]) -> VectorScorer | None:
        """Return the people task's vectors of users, as a scorer of users for users; None where it is not learnt."""
        if "people" not in self.tasks:
            return None
        task = self.tasks["people"]
        assert isinstance(task, People)  # noqa: S101
        people = task.unit_vectors(data.schema.user.label, shared, data).numpy()
        return VectorScorer(people, people)
