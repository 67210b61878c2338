"""``POST /recommend``, ``/similar``, ``/people`` and ``/explain``: what is asked of the graph."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, Request

from graph.answers import Recommendations
from graph.choice import Choice, choice_of, given_choice, people_choice
from graph.errors import DatabaseGoneError, SchemaError
from graph.explain import explanation
from graph.filters import Filter
from graph.people import people_for
from graph.question import Question
from graph.recommend import recommendations
from graph.rerank import reranked
from graph.session import session_items
from graph.similar import similar_items
from graph.tenants import OPERATOR, Tenant, tenant_of
from hopline.asker import NO_PATH
from hopline.service.access import Reach, allowing, asking_tenant
from hopline.service.keys import Scope
from hopline.service.messages import (
    ExplainRequest,
    Item,
    Items,
    LeftOutMessage,
    PathMessage,
    Paths,
    PeopleRequest,
    RecommendRequest,
    RerankRequest,
    SessionRequest,
    SimilarRequest,
)
from hopline.service.refusals import ANSWERS, NOT_FOUND
from hopline.service.state import State

_AWAY = "Neo4j does not answer: these are the popular items of the release that served last, whatever the user has met"

router = APIRouter(tags=["ask"], dependencies=[Depends(allowing(Scope.READ, Reach.EACH))], responses={**ANSWERS, **NOT_FOUND})


@router.post("/recommend", response_model_exclude_none=True)
async def recommend(asked: RecommendRequest, request: Request) -> Items:
    """Recommend items that the user has not met; popular ones, said so, for an unknown user or while Neo4j is away."""
    state: State = request.app.state.hopline
    tenant = asking_tenant(request)
    try:
        choice = _choice(state, asked, tenant)
        question = recommendations(state.served, state.database, state.schema, asked.user, asked.k, asked.domain, choice)
        found = await _answer(state, request, question)
        reasons = await _reasons(state, asked, found, choice.tenant) if asked.explain and found.by_model else None
    except DatabaseGoneError as error:
        if asked.filter is not None:
            raise  # what the popular items are like is not known here
        state.away(error)
        return _standby(state, asked, tenant)
    if not found.by_model:
        state.metrics.fallbacks.labels("unknown user").inc()
    state.metrics.items.labels("model" if found.by_model else "popular").observe(len(found.items))
    return _items(found, reasons, is_explained=asked.explain, tenant=tenant)


@router.post("/similar", response_model_exclude_none=True)
async def similar(asked: SimilarRequest, request: Request) -> Items:
    """Find the items most like one item, of its own kind or of another."""
    state: State = request.app.state.hopline
    question = similar_items(
        state.served,
        state.database,
        state.schema,
        asked.item,
        asked.k,
        asked.domain,
        asked.of,
        asked.user,
        _choice(state, asked, asking_tenant(request)),
    )
    return _items(await _answer(state, request, question))


@router.post("/session", response_model_exclude_none=True)
async def session(asked: SessionRequest, request: Request) -> Items:
    """Recommend items to somebody unknown, by the items met in a session."""
    state: State = request.app.state.hopline
    question = session_items(
        state.served,
        state.database,
        state.schema,
        asked.items,
        asked.k,
        asked.domain,
        asked.of,
        asked.user,
        _choice(state, asked, asking_tenant(request)),
    )
    return _items(await _answer(state, request, question))


@router.post("/rerank", response_model_exclude_none=True)
async def rerank(asked: RerankRequest, request: Request) -> Items:
    """Put given items, met or not, in the order of the model's score for a user."""
    state: State = request.app.state.hopline
    tenant = asking_tenant(request)
    choice = given_choice(state.config.ask, state.schema, asked.scenario, tenant)
    question = reranked(state.served, state.schema, asked.user, asked.items, asked.k, asked.domain, choice)
    return _items(await state.database.answer(question), tenant=tenant)


@router.post("/people", response_model_exclude_none=True)
async def people(asked: PeopleRequest, request: Request) -> Items:
    """Suggest users to a user: none whom they are friends with, follow, or have blocked."""
    state: State = request.app.state.hopline
    choice = people_choice(state.config.ask, state.schema, _filter(asked), asking_tenant(request))
    question = people_for(state.served, state.database, state.schema, asked.user, asked.k, choice)
    return _items(await _answer(state, request, question))


