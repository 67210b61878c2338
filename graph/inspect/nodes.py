"""The key, the title and the features of one kind of node, guessed from constraints and a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.inspect.sample import NodeSample
from graph.inspect.values import Kind, are_times, coverage, distinct, kind_of
from graph.inspect.words import KEYS, PRIVATE, TITLES, names_any, rank, words
from graph.keys import DERIVED_KEY
from graph.schema import Feature, FeatureType

_MAX_CATEGORY_SHARE = 0.5  # of a sample's values that differ: beyond, they tell nodes apart rather than group them
_FEW = 10
_LONG = 64  # characters: longer text is no key
_OTHERS = {
    Kind.TEXT: FeatureType.TEXT,
    Kind.TEXTS: FeatureType.MULTI,
    Kind.TIME: FeatureType.DATE,
    Kind.VECTOR: FeatureType.VECTOR,
}
_MIN_COVERAGE = 0.05


@dataclass(frozen=True)
class Key:
    """A key and what the guess rests on; ``parts`` where several properties are it together."""

    name: str
    why: str
    parts: tuple[str, ...] = ()


def choose_key(sample: NodeSample, unique: list[list[str]]) -> Key | None:
    """Return the key of a label, or None if nothing tells its nodes apart.

    ``unique``: what constraints keep unique in the label, shortest first. One property under a constraint comes first, then
    several together, then one that is there and different in every node of the sample.
    """
    usable = {name for name, values in sample.properties.items() if _can_be_key(values)}
    single = sorted((parts[0] for parts in unique if len(parts) == 1), key=lambda name: (rank(name, KEYS), name))
    for name in single:
        if name in usable and coverage(sample.properties[name]) == 1:
            return Key(name, "a constraint keeps it unique")
    for parts in unique:
        if len(parts) > 1 and all(_can_be_part(sample.properties.get(name, [])) for name in parts):
            return Key(DERIVED_KEY, f"a constraint keeps {' and '.join(parts)} unique together", tuple(parts))
    full = [
        name
        for name in usable
        if coverage(sample.properties[name]) == 1
        and distinct(sample.properties[name]) == len(sample)
        and _could_be_key(name, sample)
    ]
    if not full:
        return None
    return Key(min(full, key=lambda name: (_key_rank(name, sample), name)), f"different in all {len(sample)} nodes looked at")


def choose_title(sample: NodeSample) -> str | None:
    """Return the property to show people, or None."""
    texts = [
        name for name, values in sample.properties.items() if kind_of(values) is Kind.TEXT and not names_any(name, PRIVATE)
    ]
    named = sorted((name for name in texts if rank(name, TITLES) < len(TITLES)), key=lambda name: (rank(name, TITLES), name))
    return next((name for name in named if coverage(sample.properties[name]) >= 0.5), None)


def choose_features(sample: NodeSample, key: Key | None, title: str | None) -> tuple[Feature, ...]:
    """Return the properties that the model reads; keys, titles, private and nearly empty ones are left out."""
    taken = {title, *(() if key is None else (key.name, *key.parts))}
    found = []
    for name, values in sample.properties.items():
        if name in taken or coverage(values) < _MIN_COVERAGE or names_any(name, PRIVATE) or _is_reference(name, values):
            continue
        type_ = feature_type(values)
        if type_ is not None:
            found.append(Feature(name=name, type=type_))
    return tuple(found)


def feature_type(values: list[Any]) -> FeatureType | None:
    """Return how the values of a property enter the model, or None if they do not."""
    kind, different = kind_of(values), distinct(values)
    present = sum(value is not None for value in values)
    if different < 2:
        return None
    if kind in {Kind.INTEGER, Kind.TEXT} and are_times(values):
        return FeatureType.DATE
    if kind is Kind.BOOLEAN or (kind is Kind.TEXT and different <= max(2, present * _MAX_CATEGORY_SHARE)):
        return FeatureType.CATEGORICAL
    if kind in {Kind.INTEGER, Kind.NUMBER}:
        return FeatureType.CATEGORICAL if kind is Kind.INTEGER and different <= _FEW else FeatureType.NUMERIC
    return _OTHERS.get(kind)


def _can_be_key(values: list[Any]) -> bool:
    return all(
        value is None or (isinstance(value, (int, str)) and not isinstance(value, bool)) or _is_whole(value) for value in values
    )


def _can_be_part(values: list[Any]) -> bool:
    return bool(values) and coverage(values) == 1 and not any(isinstance(value, (list, bytes)) for value in values)


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _could_be_key(name: str, sample: NodeSample) -> bool:
    """Whether a property that differs in every node looked at is one by its name, or by being short text or whole numbers."""
    values = sample.properties[name]
    long = any(isinstance(value, str) and len(value) > _LONG for value in values)
    return _key_rank(name, sample) < len(KEYS) or not long


def _key_rank(name: str, sample: NodeSample) -> int:
    """Return where a property stands among those that could be the key: named as one, codes, titles, then mere numbers."""
    if rank(name, KEYS) < len(KEYS):
        own = set(words(name)) & set(words(sample.label))
        return -1 if own else rank(name, KEYS)  # movieId of a Movie, before any other id
    if rank(name, TITLES) < len(TITLES):
        return len(KEYS) + 1
    return len(KEYS) + (2 if kind_of(sample.properties[name]) in {Kind.INTEGER, Kind.NUMBER} else 0)


def _is_reference(name: str, values: list[Any]) -> bool:
    """Whether a property is another node's id rather than something about this one."""
    return words(name)[-1:] in (["id"], ["uuid"], ["guid"], ["url"], ["uri"]) and kind_of(values) in {Kind.INTEGER, Kind.TEXT}
