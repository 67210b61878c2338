"""What is sent to the service and what it answers: one model each, of which the API's description is made."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
)

from graph.events.event import MOST_ID_CHARS, MOST_TEXT_CHARS
from graph.filters.conditions import MOST_CHARS, MOST_VALUES
from graph.indexes.job import Action
from graph.neighbours import Retrieve

MOST_ITEMS = 1_000
MOST_PATHS = 100
MOST_FILTERS = 100
_EXACT = 2**53  # whole numbers beyond it are not the same in every program that reads JSON


def _whole(value: Any) -> Any:
    """Take 5.0 for 5, as JSON makes no difference between them."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Id = (
    Annotated[StrictStr, Field(min_length=1, max_length=MOST_ID_CHARS, pattern=r"\S")]
    | Annotated[StrictInt, Field(ge=-_EXACT, le=_EXACT), BeforeValidator(_whole)]
)
"""An id as the graph has it; text is also taken for a whole number, where ids are such: for one beyond 2^53 it must be text."""
Version = Annotated[StrictInt, Field(ge=1, le=_EXACT), BeforeValidator(_whole)]
Label = Annotated[StrictStr, Field(min_length=1, max_length=MOST_TEXT_CHARS)]
Count = Annotated[StrictInt, Field(ge=1, le=MOST_ITEMS), BeforeValidator(_whole)]

PathCount = Annotated[StrictInt, Field(ge=1, le=MOST_PATHS), BeforeValidator(_whole)]

_Value = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=MOST_CHARS)]


class Message(BaseModel):
    """What all of them are: nothing but what they declare."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bounds(Message):
    """From which number to which, both included."""

    at_least: StrictInt | StrictFloat | None = Field(default=None, description="unset: none is too small")
    at_most: StrictInt | StrictFloat | None = Field(default=None, description="unset: none is too large")


def _shape(value: Any) -> str:
    return "bounds" if isinstance(value, (dict, Bounds)) else "several" if isinstance(value, list) else "one"


_Wanted = Annotated[
    Annotated[_Value, Tag("one")]
    | Annotated[list[_Value], Field(min_length=1, max_length=MOST_VALUES), Tag("several")]
    | Annotated[Bounds, Tag("bounds")],
    Discriminator(_shape),
]
Filter = Annotated[
    dict[Label, _Wanted] | None,
    Field(
        max_length=MOST_FILTERS,
        description="only items that are so: by each name, as [ask.filters] of hopline.toml declares it, a value, several of "
        'which any will do, or bounds: {"price": {"at_most": 20}, "genre": ["Comedy", "Drama"]}',
    ),
]

PeopleFilter = Annotated[
    dict[Label, _Wanted] | None,
    Field(
        max_length=MOST_FILTERS,
        description="only users who are so: by each name, as [ask.people_filters] of hopline.toml declares it; values as of "
        'filters of items: {"age": {"at_least": 18}, "city": ["Oslo", "Bergen"]}',
    ),
]

Share = Annotated[StrictInt, Field(ge=0, le=1)] | Annotated[StrictFloat, Field(ge=0, le=1)]
ASKING = "id of the user who asks, by whose variant an experiment answers; unset: nobody in particular"
EXPERIMENT = "name of the experiment that runs, where the user is in one; for the impressions that tell of it"
VARIANT = "name of the user's variant of it, by whose release this is"
SCENARIO = (
    "name of one in [ask.scenarios] of hopline.toml: the best candidates are put in its order, by what its tasks foretell; "
    "unset: the model's order"
)


class _Chosen(Message):
    """What every question for items may ask of its answer."""

    filter: Filter = None
    diversity: Share | None = Field(
        default=None,
        description="how much likeness to the items before it counts against one, from 0 to 1; unset: as configured",
    )
    explore: Share | None = Field(
        default=None,
        description="share of places at which any good candidate is drawn by chance, from 0 to 1; unset: as configured",
    )
    seed: Id | None = Field(
        default=None, description="decides what is drawn: the same again draws the same; unset: another each time"
    )
    retrieve: Retrieve | None = Field(
        default=None,
        description='what finds candidates: "vectors", or "vectors+similar" with relationships between items too, of a release '
        "published with [publish] similar; unset: as configured, else what the release's training chose on validation",
    )


class RecommendRequest(_Chosen):
    """For whom, how many, and of which kind of items."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"user": "196", "k": 5}, {"user": "196", "k": 5, "scenario": "watch"}]}
    )

    user: Id = Field(description="id of the user; one that the graph does not have gets popular items")
    k: Count = Field(default=10, description="how many items")
    domain: Label | None = Field(default=None, description="label of the items; unset: the schema's first item kind")
    scenario: Label | None = Field(default=None, description=SCENARIO)
    explain: bool = Field(default=False, description="add a reason to each item, what rules did, and the statement")


