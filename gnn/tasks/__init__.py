"""The learning tasks, one file each."""

from gnn.tasks.link import Link, LinkConfig
from gnn.tasks.ranking import Ranking, RankingConfig
from gnn.tasks.rating import Rating, RatingConfig
from gnn.tasks.task import Task, TaskConfig

__all__ = ["Link", "LinkConfig", "Ranking", "RankingConfig", "Rating", "RatingConfig", "Task", "TaskConfig"]
