"""Which labels each relationship type joins, and which of its properties are a value and a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.counts import GraphCounts
from graph.inspect.sample import EdgeSample
from graph.inspect.values import Kind, are_times, coverage, distinct, kind_of
from graph.inspect.words import TIMES, VALUES, rank

_MIN_COVERAGE = 0.2


@dataclass(frozen=True)
class Joined:
    """One relationship type between two labels, as the graph stores it; ``count`` is an upper bound where kinds overlap."""

    source: str
    type: str
    target: str
    count: int


def ends_of(counts: GraphCounts, labels: Sequence[str]) -> tuple[list[Joined], list[str]]:
    """Return what counts tell of which labels each type joins, and the types whose ends must be looked at.

    The server counts by the label of one end: where a type has one label on either side, the pairs follow.
    """
    known: list[Joined] = []
    open_: list[str] = []
    for type_ in sorted(counts.types):
        sources = {label: counts.leaving[type_, label] for label in labels if counts.leaving[type_, label]}
        targets = {label: counts.reaching[type_, label] for label in labels if counts.reaching[type_, label]}
        if len(sources) > 1 and len(targets) > 1:
            open_.append(type_)
            continue
        known.extend(
            Joined(source, type_, target, min(out, into)) for source, out in sources.items() for target, into in targets.items()
        )
    return known, open_


def ends_in(sample: EdgeSample, counts: GraphCounts, labels: Sequence[str]) -> Iterator[Joined]:
    """Yield the pairs of labels that a type's sample joins."""
    pairs: dict[tuple[str, str], None] = {}
    for start, end in sample.ends:
        pairs.update(dict.fromkeys((s, t) for s in labels if s in start for t in labels if t in end))
    for source, target in pairs:
        yield Joined(
            source, sample.type, target, min(counts.leaving[sample.type, source], counts.reaching[sample.type, target])
        )


def commonest_ends(type_: str, counts: GraphCounts, labels: Sequence[str]) -> Joined:
    """Return the likeliest pair of a type that nobody looked at."""
    source = max(labels, key=lambda label: counts.leaving[type_, label])
    target = max(labels, key=lambda label: counts.reaching[type_, label])
    return Joined(source, type_, target, min(counts.leaving[type_, source], counts.reaching[type_, target]))


def choose_time(properties: Mapping[str, list[object]]) -> str | None:
    """Return the property that says when: temporal values first, then by name."""
    found = [name for name, values in properties.items() if coverage(values) >= _MIN_COVERAGE and are_times(values)]
    return min(found, key=lambda name: (rank(name, TIMES), kind_of(properties[name]) is not Kind.TIME, name), default=None)


def choose_value(properties: Mapping[str, list[object]], time: str | None) -> str | None:
    """Return the number that says how much: by name, else the only one whose values differ."""
    found = [
        name
        for name, values in properties.items()
        if name != time and coverage(values) >= _MIN_COVERAGE and _are_numbers(values) and not are_times(values)
    ]
    named = [name for name in found if rank(name, VALUES) < len(VALUES)]
    if named:
        return min(named, key=lambda name: (rank(name, VALUES), name))
    varied = [name for name in found if distinct(properties[name]) > 1 and not name.lower().endswith("id")]
    return varied[0] if len(varied) == 1 else None


def _are_numbers(values: list[object]) -> bool:
    if kind_of(values) in {Kind.INTEGER, Kind.NUMBER}:
        return True
    texts = [value for value in values if isinstance(value, str)]
    return bool(texts) and kind_of(values) is Kind.TEXT and sum(_is_number(text) for text in texts) >= 0.8 * len(texts)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