class SimilarRequest(_Chosen):
    """Like which item, how many, and of which kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"item": "50", "k": 5}]})

    item: Id = Field(description="id of the item")
    k: Count = Field(default=10, description="how many items")
    domain: Label | None = Field(default=None, description="label of the items to find; unset: that of the item")
    of: Label | None = Field(default=None, description="label of the item; unset: the first kind that has this id")
    user: Id | None = Field(default=None, description=ASKING)


class SessionRequest(_Chosen):
    """What was met in a session, how many items to answer, and of which kind."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": ["50", "172"], "k": 5}]})

    items: list[Id] = Field(max_length=MOST_ITEMS, description="ids of the items that were met; none gets popular items")
    k: Count = Field(default=10, description="how many items")
    domain: Label | None = Field(default=None, description="label of the items to find; unset: that of those met")
    of: Label | None = Field(default=None, description="label of the items met; unset: the schema's first item kind")
    user: Id | None = Field(default=None, description=ASKING)


class RerankRequest(Message):
    """For whom, which items, and how many of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "196", "items": ["50", "172", "242"]}]})

    user: Id = Field(description="id of the user")
    items: list[Id] = Field(min_length=1, max_length=MOST_ITEMS, description="ids of the items; those not known are left out")
    k: Count | None = Field(default=None, description="how many items; unset: all")
    domain: Label | None = Field(default=None, description="label of the items; unset: the schema's first item kind")
    scenario: Label | None = Field(default=None, description=SCENARIO)


class PeopleRequest(Message):
    """For whom, and how many."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "2", "k": 5}]})

    user: Id = Field(description="id of the user")
    k: Count = Field(default=10, description="how many users")
    filter: PeopleFilter = None


class ExplainRequest(Message):
    """Why which item for whom."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"user": "196", "item": "50"}]})

    user: Id = Field(description="id of the user")
    item: Id = Field(description="id of the item")
    limit: Annotated[StrictInt, Field(ge=1, le=MOST_PATHS), BeforeValidator(_whole)] = Field(
        default=5, description="how many paths"
    )
    domain: Label | None = Field(default=None, description="label of the item; unset: the first kind that has this id")


class EventsRequest(Message):
    """Events as they happened, in any order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"events": [{"user": "196", "item": "242", "behaviour": "rating", "value": 4, "id": "e-1"}]}]
        }
    )

    events: list[dict[str, Any]] = Field(
        min_length=1,
        description="each with user, item and behaviour, and, if known, value, time, id, context, domain, propensity, "
        "user_properties, item_properties and facts; see `hopline ingest --help`",
    )


class Item(Message):
    """One item, or one user, of an answer."""

    id: Any = Field(description="as the graph has it")
    title: str | None = Field(description="what it is called, if the graph knows")
    score: float = Field(description="the model's score, or what a scenario makes; of popular items how many users chose each")
    scores: dict[str, float] | None = Field(
        default=None,
        description="what each task of the scenario says: the model's score (ranking), a probability (click, conversion) or a "
        "value (rating)",
    )
    reason: str | None = Field(default=None, description="the strongest reason, where one was asked for")
    rules: list[str] | None = Field(default=None, description="names of the rules that moved it")
    propensity: float | None = Field(
        default=None, description="how likely it was to be here, where the answer explores; for the impression that tells of it"
    )
    found_by: list[str] | None = Field(default=None, description="what found it, where retrievers were fused: vectors, similar")


class LeftOutMessage(Message):
    """One item that would have been in the answer."""

    id: Any = Field(description="as the graph has it")
    rule: str = Field(description="name of the rule that kept it out")


