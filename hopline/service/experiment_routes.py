"""``/experiments``: users answered by several releases, to see which does better."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from graph.experiments import Experiment, Variant
from graph.experiments.experiment import MOST_NAME_CHARS
from hopline.service.access import allowing
from hopline.service.experiment_messages import (
    EndRequest,
    ExperimentList,
    ExperimentMessage,
    ExperimentReportMessage,
    ExperimentRequest,
)
from hopline.service.keys import Scope
from hopline.service.refusals import ANSWERS, CONFLICT, NOT_FOUND
from hopline.service.state import State

router = APIRouter(tags=["experiments"], responses=ANSWERS)
Name = Annotated[str, Path(min_length=1, max_length=MOST_NAME_CHARS, description="of the experiment", examples=["fused"])]


@router.get("/experiments", dependencies=[Depends(allowing(Scope.READ))], responses=NOT_FOUND)
async def experiments(request: Request) -> ExperimentList:
    """List the experiments, the newest first."""
    state: State = request.app.state.hopline
    return ExperimentList(experiments=[_message(one) for one in await asyncio.to_thread(state.experiments.all)])


@router.get("/experiments/{name:path}", dependencies=[Depends(allowing(Scope.READ))], responses=NOT_FOUND)
async def experiment_report(name: Name, request: Request) -> ExperimentReportMessage:
    """Tell what was shown and clicked in an experiment, by variant, and how sure the differences are."""
    state: State = request.app.state.hopline
    found = await asyncio.to_thread(state.experiments.report, name)
    return ExperimentReportMessage.model_validate(asdict(found))


@router.post("/experiments", dependencies=[Depends(allowing(Scope.ADMIN))], responses={**CONFLICT, **NOT_FOUND})
async def start(asked: ExperimentRequest, request: Request) -> ExperimentMessage:
    """Begin an experiment: from here on each user is answered by the release of their variant."""
    state: State = request.app.state.hopline
    variants = [Variant(one.name, one.release, float(one.share)) for one in asked.variants]
    return _message(await asyncio.to_thread(state.experiments.start, asked.name, variants, salt=asked.salt))


@router.post("/experiments/{name:path}/end", dependencies=[Depends(allowing(Scope.ADMIN))], responses={**CONFLICT, **NOT_FOUND})
async def end(name: Name, asked: EndRequest, request: Request) -> ExperimentMessage:
    """End an experiment: all users are answered by the active release, which may from here on be the winner's."""
    state: State = request.app.state.hopline
    return _message(await asyncio.to_thread(state.experiments.end, name, asked.winner))


def _message(found: Experiment) -> ExperimentMessage:
    return ExperimentMessage.model_validate(asdict(found))
