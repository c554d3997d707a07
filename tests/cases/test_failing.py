"""The files of ``failing/``: what its README expects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases.conftest import HERE, CaseApi


def assert_refused(api: CaseApi, name: str, element: str) -> str:
    """Deployment and the check name the element; the texts of its problems."""
    refused = api.deploy_cases(name, expect=400)
    assert element in {item["element"] for item in refused["problems"] if item["severity"] == "error"}
    found = api.check(name)
    assert element in {item["element"] for item in found if item["severity"] == "error"}
    assert api.get("/process-definition/count")["count"] == 0
    return " ".join(item["message"] for item in found)


def test_01_a_model_that_called_instances_run_is_not_deleted(api: CaseApi) -> None:
    deployment = api.deploy_cases("failing/01-called.bpmn")["id"]
    api.deploy_cases("failing/01-caller.bpmn", "failing/01-other.bpmn")
    caller = api.start("f01_caller")

    api.delete(f"/deployment/{deployment}", expect=409)

    started = {api.start("f01_other") for _ in range(5)}
    tasks = api.fetch("f01-topic")
    assert len(tasks) == 6
    assert started < {task["processInstanceId"] for task in tasks}
    for task in tasks:
        api.complete(task)
    assert api.state(caller) == "COMPLETED"


@pytest.mark.parametrize(
    "name",
    [
        "02-signal-start-name-expression",
        "03-message-start-name-expression",
        "04-message-start-name-feel",
        "07-timer-start-variable",
    ],
)
def test_02_03_04_07_a_start_event_that_needs_variables_is_refused(api: CaseApi, name: str) -> None:
    assert_refused(api, f"failing/{name}.bpmn", "s")


@pytest.mark.parametrize("name", ["05-timer-start-feel-now", "06-timer-start-juel-now"])
def test_05_06_a_timer_start_event_may_have_a_constant_expression(api: CaseApi, name: str) -> None:
    api.deploy_cases(f"failing/{name}.bpmn")
    api.wait(seconds=1)

    (instance,) = api.get("/history/process-instance")
    assert (instance["processDefinitionKey"], instance["state"]) == (f"f{name.replace('-', '_')}", "COMPLETED")


@pytest.mark.parametrize("x", ["no", "nein", 0, ""])
def test_08_what_is_no_boolean_is_an_error_in_a_boolean_column(api: CaseApi, x: Any) -> None:
    api.deploy_cases("failing/08-dmn-boolean-column.dmn")
    refused = api.post("/decision-definition/key/f08/evaluate", {"variables": {"x": {"value": x}}}, 500)
    assert "Expected a value of type boolean" in refused["message"]


@pytest.mark.parametrize(("x", "expected"), [(None, "none"), ([], "none"), (True, "T"), (False, "F")])
def test_08_nothing_matches_neither_true_nor_false(api: CaseApi, x: Any, expected: str) -> None:
    api.deploy_cases("failing/08-dmn-boolean-column.dmn")
    assert api.evaluate("f08", "x", x) == [expected]


def test_09_a_date_column_takes_a_date_of_the_api(api: CaseApi) -> None:
    api.deploy_cases("failing/09-dmn-date-column.dmn")
    assert api.evaluate("f09", "d", "2026-06-01T00:00:00.000+0000", type="Date") == ["y26"]


def test_09_a_text_that_is_no_date_is_an_error_that_names_the_type(api: CaseApi) -> None:
    api.deploy_cases("failing/09-dmn-date-column.dmn")
    body = {"variables": {"d": {"value": "01.02.2026"}}}

    refused = api.post("/decision-definition/key/f09/evaluate", body, 500)

    assert "date" in refused["message"]
    assert "01.02.2026" in refused["message"]


@pytest.mark.parametrize(
    ("type_", "lower", "text", "expected"),
    [
        ("time", 'time("12:00:00")', "09:00:00", "am"),
        ("time", 'time("12:00:00")', "13:00:00", "pm"),
        ("dayTimeDuration", 'duration("PT12H")', "PT9H", "am"),
        ("days and time duration", 'duration("PT12H")', "PT13H", "pm"),
    ],
)
def test_10_columns_of_times_and_durations_take_texts(
    api: CaseApi, type_: str, lower: str, text: str, expected: str
) -> None:
    content = (HERE / "failing/10-dmn-time-column.dmn").read_bytes()
    content = content.replace(b'typeRef="time"', f'typeRef="{type_}"'.encode())
    api.upload({"f10.dmn": content.replace(b'time("12:00:00")', lower.encode())})

    assert api.evaluate("f10", "t", text) == [expected]


@pytest.mark.parametrize("variables", [{}, {"checks": None}], ids=["missing", "null"])
def test_11_a_condition_over_a_missing_list_is_an_incident(api: CaseApi, variables: dict[str, Any]) -> None:
    api.deploy_cases("failing/11-every-on-missing-list.bpmn")
    instance = api.start("f11", **variables)

    (incident,) = api.get("/incident", processInstanceId=instance)

    assert incident["activityId"] == "g"
    assert api.visits(instance, "approved", "rejected") == []


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ('=date and time("2027-03-27T12:00:00@Europe/Berlin") + duration("PT24H")', "2027-03-28T11:00:00.000+0000"),
        ('=date and time("2027-03-28T12:00:00@Europe/Berlin") - duration("PT12H")', "2027-03-27T22:00:00.000+0000"),
        (
            '=date and time("2027-06-01T00:00:00Z") + (date and time("2027-03-28T12:00:00@Europe/Berlin")'
            ' - date and time("2027-03-28T00:00:00@Europe/Berlin"))',
            "2027-06-01T11:00:00.000+0000",
        ),
    ],
)
def test_12_durations_are_time_that_passes_also_when_the_clocks_change(api: CaseApi, expression: str, due: str) -> None:
    given = '=date and time("2027-03-27T12:00:00@Europe/Berlin") + duration("PT24H")'
    api.deploy_cases("failing/12-feel-duration-over-dst.bpmn", replace=(given, expression))
    instance = api.start("f12")

    (job,) = api.get("/job", processInstanceId=instance)

    assert job["dueDate"] == due


def test_13_a_cycle_may_begin_at_a_time_in_a_named_zone(api: CaseApi) -> None:
    api.deploy_cases("failing/13-cycle-with-zone.bpmn")
    instance = api.start("f13")

    (first,) = api.get("/job", processInstanceId=instance)
    api.move_to(datetime(2027, 4, 1, 12, tzinfo=UTC))
    (later,) = api.get("/job", processInstanceId=instance)

    assert first["dueDate"] == "2027-01-15T09:00:00.000+0000"
    assert later["dueDate"] == "2027-04-02T08:00:00.000+0000"


def test_14_the_output_collection_is_visible_from_the_start(api: CaseApi) -> None:
    api.deploy_cases("failing/14-mi-output-collection-visible.bpmn")
    instance = api.start("f14", items=[1, 2, 3, 4])

    for value in (1, 2):
        api.work("f14", r=value)

    assert api.state(instance) == "COMPLETED"


def test_15_a_completion_condition_has_the_counters_of_camunda_8(api: CaseApi) -> None:
    api.deploy_cases("failing/15-mi-camunda8-counters.bpmn")
    instance = api.start("f15", items=[1, 2, 3, 4])

    for _ in range(2):
        api.work("f15")

    assert api.state(instance) == "COMPLETED"


def test_16_a_file_variable_may_have_any_name(api: CaseApi) -> None:
    api.deploy_cases("failing/16-file-name-non-latin1.bpmn")
    instance = api.start("f16")
    file = {"value": "aGk=", "type": "File", "valueInfo": {"filename": "10 €.txt"}}
    api.put(f"/process-instance/{instance}/variables/f", file, 204)

    answer = api.call("GET", f"/process-instance/{instance}/variables/f/data", 200)

    assert answer.data == b"hi"
    assert "filename*=UTF-8''10%20%E2%82%AC.txt" in answer.headers["Content-Disposition"]


def test_16_a_mime_type_with_a_line_break_never_is_an_internal_error(api: CaseApi) -> None:
    api.deploy_cases("failing/16-file-name-non-latin1.bpmn")
    instance = api.start("f16")
    file = {
        "value": "aGk=",
        "type": "File",
        "valueInfo": {"filename": "a.txt", "mimeType": "text/plain\r\nX-Injected: yes"},
    }

    refused = api.client.put(f"/engine-rest/process-instance/{instance}/variables/f", json=file)
    data = api.client.get(f"/engine-rest/process-instance/{instance}/variables/f/data")

    assert (refused.status_code, data.status_code) in {(400, 404), (204, 200)}
    assert "X-Injected" not in data.headers


def test_16_a_resource_of_a_deployment_may_have_any_name(api: CaseApi) -> None:
    content = (HERE / "failing/16-file-name-non-latin1.bpmn").read_bytes()
    deployment = api.upload({"дог.bpmn": content})["id"]
    (resource,) = api.get(f"/deployment/{deployment}/resources")

    answer = api.call("GET", f"/deployment/{deployment}/resources/{resource['id']}/data", 200)

    assert resource["name"] == "дог.bpmn"
    assert answer.data == content
    assert "filename*=UTF-8''%D0%B4%D0%BE%D0%B3.bpmn" in answer.headers["Content-Disposition"]


CHANGED_ONLY = ("failing/17-changed-only-a.bpmn", "failing/17-changed-only-c.bpmn")


def test_17_each_file_is_compared_with_its_own_last_deployment(api: CaseApi) -> None:
    api.deploy_cases(*CHANGED_ONLY)
    api.deploy_cases(*CHANGED_ONLY, replace=("f17", "f17-changed"), deploy_changed_only="true")
    api.deploy_cases(*CHANGED_ONLY, deploy_changed_only="true")

    versions = [item["version"] for item in api.get("/process-definition", key="f17c")]
    assert versions == [1]


def test_17_another_source_makes_a_deployment_of_its_own(api: CaseApi) -> None:
    first = api.deploy_cases(*CHANGED_ONLY, deployment_source="one", enable_duplicate_filtering="true")
    again = api.deploy_cases(*CHANGED_ONLY, deployment_source="one", enable_duplicate_filtering="true")
    other = api.deploy_cases(*CHANGED_ONLY, deployment_source="two", enable_duplicate_filtering="true")

    assert again["id"] == first["id"]
    assert other["id"] != first["id"]


def test_18_a_simulation_that_has_not_come_to_the_time_asked_for_says_that_there_is_more(api: CaseApi) -> None:
    draft = {"bpmn": (HERE / "failing/18-simulation-more.bpmn").read_text(encoding="utf-8")}
    asked = "2027-12-01T00:00:00.000+0000"
    found = api.post("/simulation", {**draft, "command": {"type": "start"}, "now": "2027-01-01T00:00:00.000+0000"}, 200)

    steps = 0
    while steps == 0 or found["now"] < asked:
        assert steps == 0 or found["more"] is True
        steps += 1
        assert steps < 20
        found = api.post("/simulation", {**draft, "state": found["state"], "now": asked}, 200)

    assert steps > 1
    assert found["more"] is False


def test_19_no_value_of_type_long_is_beyond_64_bits(api: CaseApi) -> None:
    api.deploy_cases("failing/19-big-integers.bpmn")
    instance = api.start("f19")

    tasks = api.fetch("f19")

    for task in tasks:
        assert task["variables"]["f"]["type"] in {"Double", "String", "Json"}
    assert tasks or api.get("/incident", processInstanceId=instance)


@pytest.mark.parametrize("number", [2**63, 2**64 + 1])
def test_19_an_integer_beyond_64_bits_loses_nothing_on_its_way_in_and_out(api: CaseApi, number: int) -> None:
    api.deploy_cases("failing/16-file-name-non-latin1.bpmn")
    instance = api.start("f16")
    body = {"value": number}

    answer = api.client.put(f"/engine-rest/process-instance/{instance}/variables/n", json=body)

    if answer.status_code != 400:
        found = api.get(f"/process-instance/{instance}/variables/n")
        assert found["type"] != "Long"
        assert str(found["value"]) == str(number)


def test_20_a_duration_that_is_too_long_is_called_too_long(api: CaseApi) -> None:
    message = assert_refused(api, "failing/20-duration-too-long-message.bpmn", "c")
    assert "Expected a duration of less than 10000 years" in message


def test_21_the_timer_of_a_start_event_is_a_job(api: CaseApi) -> None:
    (definition,) = api.deploy_cases("failing/21-start-timer-not-a-job.bpmn")["deployedProcessDefinitions"]

    (job,) = api.get("/job", processDefinitionKey="f21")

    assert job["dueDate"] == "2027-01-15T09:00:00.000+0000"
    assert job["processDefinitionId"] == definition
    assert job["processInstanceId"] is None
    api.post(f"/job/{job['id']}/execute", {}, 204)
    assert api.get("/process-definition/key/f21") is not None
    assert [item["state"] for item in api.get("/history/process-instance")] == ["COMPLETED"]