class Items(Message):
    """Items, best first, and what gave them."""

    version: int | None = Field(description="the release that gave them")
    experiment: str | None = Field(default=None, description=EXPERIMENT)
    variant: str | None = Field(default=None, description=VARIANT)
    domain: str = Field(description="label of the items")
    by_model: bool = Field(
        description="false: the release does not know the user, nor what they met or are, and these are popular items"
    )
    num_events: int | None = Field(
        default=None,
        description="how many events that training has not seen went into the vector that asked, 0 where only what the user is "
        "tells of them; unset: it is as it was learnt, or not told, as where a tenant asks about a user",
    )
    scenario: str | None = Field(
        default=None, description="whose order this is; unset: the model's, as none was asked for or no task tells of the user"
    )
    fallback: str | None = Field(default=None, description="why these are popular items that tell nothing of the user")
    items: list[Item]
    seed: str | None = Field(default=None, description="what decided what was drawn, where the answer explores")
    left_out: list[LeftOutMessage] | None = Field(
        default=None, description="what rules kept out, where an explanation was asked for"
    )
    statement: str | None = Field(default=None, description="the same question as Cypher, where the operator asked for it")


class PathMessage(Message):
    """One reason; see graph.explain.Path."""

    kind: str = Field(description="fact, shared, people or friends")
    weight: float = Field(description="comparable within one answer")
    sentence: str
    nodes: list[str] = Field(description="what lies between the user and the item")
    types: list[str] = Field(description="types of the relationships")


class Paths(Message):
    """Reasons by falling weight."""

    version: int
    experiment: str | None = Field(default=None, description=EXPERIMENT)
    variant: str | None = Field(default=None, description=VARIANT)
    paths: list[PathMessage]
    statement: str | None = Field(default=None, description="the same question as Cypher; for the operator alone")


class SetAside(Message):
    """An event that could not be used."""

    place: int = Field(description="its place in the request, from 0")
    reason: str


class EventsTaken(Message):
    """What came of the events of one request; all that are not set aside are in the graph."""

    new: int = Field(description="taken in now")
    repeated: int = Field(description="there already, by their ids or as they say the same")
    set_aside: list[SetAside] = Field(default_factory=list, description="could not be used; kept in a file beside the run")


class Erasure(Message):
    """What was erased of a user, and what may still name them."""

    user: Any = Field(description="id of the user, as the graph had it")
    erased_at: str = Field(description="ISO 8601, UTC")
    relationships: dict[str, int] = Field(description="how many of each type")
    properties: list[str] = Field(description="names of what the graph said of them")
    releases: list[int] = Field(description="those that had a vector of them")
    files: list[str] = Field(description="files of the last run that were written without them, or deleted")
    left: list[str] = Field(description="what is to be looked at by hand, and why")


class IndexRequest(Message):
    """What to do with what answering needs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"action": "refresh"}]})

    action: Action = Field(
        description="refresh: make what is missing or failed, in place, and count popular items anew; build: write the release "
        "that serves anew beside itself, as the next version, with indexes of its own"
    )


class IndexPart(Message):
    """One thing that answering needs."""

    kind: str = Field(description="key (a constraint), vectors (an index) or popular (items)")
    name: str
    state: str = Field(description="ready, filling, missing, failed or stale")
    told: str = Field(description="more about it, if there is more to say")
    version: int | None = Field(description="the release that it is of")


class IndexJob(Message):
    """The last work on indexes."""

    action: str
    state: str = Field(description="running, done, failed, or cut off: whoever was at it died")
    stage: str = Field(description="what is or was being done")
    completed: int = Field(description="how much of the stage is done")
    total: int = Field(description="how much there is; 0: it cannot be counted")
    told: str = Field(description="what came of it")
    started_at: float = Field(description="seconds since 1970")
    told_at: float = Field(description="seconds since 1970")


class Indexes(Message):
    """What answering needs beside vectors, and work on it."""

    parts: list[IndexPart]
    job: IndexJob | None = Field(description="the last work, by whichever process; null: there was none")


class Health(Message):
    """How the service is."""

    status: str = Field(description="live, ready, or why it is not ready")
    version: int | None = Field(default=None, description="the release that serves")


class ErrorAnswer(Message):
    """What went wrong and what to do."""

    error: str
    request_id: str = Field(description="by which the service's log tells of the request")
