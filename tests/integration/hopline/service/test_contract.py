"""Every route keeps to its description, whatever is sent: made-up requests, right and wrong ones, over a real connection."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from graph.publish import publish
from hopline.service.keys import KeyFile, Scope
from tests.integration.hopline.service.test_program import serving
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration
QUICKLY = settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def test_every_route_keeps_to_its_description(database, server, tmp_path):
    draft = make_draft()
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    key = KeyFile(tmp_path / "runs" / "default" / "keys.json").add("tests", [Scope.ADMIN])
    with serving(server.home, tmp_path) as (_, client):
        described = schemathesis.openapi.from_url(f"{client.url}/openapi.json")
        routes = [found.ok() for found in described.get_all_operations()]
        asked = {"/recommend", "/similar", "/people", "/explain", "/events", "/users/{user}", "/index", "/metrics"} | {
            "/experiments",
            "/experiments/{name}",
            "/experiments/{name}/end",
        }
        assert {route.path for route in routes} >= asked
        for route in routes:
            # What is only got can be asked in no wrong way.
            for mode in GenerationMode if route.method.upper() == "POST" else [GenerationMode.POSITIVE]:

                @QUICKLY
                @given(case=route.as_strategy(generation_mode=mode))
                def keeps_to_it(case):
                    case.call_and_validate(headers={"X-API-Key": key})

                keeps_to_it()
    assert rows(database, "MATCH (r:HoplineRelease) WHERE r.ready RETURN count(r) > 0 AS is_there") == [{"is_there": True}]
