"""``/external-task``: what workers of any language rely on."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.web.conftest import Api


def test_a_locked_task_has_every_field_that_clients_read(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work", "A-1", amount=12, order={"lines": [1]})
    (task,) = api.fetch(topic={"includeExtensionProperties": True})
    assert task["processInstanceId"] == instance
    assert (task["activityId"], task["topicName"], task["workerId"], task["businessKey"]) == ("Do", "work", "w1", "A-1")
    assert (task["processDefinitionKey"], task["processDefinitionVersionTag"]) == ("work", "v1")
    assert task["variables"]["amount"] == {"type": "Integer", "value": 12, "valueInfo": {}}
    assert task["variables"]["order"]["value"] == '{"lines":[1]}'
    assert task["extensionProperties"] == {"unit": "EUR"}
    assert task["lockExpirationTime"].endswith("+0000")
    for name in ("retries", "errorMessage", "errorDetails", "tenantId", "suspended", "priority", "executionId"):
        assert name in task
    assert api.fetch(worker="w2") == []


def test_each_attempt_has_its_number_and_all_have_one_key(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (first,) = api.fetch()
    api.post(f"/external-task/{first['id']}/failure", {"workerId": "w1", "errorMessage": "down", "retries": 3}, 204)

    (second,) = api.fetch(worker="w2")

    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert first["idempotencyKey"] == second["idempotencyKey"] != ""


def test_variables_are_chosen_and_deserialized_as_asked(api: Api) -> None:
    api.deploy("work")
    api.start("work", order={"a": 1}, amount=1)
    (task,) = api.fetch(topic={"variables": ["order"], "deserializeValues": True})
    assert task["variables"] == {"order": {"type": "Json", "value": {"a": 1}, "valueInfo": {}}}


def test_nulls_where_the_python_client_sends_them_are_as_if_absent(api: Api) -> None:
    api.deploy("work")
    api.start("work", amount=1)
    (task,) = api.fetch(topic={"variables": None, "processVariables": {}}, sorting=None, asyncResponseTimeout=0)
    assert set(task["variables"]) == {"amount"}


def test_completing_moves_on_and_a_late_completion_is_refused(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    api.complete(task, result="ok")
    assert api.get("/external-task/count")["count"] == 0
    rows = api.get("/history/variable-instance", processInstanceId=instance)
    assert [(row["name"], row["value"]) for row in rows] == [("result", "ok")]
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w2"}, 404)


def test_a_task_of_another_worker_is_refused(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    refused = api.post(f"/external-task/{task['id']}/complete", {"workerId": "w2"}, 400)
    assert refused["type"] == "RestException"
    assert "w2" in refused["message"] or "w1" in refused["message"]


def test_a_failure_keeps_the_message_counts_down_and_makes_an_incident_at_zero(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "down", "retries": 1}, 204)
    (task,) = api.fetch()
    assert (task["errorMessage"], task["retries"]) == ("down", 1)
    failure = {"workerId": "w1", "errorMessage": "still down", "errorDetails": "line 1\nline 2", "retries": 0}
    api.post(f"/external-task/{task['id']}/failure", failure, 204)
    assert api.get(f"/external-task/{task['id']}/errorDetails").text == "line 1\nline 2"
    (incident,) = api.get("/incident", processInstanceId=instance)
    assert (incident["incidentType"], incident["configuration"]) == ("failedExternalTask", task["id"])
    assert incident["incidentMessage"] == "still down"
    assert api.fetch() == []
    assert api.delete(f"/incident/{incident['id']}", 400)["message"]
    api.put(f"/external-task/{task['id']}/retries", {"retries": 2}, 204)
    assert api.get("/incident/count")["count"] == 0
    assert len(api.fetch()) == 1


@pytest.mark.parametrize("failure", [{"retries": 2, "retryTimeout": 60_000}, {"retries": 0}], ids=["pause", "incident"])
@pytest.mark.parametrize("outcome", ["complete", "bpmnError", "failure"])
def test_a_worker_may_think_again_after_its_failure(api: Api, outcome: str, failure: dict[str, Any]) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "errorMessage": "down", **failure}, 204)
    again = {"failure": {"errorMessage": "still", "retries": 5}, "bpmnError": {"errorCode": "rejected"}}

    api.post(f"/external-task/{task['id']}/{outcome}", {"workerId": "w1", **again.get(outcome, {})}, 204)

    entered = [item["activityId"] for item in api.get("/history/activity-instance", processInstanceId=instance)]
    assert ("End" in entered, "Rejected" in entered) == (outcome == "complete", outcome == "bpmnError")
    assert api.get("/external-task/count")["count"] == (1 if outcome == "failure" else 0)
    assert api.get("/incident/count")["count"] == 0, "what stopped it is over"


def test_after_a_failure_nobody_holds_the_task_and_who_locks_it_next_is_its_worker(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    failure = {"workerId": "w1", "errorMessage": "down", "retries": 1, "retryTimeout": 0}
    api.post(f"/external-task/{task['id']}/failure", failure, 204)

    assert api.get("/external-task/count", locked="true")["count"] == 0
    (waits,) = [item for item in api.get(f"/process-instance/{instance}/snapshot")["awaited"] if item["kind"] == "work"]
    assert (waits["workerId"], waits["lockedUntil"]) == (None, None)
    (again,) = api.fetch(worker="w2")
    assert again["id"] == task["id"]
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w1"}, 400)
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w2"}, 204)


def test_a_bpmn_error_takes_the_boundary_event(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    error = {"workerId": "w1", "errorCode": "rejected", "errorMessage": "no", "variables": {"why": {"value": "poor"}}}
    api.post(f"/external-task/{task['id']}/bpmnError", error, 204)
    entered = [item["activityId"] for item in api.get("/history/activity-instance", processInstanceId=instance)]
    assert "Rejected" in entered
    assert "End" not in entered


def test_locks_are_extended_given_back_and_taken_one_by_one(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    base = f"/external-task/{task['id']}"
    api.post(f"{base}/extendLock", {"workerId": "w1", "newDuration": 600_000}, 204)
    assert api.get(base)["lockExpirationTime"] > task["lockExpirationTime"]
    api.post(f"{base}/extendLock", {"workerId": "w2", "newDuration": 1_000}, 400)
    api.post(f"{base}/lock", {"workerId": "w2", "lockDuration": 1_000}, 400)
    api.call("POST", f"{base}/unlock", 204)
    assert api.get(base)["workerId"] is None
    api.post(f"{base}/lock", {"workerId": "w2", "lockDuration": 60_000}, 204)
    assert api.get("/external-task", locked="true", workerId="w2")[0]["id"] == task["id"]
    api.post(f"{base}/extendLock", {"workerId": "w2", "newDuration": -1}, 400)


def test_lists_filter_and_topics_are_named(api: Api) -> None:
    api.deploy("work", "undo")
    api.start("work")
    api.start("undo")
    assert api.get("/external-task/topic-names") == ["book", "work"]
    assert [item["topicName"] for item in api.get("/external-task", topicName="book")] == ["book"]
    assert api.get("/external-task/count", notLocked="true")["count"] == 2
    api.fetch()
    assert api.get("/external-task/topic-names", withUnlockedTasks="true") == ["book"]
    assert api.post("/external-task", {"activityIdIn": ["Do"]})[0]["workerId"] == "w1"


def test_a_priority_is_changed_and_retries_are_set_in_bulk(api: Api) -> None:
    api.deploy("work")
    for _ in range(2):
        api.start("work")
    ids = [item["id"] for item in api.get("/external-task")]
    api.put(f"/external-task/{ids[1]}/priority", {"priority": 9}, 204)
    (first, _) = api.fetch(usePriority=True)
    assert first["id"] == ids[1]
    api.put("/external-task/retries", {"retries": 7, "externalTaskQuery": {}}, 204)
    assert {item["retries"] for item in api.get("/external-task")} == {7}
    api.put("/external-task/retries", {"retries": 7}, 400)


def test_a_long_poll_answers_when_a_task_comes(api: Api, client: object) -> None:
    api.deploy("work")
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.extend(api.fetch(asyncResponseTimeout=20_000)))
    waiting.start()
    api.start("work")
    waiting.join(15)
    assert len(found) == 1


def test_a_long_poll_without_tasks_answers_an_empty_list(api: Api) -> None:
    assert api.fetch(asyncResponseTimeout=50) == []


def test_wrong_requests_are_refused(api: Api) -> None:
    assert "maxTasks" in api.post("/external-task/fetchAndLock", {"workerId": "w"}, 400)["message"]
    body = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t"}]}
    assert "lockDuration" in api.post("/external-task/fetchAndLock", body, 400)["message"]
    api.post("/external-task/nothing/complete", {"workerId": "w"}, 404)
    api.get("/external-task/nothing", 404)


def test_retries_are_set_by_a_query_of_instances(api: Api) -> None:
    api.deploy("work")
    api.start("work", "A-1")
    api.start("work", "A-2")
    body = {"retries": 4, "processInstanceQuery": {"businessKey": "A-1"}, "historicProcessInstanceQuery": None}
    assert api.run_batch("/external-task/retries-async", body)["totalJobs"] == 1
    assert sorted(str(item["retries"]) for item in api.get("/external-task")) == ["4", "None"]


def test_retries_of_many_tasks_are_set_at_once(api: Api) -> None:
    api.deploy("work")
    instances = [api.start("work", key) for key in ("A-1", "A-2", "A-3")]
    by_instance = {item["processInstanceId"]: item["id"] for item in api.get("/external-task")}

    body = {"retries": 4, "externalTaskIds": [by_instance[instances[0]]], "processInstanceIds": [instances[1]]}
    api.put("/external-task/retries", body, 204)
    api.put("/external-task/retries", {"retries": 0, "externalTaskQuery": {"processInstanceId": instances[2]}}, 204)

    found = {item["processInstanceId"]: item["retries"] for item in api.get("/external-task")}
    assert [found[instance] for instance in instances] == [4, 4, 0]
    assert [item["incidentType"] for item in api.get("/incident")] == ["failedExternalTask"]


def test_retries_of_many_tasks_are_refused_as_a_whole(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.get("/external-task")

    unknown = api.put("/external-task/retries", {"retries": 4, "externalTaskIds": [task["id"], "nothing"]}, 404)
    negative = api.put("/external-task/retries", {"retries": -1, "externalTaskIds": [task["id"]]}, 400)
    missing = api.put("/external-task/retries", {"externalTaskIds": [task["id"]]}, 400)
    nobody = api.put("/external-task/retries", {"retries": 4}, 400)

    assert "nothing was changed" in unknown["message"]
    assert (negative["type"], missing["type"], nobody["type"]) == ("InvalidRequestException",) * 3
    assert api.get(f"/external-task/{task['id']}")["retries"] is None


def test_a_worker_says_how_far_it_is_and_everybody_sees_it(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    (task,) = api.fetch()
    said = {"workerId": "w1", "newDuration": 60_000, "progress": 0.4, "progressText": "half of the pages"}

    api.post(f"/external-task/{task['id']}/extendLock", said, 204)

    shown = api.get(f"/external-task/{task['id']}")
    (listed,) = api.get("/external-task")
    (wait,) = api.get(f"/process-instance/{instance}/snapshot")["awaited"]
    for item in (shown, listed, wait):
        assert (item["progress"], item["progressText"]) == (0.4, "half of the pages")


@pytest.mark.parametrize(
    "wrong", [{"progress": 40}, {"progress": -0.1}, {"progress": "40 %"}, {"progressText": "x" * 201}]
)
def test_progress_that_is_none_is_refused_and_changes_nothing(api: Api, wrong: dict[str, object]) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()

    refused = api.post(
        f"/external-task/{task['id']}/extendLock", {"workerId": "w1", "newDuration": 60_000, **wrong}, 400
    )

    assert next(iter(wrong)) in refused["message"]
    assert api.get(f"/external-task/{task['id']}")["lockExpirationTime"] == task["lockExpirationTime"]


def test_results_of_steps_are_recorded_once_and_go_with_the_task(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    results = f"/external-task/{task['id']}/results"
    charged = {"charge": {"value": '{"receipt":1}', "type": "Json"}}
    again = {"charge": {"value": "other"}, "at": {"value": 5, "type": "Long"}}

    first = api.post(results, {"results": charged}, 200)
    second = api.post(results, {"results": again}, 200)

    assert first == {"charge": {"type": "Json", "value": '{"receipt":1}', "valueInfo": {}}}
    assert second["charge"] == first["charge"]
    assert second["at"]["value"] == 5
    assert api.get(results) == second
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w1"}, 204)
    assert api.call("GET", results, 404)["type"] == "InvalidRequestException"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("", 1, "key of 1 to 200 characters"),
        ("k" * 201, 1, "key of 1 to 200 characters"),
        ("k", "x" * 65_537, "at most 65536 bytes"),
    ],
)
def test_results_that_are_none_are_refused(api: Api, key: str, value: object, text: str) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()

    refused = api.post(f"/external-task/{task['id']}/results", {"results": {key: {"value": value}}}, 400)

    assert text in refused["message"]
    assert api.get(f"/external-task/{task['id']}/results") == {}


FOREVER = (1 << 63) - 1


@pytest.mark.parametrize("way", ["fetch", "lock", "extend", "failure"])
def test_a_lock_or_a_pause_may_be_as_long_as_a_client_can_say(api: Api, way: str) -> None:
    """A list that showed such a task failed for everybody."""
    api.deploy("work")
    instance = api.start("work")
    if way == "fetch":
        api.fetch(topic={"lockDuration": FOREVER})
    else:
        path, body = {
            "lock": ("lock", {"lockDuration": FOREVER}),
            "extend": ("extendLock", {"newDuration": FOREVER}),
            "failure": ("failure", {"retries": 1, "retryTimeout": FOREVER}),
        }[way]
        (task,) = api.fetch()
        api.post(f"/external-task/{task['id']}/{path}", {"workerId": "w1", **body}, 204)

    (shown,) = api.get("/external-task")
    assert api.fetch(worker="w2") == []
    assert way == "failure" or shown["lockExpirationTime"] > "3000"
    api.get(f"/process-instance/{instance}/snapshot", 200)
    api.post(f"/external-task/{shown['id']}/complete", {"workerId": "w1"}, 204)
    api.get(f"/process-instance/{instance}", 404)


def test_a_pause_may_be_longer_than_a_month(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    days = 90 * 86_400_000

    api.post(f"/external-task/{task['id']}/failure", {"workerId": "w1", "retries": 1, "retryTimeout": days}, 204)

    assert api.fetch(worker="w2") == []
