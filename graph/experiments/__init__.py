"""Experiments between releases: who is answered by which, how one begins and ends, and what is kept of it in the graph."""

from graph.experiments.experiment import Experiment, Variant
from graph.experiments.serving import Serving, ask_serving
from graph.experiments.stored import list_experiments, read_experiment
from graph.experiments.switch import end_experiment, start_experiment

__all__ = [
    "Experiment",
    "Serving",
    "Variant",
    "ask_serving",
    "end_experiment",
    "list_experiments",
    "read_experiment",
    "start_experiment",
]
