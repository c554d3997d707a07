"""Changes of variables and of people, reports and figures, asked for over HTTP."""

from __future__ import annotations

import pytest

from tests.web import diagrams
from tests.web.conftest import Api


@pytest.fixture
def instance(api: Api) -> str:
    api.deploy("work")
    instance = api.start("work", "key", amount=5)
    api.put(f"/process-instance/{instance}/variables/amount", {"value": 6})
    return instance


def test_each_change_of_a_variable_is_a_detail_with_its_revision(api: Api, instance: str) -> None:
    found = api.get("/history/detail", processInstanceId=instance, sortBy="variableRevision", sortOrder="asc")

    assert [(item["variableName"], item["value"], item["revision"], item["initial"]) for item in found] == [
        ("amount", 5, 0, True),
        ("amount", 6, 1, False),
    ]
    assert api.get("/history/detail/count", initial="true")["count"] == 1
    assert api.get("/history/detail/count", variableNameLike="am%")["count"] == 2
    assert api.get("/history/detail/count", formFields="true")["count"] == 0
    assert api.get("/history/detail/count", taskId="x")["count"] == 0
    assert api.get(f"/history/detail/{found[1]['id']}")["value"] == 6
    api.get(f"/history/detail/{instance}.e1:nothing", expect=404)


def test_the_last_value_of_a_variable_is_found_by_its_id(api: Api, instance: str) -> None:
    [listed] = api.get("/history/variable-instance", processInstanceId=instance)

    assert api.get(f"/history/variable-instance/{listed['id']}") == listed
    api.get(f"/history/variable-instance/{instance}:nothing", expect=404)


def test_the_bytes_of_a_variable_are_found_by_its_id(api: Api, instance: str) -> None:
    api.put(f"/process-instance/{instance}/variables/scan", {"value": "AAEC", "type": "Bytes"})

    assert api.get(f"/variable-instance/{instance}:scan/data").data == b"\x00\x01\x02"
    assert api.get(f"/history/variable-instance/{instance}:scan/data").data == b"\x00\x01\x02"
    api.get(f"/variable-instance/{instance}:amount/data", expect=400)


def test_an_entry_of_a_log_is_found_by_its_id_with_what_went_wrong(api: Api, instance: str) -> None:
    [task] = api.fetch()
    failure = {"workerId": "w1", "errorMessage": "no", "errorDetails": "at line 7", "retries": 0}
    api.post(f"/external-task/{task['id']}/failure", failure, 204)

    [entry] = api.get("/history/external-task-log", failureLog="true", processInstanceId=instance)
    assert api.get(f"/history/external-task-log/{entry['id']}") == entry
    assert api.get(f"/history/external-task-log/{entry['id']}/error-details").text == "no"
    api.get(f"/history/external-task-log/{instance}.e99999", expect=404)


def test_who_had_a_task_is_logged(api: Api) -> None:
    api.deploy("many")
    instance = api.start("many")
    task = api.get("/task", processInstanceId=instance)[0]["id"]
    api.post(f"/task/{task}/assignee", {"userId": "ann"})
    api.post(f"/task/{task}/assignee", {"userId": "bob"})
    api.post(f"/task/{task}/identity-links", {"groupId": "clerks", "type": "candidate"})

    found = api.get("/history/identity-link-log", taskId=task, sortBy="time", sortOrder="asc")

    assert [(item["operationType"], item["type"], item["userId"] or item["groupId"]) for item in found] == [
        ("add", "assignee", "ann"),
        ("delete", "assignee", "ann"),
        ("add", "assignee", "bob"),
        ("add", "candidate", "clerks"),
    ]
    assert api.get("/history/identity-link-log/count", userId="bob", operationType="add")["count"] == 1


def test_visits_of_elements_are_counted(api: Api, instance: str) -> None:
    definition = api.get("/process-definition", key="work")[0]["id"]

    found = {
        item["id"]: item for item in api.get(f"/history/process-definition/{definition}/statistics", finished="true")
    }

    assert (found["Start"]["finished"], found["Do"]["instances"], found["Do"]["finished"]) == (1, 1, 0)
    assert instance


