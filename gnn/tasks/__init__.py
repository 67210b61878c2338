"""The learning tasks, one file each."""

from gnn.tasks.link import Link, LinkConfig
from gnn.tasks.ranking import Ranking, RankingConfig
from gnn.tasks.rating import Rating, RatingConfig
from gnn.tasks.task import AnyTask, Task, TaskConfig

__all__ = ["AnyTask", "Link", "LinkConfig", "Ranking", "RankingConfig", "Rating", "RatingConfig", "Task", "TaskConfig"]
