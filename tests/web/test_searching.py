"""Filters and orders that no index serves: an answer reads so many instances, and says where the next one goes on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from baton.service import Engine
from baton.service.reads import instance_queries
from baton.web.app import create_app
from baton.web.settings import WebSettings
from tests.web import diagrams
from tests.web.conftest import Api
from tests.web.test_called_instances import CALL

ENDED, RUNNING, MOST = 60, 3, 50
"""So many headers in one answer, or headers and events."""
PLACE = "Baton-Continue"


@pytest.fixture
def most() -> int:
    return MOST


@pytest.fixture
def app(engine: Engine, signed_in: bool, most: int) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required" if signed_in else None, most_searched=most))


@pytest.fixture
def instances(api: Api, engine: Engine) -> list[str]:
    """Those that have ended and those that run, in the order in which they started."""
    api.deploy("work")
    made = list[str]()
    for number in range(ENDED + RUNNING):
        made.append(api.start("work", f"key-{number}", amount=number))
        if number < ENDED:
            api.complete(api.fetch()[0])
    engine.store.indexing.complete()
    return made


def follow(api: Api, path: str, **query: Any) -> Iterator[tuple[Any, str | None]]:
    """Each answer, and where it says to go on."""
    place = None
    while True:
        asked = {**query, "continueFrom": place} if place else query
        response = api.client.open(f"/engine-rest{path}", query_string=asked)
        assert response.status_code == 200, response.text
        place = response.headers.get(PLACE)
        yield response.json, place
        if place is None:
            return


def test_a_filter_of_histories_reads_some_and_the_next_answer_goes_on(api: Api, instances: list[str]) -> None:
    answers = list(
        follow(api, "/history/variable-instance", variableName="amount", sortBy="variableName", sortOrder="asc")
    )

    assert len(answers) > len(instances) / 10
    assert all(rows for rows, _ in answers)
    found = [row["processInstanceId"] for rows, _ in answers for row in rows]
    assert found == instances[::-1]


def test_counts_of_parts_add_up(api: Api, instances: list[str]) -> None:
    counts = [answer["count"] for answer, _ in follow(api, "/history/activity-instance/count", activityId="Do")]
    assert (len(counts) > len(instances) / 10, sum(counts)) == (True, len(instances))


def test_a_filter_that_few_instances_meet_is_found_page_by_page(api: Api, instances: list[str]) -> None:
    answers = list(follow(api, "/history/activity-instance", unfinished="true", firstResult=1, maxResults=50))
    found = [row["processInstanceId"] for rows, _ in answers for row in rows]
    assert found == instances[ENDED:][::-1][1:]


@pytest.mark.parametrize("most", [400])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("by", ["startTime", "endTime"])
def test_a_page_in_the_order_of_moments_is_right_without_reading_all(
    api: Api, instances: list[str], by: str, order: str
) -> None:
    query: dict[str, Any] = {"sortBy": by, "sortOrder": order, "activityId": "Do"}
    whole = [row for id_ in instances for row in api.get("/history/activity-instance", processInstanceId=id_, **query)]
    whole.sort(key=lambda row: (row[by] is not None, row[by] or ""), reverse=order == "desc")

    ((rows, place),) = follow(api, "/history/activity-instance", maxResults=5, **query)

    assert [row[by] for row in rows] == [row[by] for row in whole[:5]]
    assert place is None


def test_filters_of_headers_and_of_variables_are_searched_for(api: Api, instances: list[str]) -> None:
    for path, query in (
        ("/history/process-instance", {"variables": "amount_lt_2"}),
        ("/process-instance/overview", {"variables": "amount_lt_2"}),
        ("/history/process-instance", {"processInstanceBusinessKeyLike": "%y-1"}),
    ):
        pages = [rows for rows, _ in follow(api, path, **query)]
        assert [row["id"] for rows in pages for row in rows][-1] in instances[:2]
        assert sum(count["count"] for count, _ in follow(api, f"{path}/count", **query)) == sum(map(len, pages))


def test_histories_of_many_instances_of_one_business_key_are_searched(
    api: Api, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(instance_queries, "FEW_HISTORIES", 5)
    api.deploy("person")
    started = [api.start("person", "same" if number % 2 else "other") for number in range(30)]
    engine.store.indexing.complete()
    query = {"processInstanceBusinessKey": "same"}

    # when
    answers = list(follow(api, "/history/task", **query))
    counts = [answer["count"] for answer, _ in follow(api, "/history/task/count", **query)]

    # then
    assert [row["processInstanceId"] for rows, _ in answers for row in rows] == started[1::2][::-1]
    assert sum(counts) == 15
    assert min(len(answers), len(counts)) > 1


def test_called_processes_that_have_ended_are_searched_by_their_variables(api: Api, engine: Engine) -> None:
    # given
    files = {
        "inner": diagrams.line("inner", '<bpmn:manualTask id="Pass"/>', "Pass"),
        "outer": diagrams.line("outer", CALL.format("inner", "i"), "Call"),
    }
    data = {f"{name}.bpmn": (io.BytesIO(text.encode()), f"{name}.bpmn") for name, text in files.items()}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    started = [api.start("outer", amount=number) for number in range(30)]
    engine.store.indexing.complete()
    path, query = "/history/process-instance", {"processDefinitionKey": "inner", "variables": "amount_gteq_10"}

    # when
    answers = list(follow(api, path, **query))
    counts = [answer["count"] for answer, _ in follow(api, f"{path}/count", **query)]

    # then
    assert [row["rootProcessInstanceId"] for rows, _ in answers for row in rows] == started[10:]
    assert sum(counts) == 20
    assert min(len(answers), len(counts)) > 5


@pytest.mark.parametrize("sort", [{}, {"sortBy": "businessKey", "sortOrder": "asc"}])
def test_instances_are_searched_by_what_has_happened_in_them(
    api: Api, instances: list[str], sort: dict[str, str]
) -> None:
    path, query = "/history/process-instance", {"executedActivityIdIn": "Do"}

    answers = list(follow(api, path, **query, **sort))
    counts = [answer["count"] for answer, _ in follow(api, f"{path}/count", **query)]

    assert sorted(row["id"] for rows, _ in answers for row in rows) == sorted(instances[:ENDED])
    assert min(len(answers), len(counts)) > ENDED / 10
    assert sum(counts) == ENDED


def test_what_is_open_is_found_in_one_answer(api: Api, instances: list[str]) -> None:
    (task, *_) = api.fetch()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "no", "retries": 0}, 204)

    ((rows, place),) = follow(api, "/history/process-instance", incidentStatus="open")

    assert ([row["id"] for row in rows], place) == ([task["processInstanceId"]], None)


def test_where_an_index_serves_nothing_is_left_out(api: Api, instances: list[str]) -> None:
    for query in (
        {},
        {"finished": "true"},
        {"processDefinitionKey": "work"},
        {"sortBy": "tenantId", "sortOrder": "asc"},
    ):
        ((rows, place),) = follow(api, "/history/process-instance", **query)
        assert (place, len(rows)) == (None, ENDED if "finished" in query else len(instances))


def test_a_place_that_no_answer_has_named_is_refused(api: Api) -> None:
    error = api.get("/history/task", 400, continueFrom="yesterday")
    assert error["message"] == (
        "Expected what an earlier answer had in its header Baton-Continue, but found 'yesterday'"
    )
