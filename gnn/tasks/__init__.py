"""The learning tasks, one file each; :data:`TASKS` lists them in the order in which they are learnt."""

from gnn.tasks.attribute import Attribute, AttributeConfig
from gnn.tasks.click import Click, ClickConfig
from gnn.tasks.conversion import Conversion, ConversionConfig
from gnn.tasks.link import Link, LinkConfig
from gnn.tasks.people import People, PeopleConfig
from gnn.tasks.ranking import Ranking, RankingConfig
from gnn.tasks.rating import Rating, RatingConfig
from gnn.tasks.task import AnyTask, Calibrations, Predictors, Task, TaskConfig

TASKS: tuple[type[AnyTask], ...] = (Ranking, Rating, Click, Conversion, Link, Attribute, People)

__all__ = [
    "TASKS",
    "AnyTask",
    "Attribute",
    "AttributeConfig",
    "Calibrations",
    "Click",
    "ClickConfig",
    "Conversion",
    "ConversionConfig",
    "Link",
    "LinkConfig",
    "People",
    "PeopleConfig",
    "Predictors",
    "Ranking",
    "RankingConfig",
    "Rating",
    "RatingConfig",
    "Task",
    "TaskConfig",
]
