"""The multi-task model: one encoder, a task a tower and head, one joint loss."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from gnn.encoder import EncoderConfig, HeteroEncoder
from gnn.errors import TrainingError
from gnn.tasks import AnyTask, Link, LinkConfig, Ranking, RankingConfig, Rating, RatingConfig, Task, TaskConfig
from gnn.vector_scorer import VectorScorer
from graph.schema import EdgeKind
from loaders.sampling.examples import Examples, Source
from loaders.sampling.joint_sampler import Batch
from loaders.sampling.learning_graph import LearningGraph


class TasksConfig(BaseModel):
    """The tasks to learn together; null leaves one out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ranking: RankingConfig = RankingConfig()
    rating: RatingConfig | None = RatingConfig()
    link: LinkConfig | None = LinkConfig()
    tie: float = Field(default=0.01, ge=0, description="λ, how strongly the tasks' towers are held together")

    def learning_from(self, kind: EdgeKind) -> list[str]:
        """Return the names of the tasks asked for that can learn from a kind of relationship."""
        asked: list[tuple[type[AnyTask], TaskConfig | None]] = [
            (Ranking, self.ranking),
            (Rating, self.rating),
            (Link, self.link),
        ]
        return [task.name for task, config in asked if config is not None and task.learns_from(kind)]

    def build(self, data: LearningGraph, size: int) -> list[AnyTask]:
        """Return the tasks that are asked for and that the graph has examples of."""
        tasks: list[AnyTask] = []
        if Ranking.applies(data):
            tasks.append(Ranking(self.ranking, size, data))
        if self.rating is not None and Rating.applies(data):
            tasks.append(Rating(self.rating, size, data))
        if self.link is not None and Link.applies(data):
            tasks.append(Link(self.link, size, data))
        return tasks


@dataclass(frozen=True)
class JointLoss:
    """The joint objective of one batch and what it is made of, each a mean over examples."""

    total: Tensor
    by_task: dict[str, float]
    tie: float


class MultiTaskModel(nn.Module):
    """Shared encoder and tasks.

    Objective: Σ_k w_k L_k + λ Σ_{k<j} ‖M_k − M_j‖², where M_k is the tower of task k (the squared distance between
    task parameters follows Evgeniou & Pontil 2004, regularised multi-task learning).
    """

    def __init__(self, data: LearningGraph, encoder: EncoderConfig, tasks: TasksConfig) -> None:
        super().__init__()
        self.tie = tasks.tie
        self.encoder = HeteroEncoder(data, encoder)
        self.tasks = nn.ModuleDict({task.name: task for task in tasks.build(data, encoder.embedding_size)})

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
        total = torch.zeros(())
        by_task: dict[str, float] = {}
        for task in self.each_task():
            examples = batch.examples[task.name]
            count = sum(len(e) for e in examples)
            loss = torch.stack([task.loss(vectors, e) * (len(e) / count) for e in examples]).sum()
            by_task[task.name] = float(loss.detach())
            if not torch.isfinite(loss):
                raise TrainingError(
                    f"the loss of task {task.name!r} became {by_task[task.name]}; lower train.learning_rate, or look for "
                    "values far out of range among the features and interaction values"
                )
            total = total + task.config.weight * loss
        tie = torch.zeros(())
        for one, other in combinations(self.each_task(), 2):
            tie = tie + (one.tower.weight - other.tower.weight).square().sum()
        return JointLoss(total=total + self.tie * tie, by_task=by_task, tie=float(tie.detach()))

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