def test_durations_are_reported_by_month(api: Api, instance: str) -> None:
    [task] = api.fetch()
    api.complete(task)

    path = "/history/process-instance/report"
    [report] = api.get(path, reportType="duration", periodUnit="quarter")
    assert (report["periodUnit"], report["minimum"] <= report["average"] <= report["maximum"]) == ("QUARTER", True)
    assert api.get(path, reportType="duration", periodUnit="month", processDefinitionKeyIn="other") == []
    assert instance


def test_completed_tasks_are_reported_by_name(api: Api) -> None:
    api.deploy("many")
    instance = api.start("many")
    for task in api.get("/task", processInstanceId=instance):
        api.post(f"/task/{task['id']}/complete", {})

    [report] = api.get("/history/task/report", reportType="count", groupBy="taskName")
    assert (report["taskName"], report["count"], report["processDefinitionKey"]) == ("Ask everybody", 2, "many")


def test_what_may_be_removed_is_counted(api: Api, instance: str) -> None:
    [task] = api.fetch()
    api.complete(task)

    path = "/history/process-definition/cleanable-process-instance-report"
    [report] = api.get(path)
    assert (report["finishedProcessInstanceCount"], report["cleanableProcessInstanceCount"]) == (1, 0)
    assert api.get(path, compact="true") == []
    assert instance


def test_jobs_of_a_definition_are_suspended_and_retried_together(api: Api) -> None:
    api.deploy("waiting")
    instance = api.start("waiting")
    found = api.get("/job-definition", activityIdIn="Later") or api.get("/job-definition")
    definition = found[0]

    assert definition["jobType"].startswith("timer")
    assert api.get(f"/job-definition/{definition['id']}") == definition
    assert api.get("/job-definition/count", jobType=definition["jobType"])["count"] == 1
    api.put(f"/job-definition/{definition['id']}/suspended", {"suspended": True, "includeJobs": False}, 400)
    api.get("/job-definition/x~y~z", expect=404)
    assert instance


def test_a_form_with_fields_is_rendered_and_escaped(api: Api) -> None:
    body = (
        '<bpmn:startEvent id="S"/><bpmn:userTask id="T"><bpmn:extensionElements><camunda:formData>'
        '<camunda:formField id="amount" label="How &lt;much&gt;" type="long" defaultValue="3"/></camunda:formData>'
        '</bpmn:extensionElements></bpmn:userTask><bpmn:endEvent id="E"/>'
        + diagrams.flow(1, "S", "T")
        + diagrams.flow(2, "T", "E")
    )
    diagrams.BY_NAME["fields"] = diagrams.process("fields", body)
    api.deploy("fields")
    api.start("fields")
    task = api.get("/task")[0]["id"]

    shown = api.get(f"/task/{task}/rendered-form").text

    assert '<label for="amount">How &lt;much&gt;</label>' in shown
    assert 'type="number"' in shown
    assert 'value="3"' in shown
    del diagrams.BY_NAME["fields"]


def test_nothing_is_sent_to_anybody(api: Api) -> None:
    assert api.get("/telemetry/configuration") == {"enableTelemetry": False}
    api.post("/telemetry/configuration", {"enableTelemetry": False}, 204)
    api.post("/telemetry/configuration", {"enableTelemetry": True}, 400)
    assert api.get("/telemetry/data")["product"]["name"] == "Baton"
    assert api.get("/schema/log")[0]["version"] == api.get("/version")["version"]
    assert api.post("/schema/log", {"version": "none"}) == []
    sorting = [{"sortBy": "timestamp", "sortOrder": "asc"}]
    assert api.post("/schema/log", {"sorting": sorting}) == api.get("/schema/log")
    assert api.get("/deployment/registered") == []


def test_counts_of_workers_are_forgotten_up_to_a_date(api: Api) -> None:
    api.delete("/metrics/task-worker", 204, date="2026-01-01T00:00:00.000+0000")
    assert "'date'" in api.delete("/metrics/task-worker", 400, date="yesterday")["message"]


def test_starts_are_counted_by_the_hour(api: Api, instance: str) -> None:
    found = api.get("/metrics", name="process-instances")

    assert sum(item["value"] for item in found) == 1
    assert api.get("/metrics", reporter="somebody") == []
    assert instance
