"""Guess the schema of a graph that others made: from counts, constraints and bounded samples, never a scan."""

from graph.inspect.propose import Proposal, propose_schema

__all__ = ["Proposal", "propose_schema"]
