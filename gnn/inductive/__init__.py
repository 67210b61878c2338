"""Users whom no training has seen: their vectors, made of what they did."""

from gnn.inductive.fit import FittedStudent, fit_student
from gnn.inductive.histories import Histories
from gnn.inductive.lessons import Lessons
from gnn.inductive.student import Student
from gnn.inductive.teach import TeachConfig, foretell, teach
from gnn.inductive.user_traits import UserTraits

__all__ = ["FittedStudent", "Histories", "Lessons", "Student", "TeachConfig", "UserTraits", "fit_student", "foretell", "teach"]
