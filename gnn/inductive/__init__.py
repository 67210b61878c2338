"""Users whom no training has seen: their vectors, made of what they did."""

from gnn.inductive.fit import FittedStudent, fit_student
from gnn.inductive.histories import Histories
from gnn.inductive.student import Student

__all__ = ["FittedStudent", "Histories", "Student", "fit_student"]
