"""Start events that wait: their timers are jobs, their messages, signals and conditions event subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.service import Settings, assemble
from tests.cases.conftest import BEGIN, CaseApi
from tests.web.diagrams import flow, process

HOUR = "2027-01-15T09:00:00.000+0000"


@pytest.fixture
def api(valkey: str) -> Iterator[CaseApi]:
    """The API with the time as an argument; it is 8 o'clock."""
    now = [BEGIN]
    settings = Settings(redis_url=valkey, partitions=4, clock=lambda: int(now[0].timestamp() * 1000))
    engine = assemble(settings, scripts=LocalScriptRunner())
    yield CaseApi(engine, now)
    engine.close()


def deploy(api: CaseApi, key: str, event: str, extra: str = "", **form: Any) -> str:
    """The id of a definition that such a start event begins and a user task follows."""
    body = f'<bpmn:startEvent id="Begin">{event}</bpmn:startEvent><bpmn:userTask id="Ask"/>{flow(1, "Begin", "Ask")}'
    deployed = api.upload({f"{key}.bpmn": process(key, body, extra).encode()}, **form)
    return str(next(iter(deployed["deployedProcessDefinitions"])))


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


@pytest.fixture
def definition(api: CaseApi) -> str:
    """A process that begins each hour, three times."""
    return deploy(api, "hourly", timer("timeCycle", "R3/PT1H"))


@pytest.fixture
def job(api: CaseApi, definition: str) -> str:
    return str(api.get("/job", processDefinitionId=definition)[0]["id"])


def started(api: CaseApi) -> int:
    return int(api.get("/history/process-instance/count")["count"])


def test_the_timer_of_a_start_event_is_listed_counted_and_found(api: CaseApi, definition: str, job: str) -> None:
    shown = api.get(f"/job/{job}")

    assert (shown["processDefinitionId"], shown["processDefinitionKey"]) == (definition, "hourly")
    assert (shown["processInstanceId"], shown["executionId"]) == (None, None)
    assert (shown["dueDate"], shown["retries"], shown["suspended"]) == (HOUR, 3, False)
    assert api.get("/job/count", timers="true", processDefinitionKey="hourly", active="true")["count"] == 1
    assert api.post("/job", {"jobIds": [job], "sorting": [{"sortBy": "jobDueDate", "sortOrder": "asc"}]}) == [shown]
    assert api.get(f"/job/{job}/stacktrace").text == ""


@pytest.mark.parametrize(
    "filters", [{"messages": "true"}, {"executable": "true"}, {"activityId": "Other"}, {"withException": "true"}]
)
def test_filters_that_do_not_fit_leave_it_out(api: CaseApi, job: str, filters: dict[str, Any]) -> None:
    assert job
    assert api.get("/job/count", **filters)["count"] == 0


def test_jobs_of_instances_and_of_start_events_are_one_list(api: CaseApi, job: str) -> None:
    api.upload({"waiting.bpmn": process("waiting", WAITING).encode()})
    instance = api.start("waiting")

    listed = api.get("/job", sortBy="jobDueDate", sortOrder="desc")

    assert [item["processDefinitionKey"] for item in listed] == ["waiting", "hourly"]
    assert [item["id"] for item in api.get("/job", sortBy="jobDueDate", sortOrder="desc", firstResult="1")] == [job]
    assert [item["processInstanceId"] for item in api.get("/job", processInstanceId=instance)] == [instance]


WAITING = (
    '<bpmn:startEvent id="Start"/><bpmn:intermediateCatchEvent id="Later">'
    + timer("timeDuration", "PT2H")
    + "</bpmn:intermediateCatchEvent>"
    + flow(1, "Start", "Later")
)


def test_executing_it_starts_an_instance_now_and_the_cycle_goes_on(api: CaseApi, job: str) -> None:
    api.post(f"/job/{job}/execute", {}, 204)

    assert started(api) == 1
    assert api.get(f"/job/{job}")["dueDate"] == "2027-01-15T10:00:00.000+0000"
    api.wait(hours=1)
    assert started(api) == 1
    api.wait(hours=3)
    assert started(api) == 3
    api.get(f"/job/{job}", 404)
    api.post(f"/job/{job}/execute", {}, 404)


