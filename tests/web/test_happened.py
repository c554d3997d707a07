"""``/history/process-instance`` by what has happened inside: incidents that are over too, activities, timers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from baton.service import Engine, Settings, assemble
from baton.web.times import format_date
from tests.service.conftest import Clock
from tests.web import diagrams
from tests.web.conftest import Api

HISTORY = "/history/process-instance"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LATER = (
    '<bpmn:intermediateCatchEvent id="Later"><bpmn:timerEventDefinition>'
    '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    "</bpmn:intermediateCatchEvent>"
)


FILES = {
    "work": diagrams.WORK,
    "many": diagrams.MANY,
    "outer": diagrams.line("outer", '<bpmn:callActivity id="Call" calledElement="work"/>', "Call"),
    "later": diagrams.line("later", LATER, "Later"),
}


@pytest.fixture
def engine(valkey: str, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "archive"
    settings = Settings(redis_url=valkey, partitions=4, clock=clock, archive_dir=folder, archive_after="P1D")
    made = assemble(settings)
    yield made
    made.close()


@pytest.fixture
def start(clock: Clock) -> int:
    return clock.now


def fail(api: Api, task: dict[str, Any], message: str) -> None:
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": message, "retries": 0}, 204)


@pytest.fixture
def ids(api: Api, engine: Engine, clock: Clock, start: int) -> dict[str, str]:
    """By letter: with an incident that was resolved, an open one, one that went with the instance, a caller and what it
    has called with a resolved one, one without; a timer that has fired, one that waits; a loop that has ended.
    """
    data = {f"{name}.bpmn": (io.BytesIO(text.encode()), f"{name}.bpmn") for name, text in FILES.items()}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    found = {letter: api.start("outer" if letter == "C" else "work", f"key-{letter}") for letter in "ROXCN"}
    found |= {"F": api.start("later"), "M": api.start("many")}
    engine.run_due()
    tasks = {task["processInstanceId"]: task for task in api.fetch()}
    found["T"] = api.get("/process-instance", superProcessInstance=found["C"])[0]["id"]
    for letter, message in {"R": "boom", "O": "stuck", "X": "stuck", "C": "inside"}.items():
        fail(api, tasks[found[letter]], message)
    api.complete(tasks[found["N"]])
    for task in api.get("/task", processInstanceId=found["M"]):
        api.post(f"/task/{task['id']}/complete", {}, 204)
    clock.forward(HOUR)
    engine.run_due()
    for letter in "RC":
        api.put(f"/external-task/{tasks[found[letter]]['id']}/retries", {"retries": 1}, 204)
    for task in api.fetch():
        api.complete(task)
    api.delete(f"/process-instance/{found['X']}", 204)
    clock.forward(HOUR)
    found["W"] = api.start("later")
    engine.run_due()
    return found


def show(ids: dict[str, str], found: list[dict[str, Any]]) -> str:
    letters = {id: letter for letter, id in ids.items()}
    return "".join(sorted(letters[item["id"]] for item in found))


def fill(ids: dict[str, str], start: int, query: dict[str, Any]) -> dict[str, Any]:
    """The query with moments for minutes, and ids of instances for letters."""
    moments = {name: format_date(start + value * MINUTE) for name, value in query.items() if isinstance(value, int)}
    moments = {name: value for name, value in moments.items() if not isinstance(query[name], bool)}
    return {**query, **moments}


def ask(api: Api, query: dict[str, Any]) -> list[dict[str, Any]]:
    """By GET and POST, which say the same, as do their counts."""
    asked: dict[str, Any] = {
        name: ",".join(value) if isinstance(value, list) else value for name, value in query.items()
    }
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}
    found = api.get(HISTORY, **asked)
    assert api.post(HISTORY, query) == found
    assert api.get(f"{HISTORY}/count", **asked)["count"] == api.post(f"{HISTORY}/count", query)["count"] == len(found)
    return found


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"withIncidents": True}, "CORTX"),
    ({"withIncidents": False}, "CFMNORTWX"),
    ({"withIncidents": True, "finished": True}, "CRTX"),
    ({"withIncidents": True, "unfinished": True}, "O"),
    ({"withIncidents": True, "processDefinitionKey": "work"}, "ORTX"),
    ({"withIncidents": True, "processInstanceBusinessKey": "key-N"}, ""),
    ({"withRootIncidents": True}, "ORTX"),
    ({"withRootIncidents": True, "rootProcessInstances": True}, "ORX"),
    ({"incidentStatus": "open"}, "O"),
    ({"incidentStatus": "open", "withRootIncidents": True}, "O"),
    ({"incidentStatus": "resolved"}, "CRTX"),
    ({"incidentStatus": "resolved", "withRootIncidents": True}, "RTX"),
    ({"incidentType": "failedExternalTask"}, "CORTX"),
    ({"incidentType": "failedJob"}, ""),
    ({"incidentMessage": "stuck"}, "OX"),
    ({"incidentMessage": "stuck", "incidentStatus": "open"}, "O"),
    ({"incidentMessage": "stuck", "incidentStatus": "resolved"}, "X"),
    ({"incidentMessage": "boom", "incidentStatus": "open"}, ""),
    ({"incidentMessageLike": "%s%"}, "COTX"),
    ({"incidentIdIn": ["nothing"]}, ""),
    ({"executedActivityIdIn": ["Do"]}, "CNRTX"),
    ({"executedActivityIdIn": ["Later", "Call"]}, "CF"),
    ({"executedActivityIdIn": ["work"]}, ""),
    ({"executedActivityIdIn": ["Ask"]}, "M"),
    ({"executedActivityIdIn": ["Ask#multiInstanceBody"]}, "M"),
    ({"executedActivityIdIn": ["Do#multiInstanceBody"]}, ""),
    ({"executedActivityAfter": 30}, "CFRTWX"),
    ({"executedActivityAfter": 60}, "CFRTWX"),
    ({"executedActivityAfter": 61}, "W"),
    ({"executedActivityAfter": 30, "finished": True}, "CFRTX"),
    ({"executedActivityAfter": 61, "finished": True}, ""),
    ({"executedActivityBefore": 30}, "CFMNORTX"),
    ({"executedActivityBefore": 0}, "CFMNORTX"),
    ({"executedActivityBefore": -1}, ""),
    ({"executedActivityAfter": 30, "executedActivityBefore": 90}, "CFRTX"),
    ({"executedJobAfter": 30}, "F"),
    ({"executedJobAfter": 60, "executedJobBefore": 60}, "F"),
    ({"executedJobAfter": 61}, ""),
    ({"executedJobBefore": 30}, ""),
    ({"executedJobBefore": 90, "executedActivityIdIn": ["Later"]}, "F"),
    ({"executedJobBefore": 90, "withIncidents": True}, ""),
]


def find_each(api: Api, ids: dict[str, str], start: int) -> list[tuple[dict[str, Any], str]]:
    return [(query, show(ids, ask(api, fill(ids, start, query)))) for query, _ in FILTERS]


def test_a_filter_by_what_has_happened_finds_what_it_says(api: Api, ids: dict[str, str], start: int) -> None:
    assert find_each(api, ids, start) == FILTERS


def test_such_a_list_has_pages_in_any_order(api: Api, ids: dict[str, str]) -> None:
    for by in ("businessKey", "duration", "startTime", "endTime", "definitionKey"):
        for order in ("asc", "desc"):
            asked = {"withIncidents": "true", "sortBy": by, "sortOrder": order, "maxResults": 3}
            pages = [api.get(HISTORY, firstResult=first, **asked) for first in (0, 3)]

            assert [len(page) for page in pages] == [3, 2], (by, order)
            assert show(ids, [*pages[0], *pages[1]]) == "CORTX"


def test_a_timer_that_only_waits_was_not_executed(api: Api, ids: dict[str, str], start: int) -> None:
    since = format_date(start)
    assert show(ids, ask(api, {"processDefinitionKey": "later"})) == "FW"
    assert show(ids, ask(api, {"processDefinitionKey": "later", "executedJobAfter": since})) == "F"


def test_an_incident_is_found_by_its_id_also_when_it_is_over(api: Api, ids: dict[str, str]) -> None:
    incidents = {each["incidentMessage"]: each["id"] for each in api.get("/history/incident")}

    assert show(ids, ask(api, {"incidentIdIn": [incidents["boom"]]})) == "R"
    assert show(ids, ask(api, {"incidentIdIn": [incidents["inside"], incidents["boom"]]})) == "CRT"
    assert show(ids, ask(api, {"incidentIdIn": [incidents["boom"]], "incidentStatus": "open"})) == ""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"orQueries": [{"incidentStatus": "open", "executedJobAfter": 30}]}, "FO"),
        ({"orQueries": [{"executedActivityAfter": 30, "executedActivityBefore": 90}]}, "CFRTX"),
        ({"orQueries": [{"executedJobAfter": 61, "executedJobBefore": 90, "incidentMessage": "boom"}]}, "R"),
        ({"orQueries": [{"withIncidents": True, "executedActivityIdIn": ["Later"]}], "finished": True}, "CFRTX"),
        ({"orQueries": [{"finished": True, "withIncidents": True}]}, "CFMNORTX"),
    ],
)
def test_of_an_or_query_one_thing_that_has_happened_is_enough(
    api: Api, ids: dict[str, str], start: int, query: dict[str, Any], expected: str
) -> None:
    query = {**query, "orQueries": [fill(ids, start, each) for each in query["orQueries"]]}

    assert show(ids, api.post(HISTORY, query)) == expected
    assert api.post(f"{HISTORY}/count", query)["count"] == len(expected)


def test_what_was_called_is_found_by_what_has_happened_in_it(api: Api, ids: dict[str, str]) -> None:
    assert show(ids, api.get(HISTORY, superProcessInstanceId=ids["C"], withRootIncidents="true")) == "T"
    assert show(ids, api.get(HISTORY, superProcessInstanceId=ids["C"], executedActivityIdIn="Call")) == ""
    assert show(ids, api.get(HISTORY, subProcessInstanceId=ids["T"], withRootIncidents="true")) == ""
    assert show(ids, api.get(HISTORY, subProcessInstanceId=ids["T"], withIncidents="true")) == "C"
    assert show(ids, api.get(HISTORY, processInstanceIds=f"{ids['T']},{ids['N']}", executedActivityIdIn="Do")) == "NT"
    assert show(ids, api.get(HISTORY, processInstanceIds=f"{ids['T']},{ids['N']}", withIncidents="true")) == "T"


def test_archived_instances_are_found_as_before(
    api: Api, engine: Engine, clock: Clock, ids: dict[str, str], start: int
) -> None:
    # when
    clock.forward(2 * DAY)
    moved = engine.archiving.run()

    # then
    assert moved == 6
    assert find_each(api, ids, start) == FILTERS


def test_a_request_that_changes_many_takes_the_filters(api: Api, engine: Engine, ids: dict[str, str]) -> None:
    # when
    api.run_batch("/history/process-instance/delete", {"historicProcessInstanceQuery": {"incidentStatus": "resolved"}})
    api.run_batch("/process-instance/delete", {"historicProcessInstanceQuery": {"executedActivityIdIn": ["S"]}})

    # then
    assert show(ids, api.get(HISTORY)) == "FMNOW"
    assert show(ids, api.get(HISTORY, unfinished="true")) == "O"


@pytest.mark.parametrize(
    ("query", "message"),
    [({"incidentStatus": "deleted"}, "incidentStatus"), ({"executedJobAfter": "yesterday"}, "executedJobAfter")],
)
def test_what_is_no_status_and_no_moment_is_refused(api: Api, query: dict[str, Any], message: str) -> None:
    assert message in api.get(HISTORY, 400, **query)["message"]