@router.post("/explain", response_model_exclude_none=True)
async def explain(asked: ExplainRequest, request: Request) -> Paths:
    """Show how a user's history and the knowledge graph lead to an item."""
    state: State = request.app.state.hopline
    tenant = _tenant(state, request)
    question = explanation(state.served, state.schema, asked.user, asked.item, asked.limit, asked.domain, tenant)
    found = await state.database.answer(question)
    paths = [
        PathMessage(kind=path.kind, weight=path.weight, sentence=path.sentence, nodes=list(path.nodes), types=list(path.types))
        for path in found.paths
    ]
    return Paths(
        version=found.version,
        experiment=found.experiment,
        variant=found.variant,
        paths=paths,
        statement=found.statement if tenant is OPERATOR else None,
    )


def _tenant(state: State, request: Request) -> Tenant:
    return tenant_of(asking_tenant(request), state.config.ask.tenants, state.schema)


def _choice(state: State, asked: RecommendRequest | SimilarRequest | SessionRequest, tenant: str | None) -> Choice:
    scenario = asked.scenario if isinstance(asked, RecommendRequest) else None
    taste = asked.diversity, asked.explore, asked.seed
    return choice_of(state.config.ask, state.schema, _filter(asked), *taste, asked.retrieve, scenario, tenant)


def _filter(asked: RecommendRequest | SimilarRequest | SessionRequest | PeopleRequest) -> Filter | None:
    return asked.model_dump(include={"filter"}, exclude_none=True).get("filter")


async def _reasons(state: State, asked: RecommendRequest, found: Recommendations, tenant: Tenant) -> list[str]:
    questions = [explanation(state.served, state.schema, asked.user, item.id, 1, found.domain, tenant) for item in found.items]
    explained = await asyncio.gather(*map(state.database.answer, questions))
    return [one.paths[0].sentence if one.paths else NO_PATH for one in explained]


async def _answer(state: State, request: Request, question: Question[Recommendations]) -> Recommendations:
    """Ask, and count how many candidates that took."""
    found = await state.database.answer(question)
    if found.num_candidates is not None:
        state.metrics.candidates.labels(request.url.path).observe(found.num_candidates)
    return found


def _items(
    found: Recommendations, reasons: list[str] | None = None, *, is_explained: bool = False, tenant: str | None = None
) -> Items:
    """Return an answer's message; for a ``tenant`` without what may tell of others: statement and number of events."""
    why: list[Any] = [None] * len(found.items) if reasons is None else reasons
    return Items(
        version=found.version,
        experiment=found.experiment,
        variant=found.variant,
        domain=found.domain,
        by_model=found.by_model,
        num_events=found.num_events if tenant is None else None,
        scenario=found.scenario,
        items=[
            Item(
                id=item.id,
                title=item.title,
                score=item.score,
                scores=dict(item.scores) or None,
                reason=reason,
                rules=list(item.rules) or None,
                propensity=item.propensity,
                found_by=list(item.found_by) or None,
            )
            for item, reason in zip(found.items, why, strict=True)
        ],
        seed=found.seed,
        left_out=[LeftOutMessage(id=one.id, rule=one.rule) for one in found.left_out] if is_explained else None,
        statement=found.statement if is_explained and tenant is None else None,
    )


def _standby(state: State, asked: RecommendRequest, tenant: str | None) -> Items:
    standby = state.standby
    scenario, of_tenant = state.config.ask.scenarios.get(asked.scenario or ""), standby.items.get(tenant, {})
    label = asked.domain or next(iter((*(() if scenario is None else scenario.domains), *of_tenant)), None)
    if label is None or label not in of_tenant:
        if of_tenant:
            raise SchemaError(f"there is no domain {label!r}; there are {sorted(of_tenant)}")
        raise DatabaseGoneError("Neo4j does not answer, and nothing is known yet to answer with in its place")
    state.metrics.fallbacks.labels("database away").inc()
    state.metrics.items.labels("standby").observe(min(asked.k, len(of_tenant[label])))
    items = [Item(id=item.id, title=item.title, score=item.score) for item in of_tenant[label][: asked.k]]
    return Items(version=standby.version, domain=label, by_model=False, fallback=_AWAY, items=items)
