"""Lists over HTTP find instances by indexed variables, and say so by not asking to go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.conftest import Clock
from tests.web.conftest import Api

MANY = 40


@pytest.fixture
def engine(valkey: str, clock: Clock) -> Iterator[Engine]:
    settings = Settings(
        redis_url=valkey, partitions=4, clock=clock, indexed_variables="orderNumber", compact_history=True
    )
    made = assemble(settings)
    while made.store.variables.complete(clock.now):
        pass
    yield made
    made.close()


@pytest.fixture
def api(engine: Engine) -> Api:
    """One answer may read ten instances with their variables, so that a search would have to go on."""
    return Api(create_app(engine, WebSettings(hosts=None, most_searched=20)).test_client(), engine)


def ask(api: Api, path: str) -> tuple[Any, str | None]:
    response = api.client.get(f"/engine-rest{path}")
    assert response.status_code == 200, response.text
    return response.json, response.headers.get("Baton-Continue")


def test_an_order_is_found_among_many_that_have_ended(api: Api, clock: Clock) -> None:
    api.deploy("work")
    for number in range(MANY):
        clock.forward(1_000)
        api.start("work", orderNumber=4711 + number, other=4711 + number)
        if number < MANY - 5:
            (task,) = api.fetch()
            api.complete(task)
    oldest, running = "variables=orderNumber_eq_4711", f"variables=orderNumber_eq_{4711 + MANY - 1}"

    for path, filter_ in (
        ("/history/process-instance", oldest),
        ("/process-instance", running),
        ("/process-instance/overview", running),
    ):
        found, more = ask(api, f"{path}?{filter_}")
        counted, more_to_count = ask(api, f"{path}/count?{filter_}")

        assert len(found) == counted["count"] == 1, path
        assert (more, more_to_count) == (None, None), path
    assert ask(api, "/history/process-instance?variables=other_eq_4711")[1] is not None
    body = {"variables": [{"name": "orderNumber", "operator": "eq", "value": 4711}]}
    assert len(api.post("/history/process-instance", body)) == 1
    assert api.post("/history/process-instance/count", body)["count"] == 1


def test_it_is_found_without_regard_to_case_only_by_a_search(api: Api, clock: Clock) -> None:
    api.deploy("work")
    for number in range(MANY):
        clock.forward(1_000)
        api.start("work", orderNumber=f"A-{number}")

    found, more = ask(api, "/history/process-instance?variables=orderNumber_eq_a-3&variableValuesIgnoreCase=true")

    assert (len(found), more is not None) == (1, True)
    assert len(ask(api, "/history/process-instance?variables=orderNumber_eq_A-3")[0]) == 1
