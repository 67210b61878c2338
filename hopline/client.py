"""A client of the HTTP service, for programs that do not speak Bolt: the same messages as the service's, typed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from graph.experiments import Variant
from graph.indexes.job import Action
from graph.neighbours import Retrieve
from hopline.errors import OverloadError, ServiceError
from hopline.service.experiment_messages import (
    EndRequest,
    ExperimentList,
    ExperimentMessage,
    ExperimentReportMessage,
    ExperimentRequest,
    VariantMessage,
)
from hopline.service.messages import (
    Erasure,
    EventsRequest,
    EventsTaken,
    ExplainRequest,
    Filter,
    Health,
    Indexes,
    IndexRequest,
    Items,
    Paths,
    PeopleFilter,
    PeopleRequest,
    RecommendRequest,
    RerankRequest,
    SessionRequest,
    SimilarRequest,
)

if TYPE_CHECKING:
    from typing import Self

M = TypeVar("M", bound=BaseModel)
_LATER = (409, 429, 503)


class Client:
    """Asks one service; a context manager, whose end closes its connections. Safe to share between threads.

    ``key`` None takes the environment's ``HOPLINE_API_KEY``, if it is set. ``tenant`` names for whom an operator asks; a key
    of a tenant's says it by itself.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8480",
        key: str | None = None,
        timeout_s: float = 30.0,
        *,
        tenant: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        key = os.environ.get("HOPLINE_API_KEY") if key is None else key
        headers = {} if key is None else {"X-API-Key": key}
        if tenant is not None:
            headers["X-Tenant"] = quote(tenant, safe="")
        self._http = httpx.Client(base_url=self.url, timeout=timeout_s, headers=headers)

    def recommend(
        self,
        user: str | int,
        k: int = 10,
        domain: str | None = None,
        *,
        filter: Filter = None,
        diversity: float | None = None,
        explore: float | None = None,
        seed: str | int | None = None,
        retrieve: Retrieve | None = None,
        scenario: str | None = None,
        explain: bool = False,
    ) -> Items:
        """Return the ``k`` best items that the user has not met; popular ones, said so, for an unknown user.

        Raises:
            ServiceError: it was refused, or nothing answers.
        """
        return self._post(
            "/recommend",
            RecommendRequest(
                user=user,
                k=k,
                domain=domain,
                filter=filter,
                diversity=diversity,
                explore=explore,
                seed=seed,
                retrieve=retrieve,
                scenario=scenario,
                explain=explain,
            ),
            Items,
        )

    def similar(
        self,
        item: str | int,
        k: int = 10,
        domain: str | None = None,
        *,
        of: str | None = None,
        user: str | int | None = None,
        filter: Filter = None,
        diversity: float | None = None,
        explore: float | None = None,
        seed: str | int | None = None,
        retrieve: Retrieve | None = None,
    ) -> Items:
        """Return the ``k`` items most like one item.

        Raises:
            ServiceError: there is no such item, it was refused, or nothing answers.
        """
        return self._post(
            "/similar",
            SimilarRequest(
                item=item,
                k=k,
                domain=domain,
                of=of,
                user=user,
                filter=filter,
                diversity=diversity,
                explore=explore,
                seed=seed,
                retrieve=retrieve,
            ),
            Items,
        )

    def session(
        self,
        items: Sequence[str | int],
        k: int = 10,
        domain: str | None = None,
        *,
        of: str | None = None,
        user: str | int | None = None,
        filter: Filter = None,
        diversity: float | None = None,
        explore: float | None = None,
        seed: str | int | None = None,
        retrieve: Retrieve | None = None,
    ) -> Items:
        """Return the ``k`` best items for somebody unknown who met ``items``.

        Raises:
            ServiceError: there is none of the items, it was refused, or nothing answers.
        """
        return self._post(
            "/session",
            SessionRequest(
                items=list(items),
                k=k,
                domain=domain,
                of=of,
                user=user,
                filter=filter,
                diversity=diversity,
                explore=explore,
                seed=seed,
                retrieve=retrieve,
            ),
            Items,
        )

    def rerank(
        self,
        user: str | int,
        items: Sequence[str | int],
        k: int | None = None,
        domain: str | None = None,
        *,
        scenario: str | None = None,
    ) -> Items:
        """Return given items, or the first ``k`` of them, in the order of the model's score for a user.

        Raises:
            ServiceError: none of them is known, it was refused, or nothing answers.
        """
        return self._post("/rerank", RerankRequest(user=user, items=list(items), k=k, domain=domain, scenario=scenario), Items)

    def people(self, user: str | int, k: int = 10, *, filter: PeopleFilter = None) -> Items:
        """Return the ``k`` best users to suggest to a user, of those who are as the ``filter`` says.

        Raises:
            ServiceError: there is no such user, it was refused, or nothing answers.
        """
        return self._post("/people", PeopleRequest(user=user, k=k, filter=filter), Items)

    def explain(self, user: str | int, item: str | int, limit: int = 5, domain: str | None = None) -> Paths:
        """Return the paths that lead from a user to an item.

        Raises:
            ServiceError: there is no such user or item, it was refused, or nothing answers.
        """
        return self._post("/explain", ExplainRequest(user=user, item=item, limit=limit, domain=domain), Paths)

    def send(self, events: Iterable[Mapping[str, Any]]) -> EventsTaken:
        """Send events, such as ``{"user": "196", "item": "242", "behaviour": "click"}``, and return once they are in the graph.

        Raises:
            OverloadError: too much waits there, or Neo4j is away: send the same again; what is there already is passed over.
            ServiceError: it was refused, or nothing answers.
        """
        return self._post("/events", EventsRequest(events=[dict(event) for event in events]), EventsTaken)

    def erase(self, user: str | int) -> Erasure:
        """Erase a user; the answer is the receipt. The key must allow ``admin``.

        Raises:
            ServiceError: there is no such user, it was refused, or nothing answers.
        """
        return self._answered("DELETE", f"/users/{quote(str(user), safe='')}", None, Erasure)

    def index(self) -> Indexes:
        """Return what answering needs beside vectors, and how far work on it is. The key must allow ``admin``.

        Raises:
            ServiceError: it was refused, or nothing answers.
        """
        return self._answered("GET", "/index", None, Indexes)

    def work_on_index(self, action: Action) -> Indexes:
        """Begin to mend what is missing ("refresh"), or to build the release that serves anew beside itself ("build").

        Raises:
            OverloadError: another publish or work on indexes goes on; try again later.
            ServiceError: it was refused, or nothing answers.
        """
        return self._post("/index", IndexRequest(action=action), Indexes)

    def start_experiment(self, name: str, variants: Sequence[Variant], salt: str | None = None) -> ExperimentMessage:
        """Begin an experiment: each user is answered by the release of their variant. The key must allow ``admin``.

        Raises:
            ServiceError: another runs, a release does not fit, it was refused, or nothing answers.
        """
        messages = [VariantMessage(name=one.name, release=one.release, share=one.share) for one in variants]
        return self._post("/experiments", ExperimentRequest(name=name, variants=messages, salt=salt), ExperimentMessage)

    def end_experiment(self, name: str, winner: str | None = None) -> ExperimentMessage:
        """End an experiment; the release of the variant ``winner``, if any, becomes active. The key must allow ``admin``.

        Raises:
            ServiceError: there is none that runs by this name, it was refused, or nothing answers.
        """
        return self._post(f"/experiments/{quote(name, safe='')}/end", EndRequest(winner=winner), ExperimentMessage)

    def experiments(self) -> list[ExperimentMessage]:
        """Return all experiments, the newest first.

        Raises:
            ServiceError: it was refused, or nothing answers.
        """
        return self._answered("GET", "/experiments", None, ExperimentList).experiments

    def experiment_report(self, name: str) -> ExperimentReportMessage:
        """Return what was shown and clicked in an experiment, by variant, and how sure the differences are.

        Raises:
            ServiceError: there is none of this name, it was refused, or nothing answers.
        """
        return self._answered("GET", f"/experiments/{quote(name, safe='')}", None, ExperimentReportMessage)

    def health(self) -> Health:
        """Return whether the service is ready, and which release serves.

        Raises:
            ServiceError: nothing answers.
        """
        return Health.model_validate_json(self._sent("GET", "/health/ready", None).content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _post(self, path: str, message: BaseModel, answer: type[M]) -> M:
        return self._answered("POST", path, message.model_dump_json(exclude_none=True), answer)

    def _answered(self, method: str, path: str, body: str | None, answer: type[M]) -> M:
        found = self._sent(method, path, body)
        if not found.is_success:
            kind = OverloadError if found.status_code in _LATER else ServiceError
            raise kind(f"{path} was refused with {found.status_code}: {_told(found)}", found.status_code)
        return answer.model_validate_json(found.content)

    def _sent(self, method: str, path: str, body: str | None) -> httpx.Response:
        try:
            return self._http.request(method, path, content=body, headers={"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            raise ServiceError(f"{self.url} did not answer {path} ({error}); see that the service runs there") from error


def _told(found: httpx.Response) -> str:
    try:
        return str(found.json()["error"])
    except (ValueError, KeyError, TypeError):
        return found.text[:200]
