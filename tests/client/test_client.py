"""``baton.Client`` and ``baton.AsyncClient`` against a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import baton
from baton.client import Client, EngineRefused, EngineUnreachable, StillRunning
from baton.client.calls import instances
from baton.client.sse import Follower, Message, SseReader
from baton.worker import Runner, Task, worker
from tests.client.blocking import BlockingAsyncClient
from tests.running import Baton, free_port, until

pytestmark = pytest.mark.e2e

MOST_SEARCHED = 4
"""One answer looks through two instances for their variables."""
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t">
  <message id="Paid" name="Paid"/>
  <process id="{key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/><sequenceFlow id="f1" sourceRef="Start" targetRef="Reserve"/>
    <serviceTask id="Reserve" camunda:type="external" camunda:topic="{key}-reserve"/>
    <sequenceFlow id="f2" sourceRef="Reserve" targetRef="Approve"/>
    <userTask id="Approve" name="Approve it"/>
    <sequenceFlow id="f3" sourceRef="Approve" targetRef="Await"/>
    <intermediateCatchEvent id="Await"><messageEventDefinition messageRef="Paid"/></intermediateCatchEvent>
    <sequenceFlow id="f4" sourceRef="Await" targetRef="Done"/><endEvent id="Done"/>
    <boundaryEvent id="Undo" attachedToRef="Reserve"><compensateEventDefinition/></boundaryEvent>
    <serviceTask id="Release" isForCompensation="true" camunda:type="external" camunda:topic="{key}-release"/>
    <association id="a1" associationDirection="One" sourceRef="Undo" targetRef="Release"/>
  </process>
</definitions>
"""


@dataclass
class Order:
    amount: Decimal
    lines: list[str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baton]:
    data, few = tmp_path_factory.mktemp("client") / "data", {"BATON_MOST_SEARCHED": str(MOST_SEARCHED)}
    server = Baton(data, "--no-samples", "--web-processes", "1", env=few)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=[Client, BlockingAsyncClient], ids=["sync", "async"])
def client(server: Baton, request: pytest.FixtureRequest) -> Iterator[Client]:
    with request.param(server.url) as client:
        yield client


