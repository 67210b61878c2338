"""What every question to the graph shares: the names it uses, and the release it is answered by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cypher import Term, load
from graph.behaviours import behaviour_of, default_weight
from graph.errors import DatabaseError, DatabaseGoneError, NotFoundError, ReleaseError
from graph.experiments import Serving, Variant, ask_serving
from graph.experiments.serving import ask_turn
from graph.filters import ANY_ITEM, Condition
from graph.question import Dialect, Question, Read
from graph.releases import Domain, Release
from graph.releases.record import PeopleIndex
from graph.schema import NodeKind, Schema

AWAIT_INDEX_S = 60
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")  # as Neo4j would write it, and within its 64 bits


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a user is answered; ``experiment`` and ``variant`` name what they belong to, None while none runs or nobody asks."""

    experiment: str | None = None
    variant: str | None = None


T = TypeVar("T")
A = TypeVar("A", bound=Answer)

ByRelease = Callable[[Release], Question[tuple[T, int | None]]]
"""A question to one release: its answer, and the turn of what served when all was read."""


class Served:
    """Remembers what served when it was last asked for, so that not every question begins by reading that."""

    def __init__(self) -> None:
        self.serving: Serving | None = None


def by_active_release(served: Served, question: ByRelease[T]) -> Question[T]:
    """Answer a question of nobody in particular by the release that is active.

    An answer comes from one release alone. Where another serves by the time that all was read, the question is put again, to
    that one. A server that was not stopped cleanly builds its indexes again when it starts: the answer waits for that.

    Raises:
        ReleaseError: nothing is published, or what the question raises.
        NotFoundError, DatabaseError: whatever the question fails at.
    """
    answer, _ = yield from _by_what_serves(served, question, lambda serving: (serving.active, None))
    return answer


def by_assigned_release(served: Served, question: ByRelease[A], user_id: Any) -> Question[A]:
    """Answer a question of a user by the release of the variant that they belong to while an experiment runs, else as others.

    ``user_id`` None: nobody in particular asks. Which experiment runs is looked at as which release serves is, so that no
    answer is by what has ended.

    Raises:
        ReleaseError: nothing is published, or what the question raises.
        NotFoundError, DatabaseError: whatever the question fails at.
    """
    if user_id is None:
        return (yield from by_active_release(served, question))
    answer, (serving, variant) = yield from _by_what_serves(served, question, lambda serving: serving.of(user_id))
    if serving.experiment is None or variant is None:
        return answer
    return replace(answer, experiment=serving.experiment.name, variant=variant.name)


def _by_what_serves(
    served: Served, question: ByRelease[T], release_of: Callable[[Serving], tuple[Release, Variant | None]]
) -> Question[tuple[T, tuple[Serving, Variant | None]]]:
    while True:
        serving = served.serving or (yield from ask_serving())
        served.serving = serving
        release, variant = release_of(serving)
        try:
            answer, turn = yield from question(release)
        except DatabaseGoneError:
            raise
        except (NotFoundError, ReleaseError):
            turn = yield from ask_turn()
            if turn == serving.turn:
                raise
        except DatabaseError:
            turn = yield from ask_turn()
            if turn == serving.turn:
                yield Read(load("schema/await_indexes"), {"timeout_s": AWAIT_INDEX_S})
                answer, turn = yield from question(release)
        if turn == serving.turn:
            return answer, (serving, variant)
        served.serving = None


def read_by_index(
    dialect: Dialect,
    statement: str,
    index: str,
    params: Mapping[str, Any],
    names: Mapping[str, Any],
    conditions: Sequence[Condition] = ANY_ITEM,
    filters: Sequence[str] = (),
    told: Sequence[Condition] = (),
    owned: Sequence[Condition] = (),
) -> Read:
    """Return the reading that asks a vector index, in the form that the server has: ``recommend/search_…`` or ``…/query_…``.

    ``conditions`` that the index can decide, as it has the property among its ``filters``, narrow the search; the others are
    held against what it found, of which ``told`` is told. ``owned`` is what users must be like.
    """
    if not dialect.supports_search:
        asked = {**params, "index": index}
        return read_with(f"recommend/query_{statement}", asked, names, wanted=conditions, told=told, owned=owned)
    indexed = [one for one in conditions if is_narrowing(dialect, one, filters)]
    wanted = [one for one in conditions if one not in indexed]
    names = {**names, "index": index}
    return read_with(f"recommend/search_{statement}", params, names, indexed=indexed, wanted=wanted, told=told, owned=owned)


def is_narrowing(dialect: Dialect, condition: Condition, filters: Sequence[str]) -> bool:
    """Whether a condition is decided by an index that has the properties ``filters``."""
    return (
        dialect.supports_search and condition.by_index and isinstance(condition.term, Term) and condition.term.name in filters
    )


def read_with(statement: str, params: Mapping[str, Any], names: Mapping[str, Any], **places: Sequence[Condition]) -> Read:
    """Return the reading of a statement with conditions in the places that it has for them.

    ``names`` and ``params`` may hold more than the statement declares.
    """
    form = load(statement)
    params = {**params, **{place: [one.value for one in places.get(place, ())] for place in form.terms}}
    names = {**names, **{place: [one.term for one in places.get(place, ())] for place in form.terms}}
    wanted = (*form.identifiers, *form.terms)
    return Read(form, {name: params[name] for name in form.params}, {name: names[name] for name in wanted})


def either_type(node_id: Any) -> list[Any]:
    """Return an id as it was given, then, if it may be one, as the other of text and whole number.

    What comes from a command line or an address is text, and graphs that others made often have numbers for ids.
    """
    if isinstance(node_id, str) and _WHOLE.fullmatch(node_id):
        return [node_id, int(node_id)]
    return [node_id, str(node_id)] if isinstance(node_id, int) else [node_id]


def num_candidates(k: int, spare: int, index: Domain | PeopleIndex) -> int:
    """Return how many to fetch from an index of items or people to have its best ``k``, and ``spare`` more in place of some.

    The index searches as wide as it is asked for, so never fewer than it was found to need.
    """
    return min(max(k + spare, index.search_widths.of(k)), index.number)


def domains_to_look_in(schema: Schema, domain: str | None) -> tuple[NodeKind, ...]:
    """Return where an item may be: the domain that was named, or any of all, the default one first.

    Raises:
        SchemaError: the graph has no such domain.
    """
    return schema.items if domain is None else (schema.domain(domain),)


def no_such_node(kinds: Sequence[NodeKind], node_id: Any) -> NotFoundError:
    """Return the error of an id that no node of these kinds has."""
    where = " or ".join(f"{kind.label} whose {kind.key}" for kind in kinds)
    return NotFoundError(f"there is no {where} is {node_id!r}; check the id")


def interaction_types(schema: Schema, domain: NodeKind) -> list[str]:
    """Return the relationship types of what users do with the items of one domain."""
    return [kind.type for kind in schema.interactions if kind.target == domain.label]


def liking_types(schema: Schema) -> list[str]:
    """Return the relationship types that tell of liking: no dislike, nothing that was taken back."""
    return sorted({kind.type for kind in schema.interactions if default_weight(behaviour_of(kind)) > 0})


def shown_property(kind: NodeKind) -> str:
    """Return the property that stands for a node before people: its title, or its key."""
    return kind.title or kind.key