def test_its_due_date_is_moved(api: CaseApi, job: str) -> None:
    api.put(f"/job/{job}/duedate", {"duedate": "2027-01-15T08:10:00.000+0000"}, 204)
    api.wait(minutes=10)

    assert started(api) == 1


@pytest.mark.parametrize("by", ["id", "definition", "key"])
def test_a_suspended_one_starts_nothing_until_it_is_active_again(
    api: CaseApi, definition: str, job: str, by: str
) -> None:
    path = f"/job/{job}/suspended" if by == "id" else "/job/suspended"
    named = {"id": {}, "definition": {"processDefinitionId": definition}, "key": {"processDefinitionKey": "hourly"}}[by]

    api.put(path, {"suspended": True, **named}, 204)
    api.wait(hours=1)

    assert started(api) == 0
    assert api.get("/job", suspended="true")[0]["dueDate"] == HOUR
    api.put(path, {"suspended": False, **named}, 204)
    api.wait(seconds=1)
    assert started(api) == 1


@pytest.mark.parametrize(
    ("path", "body"), [("retries", {"retries": 0}), ("priority", {"priority": 7})], ids=["retries", "priority"]
)
def test_what_it_does_not_have_cannot_be_set(api: CaseApi, job: str, path: str, body: dict[str, Any]) -> None:
    assert "start event" in api.put(f"/job/{job}/{path}", body, 400)["message"]
    assert "start event" in api.post("/job/retries", {"jobIds": [job], "retries": 1}, 400)["message"]
    assert "name nothing" in api.post("/job/retries", {"jobQuery": {}, "retries": 1}, 400)["message"]


def test_only_the_latest_version_has_one(api: CaseApi, job: str) -> None:
    newer = deploy(api, "hourly", timer("timeDuration", "PT5M"))

    assert [item["processDefinitionId"] for item in api.get("/job")] == [newer]
    api.get(f"/job/{job}", 404)
    api.delete(f"/process-definition/{newer}", 204)
    assert [item["id"] for item in api.get("/job")] == [job]


MESSAGE, SIGNAL = '<bpmn:message id="M" name="Ordered"/>', '<bpmn:signal id="S" name="Alarm"/>'
CONDITION = "<bpmn:condition>${x &gt; 1}</bpmn:condition>"
EVENTS = {
    "message": ('<bpmn:messageEventDefinition messageRef="M"/>', MESSAGE, "Ordered"),
    "signal": ('<bpmn:signalEventDefinition signalRef="S"/>', SIGNAL, "Alarm"),
    "conditional": (
        f"<bpmn:conditionalEventDefinition>{CONDITION}</bpmn:conditionalEventDefinition>",
        "",
        "",
    ),
}


@pytest.mark.parametrize("kind", EVENTS)
def test_what_a_start_event_waits_for_is_an_event_subscription(api: CaseApi, kind: str) -> None:
    event, extra, name = EVENTS[kind]
    deploy(api, "begun", event, extra, tenant_id="north")

    (shown,) = api.get("/event-subscription", eventType=kind)

    assert (shown["eventType"], shown["eventName"], shown["activityId"]) == (kind, name, "Begin")
    assert (shown["processInstanceId"], shown["executionId"], shown["tenantId"]) == (None, None, "north")
    assert api.get("/event-subscription", eventSubscriptionId=shown["id"], activityId="Begin") == [shown]
    assert api.get("/event-subscription/count", tenantIdIn="north")["count"] == 1
    assert api.get("/event-subscription/count", activityId="Other")["count"] == 0
    assert api.get("/event-subscription/count", withoutTenantId="true")["count"] == 0


def test_executions_and_messages_are_as_before(api: CaseApi) -> None:
    deploy(api, "begun", *EVENTS["message"][:2])

    assert api.get("/execution", messageEventSubscriptionName="Ordered") == []
    api.post("/message", {"messageName": "Ordered"}, 204)
    (instance,) = api.get("/process-instance")
    assert api.get("/event-subscription", processInstanceId=instance["id"]) == []