@pytest.fixture
def key(client: Client, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A process of the test's own, deployed."""
    key = f"order-{abs(hash(request.node.name))}"
    (tmp_path / "order.bpmn").write_text(MODEL.format(key=key))
    client.deploy(tmp_path)
    return key


@pytest.fixture
def workers(server: Baton, key: str) -> Iterator[list[str]]:
    """What the workers have done."""
    done: list[str] = []

    @worker(f"{key}-reserve")
    def reserve(task: Task) -> dict[str, Any]:
        done.append("reserve")
        return {"reservation": "R-1"}

    @worker(f"{key}-release")
    def release(task: Task) -> None:
        done.append("release")

    runner = Runner([reserve, release], server.rest.url, long_poll=0.5)
    runner.start()
    yield done
    runner.stop(5)


def wait_for_task(client: Client, instance_id: str) -> str:
    return until(lambda: next((task.id for task in client.list_tasks(processInstanceId=instance_id)), None), 20)


def test_an_order_is_started_worked_on_and_waited_for(client: Client, key: str, workers: list[str]) -> None:
    started = client.start(key, Order(Decimal("49.90"), ["pen"]), business_key=f"{key}-1")
    client.complete_task(wait_for_task(client, started.id), {"approved": True})
    client.send_message("Paid", {"paid": 49.9}, business_key=f"{key}-1", wait=20)
    ended = client.wait(started.id)

    assert (ended.instance.state, ended.instance.end_element, ended.instance.ended) == ("completed", "Done", True)
    assert ended.instance.business_key == f"{key}-1"
    assert ended.variables == {
        "amount": 49.9,
        "lines": ["pen"],
        "reservation": "R-1",
        "approved": True,
        "paid": 49.9,
    }
    assert workers == ["reserve"]


def test_a_task_without_a_process_is_listed_and_done(client: Client, server: Baton, key: str) -> None:
    server.rest.post("/task/create", {"id": key, "name": "Call Ann"})

    (task,) = client.list_tasks(taskId=key)
    client.complete_task(task.id)

    assert (task.id, task.name, task.element, task.instance_id) == (key, "Call Ann", None, None)
    assert client.list_tasks(taskId=key) == []


def test_what_runs_on_is_told_from_what_has_ended(client: Client, key: str, workers: list[str]) -> None:
    with pytest.raises(StillRunning) as caught:
        client.start_and_wait(key, timeout=0.1)

    instance = client.get(caught.value.instance_id).instance
    assert (instance.state, instance.ended) == ("active", False)


def test_work_is_undone_and_the_plan_says_so_before(client: Client, key: str, workers: list[str]) -> None:
    started = client.start(key)
    wait_for_task(client, started.id)
    plan = client.plan_undo(started.id)
    client.cancel(started.id, undo=True, reason="changed my mind")
    ended = client.wait(started.id)

    assert [(step.element, step.handler) for step in plan] == [("Reserve", "Release")]
    assert ended.instance.state == "compensated"
    assert [(entry.element, entry.state) for entry in ended.ledger] == [("Reserve", "undone")]
    assert workers == ["reserve", "release"]


def test_an_instance_is_rolled_back_and_goes_on_before_the_element(
    client: Client, key: str, workers: list[str]
) -> None:
    started = client.start(key)
    wait_for_task(client, started.id)
    client.roll_back(started.id, "Reserve")
    until(lambda: workers == ["reserve", "release", "reserve"], 20)


def test_a_stream_gives_every_event_once_until_the_end(client: Client, key: str, workers: list[str]) -> None:
    started = client.start(key, business_key=f"{key}-s")
    events = client.stream(started.id)
    first = next(events)
    client.complete_task(wait_for_task(client, started.id))
    client.send_message("Paid", business_key=f"{key}-s", wait=20)
    rest = list(events)

    assert [event.position for event in (first, *rest)] == list(range(1, len(rest) + 2))
    assert rest[-1].type == "InstanceEnded"
    assert [event.position for event in client.list_history(started.id, after=3)] == list(range(4, len(rest) + 2))


def test_variables_are_read_and_set(client: Client, key: str) -> None:
    started = client.start(key, {"a": 1})
    client.set_variables(started.id, {"b": [1, {"c": None}]})

    assert client.get_variables(started.id) == {"a": 1, "b": [1, {"c": None}]}


def test_lists_take_the_filters_of_the_api(client: Client, key: str) -> None:
    ids = {client.start(key, business_key=f"{key}-{number}").id for number in range(3)}

    found = client.list_instances(processDefinitionKey=key, state=["active", "suspended"], maxResults=2)
    assert len(found) == 2
    assert {instance.id for instance in found} < ids
    assert client.count_instances(processDefinitionKey=key) == 3
    assert [definition.key for definition in client.list_definitions(key=key, latestVersion=True)] == [key]
    with pytest.raises(EngineRefused, match="processDefinitionKey") as caught:
        client.list_instances(processDefinitonKey=key)
    assert caught.value.status == 400


def test_what_no_index_finds_is_looked_for_to_the_end(client: Client, key: str) -> None:
    ids = [client.start(key, {"size": number % 2}).id for number in range(7)]
    small = {"processDefinitionKey": key, "variables": "size_eq_0"}

    part = client.list_instances(**small)
    assert 0 < len(part) < MOST_SEARCHED
    rest = client.list_instances(**small, continueFrom=part.continue_from)
    assert {instance.id for instance in part} & {instance.id for instance in rest} == set()

    assert sorted(instance.id for instance in client.iterate_instances(**small)) == sorted(ids[::2])
    assert client.count_instances(**small) == 4
    assert client.list_instances(processDefinitionKey=key).continue_from is None


def test_all_pages_are_gone_through(client: Client, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instances, "INSTANCES", 2)
    ids = [client.start(key).id for _ in range(5)]
    found = client.iterate_instances(processDefinitionKey=key)

    listed = [next(found).id]
    client.start(key)  # which moves the others by one
    listed += [instance.id for instance in found]
    assert len(listed) == len({*listed})
    assert {*ids} <= {*listed}
    with pytest.raises(ValueError, match="maxResults: all pages"):
        next(client.iterate_instances(maxResults=5))


def test_an_instance_is_suspended_and_activated(client: Client, key: str) -> None:
    started = client.start(key)
    client.suspend(started.id)
    assert client.get(started.id).instance.state == "suspended"
    client.activate(started.id)
    assert client.get(started.id).instance.state == "active"


def test_an_incident_is_listed_and_retried(client: Client, key: str, server: Baton) -> None:
    started = client.start(key)
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": f"{key}-reserve", "lockDuration": 60000}]}
    [task] = server.rest.post("/external-task/fetchAndLock", fetch)
    server.rest.post(
        f"/external-task/{task['id']}/failure", {"workerId": "w", "errorMessage": "no stock", "retries": 0}
    )

    [incident] = client.list_incidents(processInstanceId=started.id)
    client.retry_incident(incident.id)

    assert (incident.element, incident.type, incident.message) == ("Reserve", "failedExternalTask", "no stock")
    assert client.list_incidents(processInstanceId=started.id) == []
    [again] = server.rest.post("/external-task/fetchAndLock", fetch)
    assert again["id"] == task["id"]


def test_a_wrong_file_is_refused_with_its_problems(client: Client, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.bpmn"
    wrong.write_text(MODEL.format(key="wrong").replace('targetRef="Done"', 'targetRef="Nowhere"'))

    problems = client.check(wrong)
    with pytest.raises(EngineRefused) as caught:
        client.deploy(wrong)

    assert any(problem.severity == "error" and problem.element == "f4" for problem in problems)
    assert caught.value.body["problems"]


def test_nothing_to_deploy_is_said(client: Client, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Expected files to deploy"):
        client.deploy(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"there is no .*nowhere\.bpmn"):
        client.deploy(tmp_path / "nowhere.bpmn")


def test_an_unknown_instance_is_refused_also_by_its_stream(client: Client) -> None:
    asks: list[Callable[[], Any]] = [lambda: client.get("nobody"), lambda: next(client.stream("nobody"))]
    for ask in asks:
        with pytest.raises(EngineRefused) as caught:
            ask()
        assert caught.value.status == 404


@pytest.mark.parametrize("kind", [Client, BlockingAsyncClient])
def test_an_engine_that_is_away_is_said_after_the_patience(kind: type[Client]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with kind(url, patience=0.0) as client, pytest.raises(EngineUnreachable):
        client.list_definitions()


def test_the_clients_are_found_at_the_top_of_the_package() -> None:
    assert baton.Client is Client
    assert baton.AsyncClient.__name__ == "AsyncClient"
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = baton.Nothing  # type: ignore[attr-defined]


def test_a_snapshot_with_the_last_events_only_leaves_a_gap_that_is_known() -> None:
    header = {
        "id": "i",
        "definitionId": "d",
        "definitionKey": "k",
        "state": "active",
        "startedAt": "2026-01-01T00:00:00Z",
    }
    event = {"position": 8, "at": "2026-01-01T00:00:00.000+0000", "type": "X"}
    snapshot = Message("snapshot", {"header": {**header, "position": 8}, "history": {"from": 8, "events": [event]}})
    follower = Follower(position=3)

    assert follower.find_gap(snapshot) == range(4, 8)
    assert [found.position for found in follower.take(snapshot)] == [8]
    assert list(follower.take(snapshot)) == []


def test_comments_and_data_of_several_lines_are_read() -> None:
    reader = SseReader()
    lines = [": heartbeat", "", "event: events", "id: 3", 'data: {"a":', "data: 1}", ""]

    assert [message for line in lines if (message := reader.read_line(line))] == [Message("events", {"a": 1})]
