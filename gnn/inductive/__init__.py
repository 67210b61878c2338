"""Users whom no training has seen: their vectors, made of what they did."""

from gnn.inductive.fit import FittedStudent, fit_student
from gnn.inductive.histories import Histories
from gnn.inductive.lessons import Lessons
from gnn.inductive.student import Student
from gnn.inductive.teach import TeachConfig, foretell, teach

__all__ = ["FittedStudent", "Histories", "Lessons", "Student", "TeachConfig", "fit_student", "foretell", "teach"]
