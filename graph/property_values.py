"""What the value of a property says, however it is stored: nothing, categories, or a number."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

MAX_NAME = 80  # characters; a longer name is cut and told apart by its hash


def is_missing(value: Any) -> bool:
    """Return whether a property holds nothing: null, NaN, blank text or an empty list."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, (list, tuple, np.ndarray)):
        return len(value) == 0
    return value is None or value != value  # noqa: PLR0124 - NaN


def read_categories(value: Any) -> set[str]:
    """Return the names in a property: one, or those of a list; whole numbers read alike however they are stored."""
    parts = value if isinstance(value, (list, tuple, np.ndarray)) else [value]
    return {_name(part) for part in parts if not is_missing(part)}


def read_number(value: Any) -> float:
    """Return the number that a property holds, be it written as text; NaN where it holds none, or one that is not finite."""
    if not isinstance(value, (bool, int, float, str, np.number, np.bool_)):
        return np.nan
    try:
        number = float(value)
    except (ValueError, OverflowError, TypeError):
        return np.nan
    return number if np.isfinite(number) else np.nan


def _name(value: Any) -> str:
    name = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if len(name) <= MAX_NAME:
        return name
    return f"{name[:MAX_NAME]}…{hashlib.blake2b(name.encode(errors='surrogatepass'), digest_size=8).hexdigest()}"
