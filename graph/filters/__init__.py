"""Narrowing a question to items or people that are a certain way: declared in the configuration, and turned into conditions."""

from graph.filters.conditions import ANY_ITEM, Condition, Filter, conditions_of, unless
from graph.filters.config import About, Fact, Filterable, FilterType, Indexed

__all__ = ["ANY_ITEM", "About", "Condition", "Fact", "Filter", "FilterType", "Filterable", "Indexed", "conditions_of", "unless"]
