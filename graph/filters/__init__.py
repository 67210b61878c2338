"""Narrowing a question to items that are a certain way: declared in the configuration, checked, and turned into conditions."""

from graph.filters.conditions import ANY_ITEM, Condition, Filter, conditions_of, unless
from graph.filters.config import Fact, Filterable, FilterType

__all__ = ["ANY_ITEM", "Condition", "Fact", "Filter", "FilterType", "Filterable", "conditions_of", "unless"]
