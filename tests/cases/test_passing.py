"""The files of ``passing/``: what its README expects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cases.conftest import HERE, CaseApi


def test_every_file_has_a_line_in_the_readme() -> None:
    for folder in ("passing", "failing"):
        text = (HERE / folder / "README.md").read_text(encoding="utf-8")
        assert [path.name for path in sorted((HERE / folder).glob("*mn")) if f"- `{path.name}`: " not in text] == []


def test_p01_an_inclusive_join_goes_on_after_an_error_on_one_way(api: CaseApi) -> None:
    api.deploy_cases("passing/p01-inclusive-join-error-boundary.bpmn")
    instance = api.start("p01")
    api.work("p01a")
    (task,) = api.fetch("p01b")

    api.post(f"/external-task/{task['id']}/bpmnError", {"workerId": "w1", "errorCode": "X"}, 204)

    assert api.state(instance) == "COMPLETED"
    assert sorted(api.visits(instance, "e", "e2")) == [("e", False), ("e2", False)]


@pytest.mark.parametrize("first", ["a", "b"])
def test_p02_an_inclusive_join_waits_for_what_comes_by_a_link(api: CaseApi, first: str) -> None:
    api.deploy_cases("passing/p02-link-before-inclusive-join.bpmn")
    instance = api.start("p02")

    api.work(f"p02{first}")
    assert api.fetch("p02z") == []
    api.work("p02b" if first == "a" else "p02a")
    api.work("p02z")

    assert api.state(instance) == "COMPLETED"
    assert api.visits(instance, "Z") == [("Z", False)]


def test_p03_each_instance_of_a_subprocess_undoes_its_own_work(api: CaseApi) -> None:
    api.deploy_cases("passing/p03-mi-subprocess-compensates-own.bpmn")
    instance = api.start("p03", items=["x", "y"])

    for task in api.fetch("A4"):
        api.complete(task)
        (undone,) = api.fetch("U4")
        assert undone["variables"]["item"] == task["variables"]["item"]
        api.complete(undone)
        (after,) = api.fetch("D4")
        assert after["variables"]["item"] == task["variables"]["item"]
        api.complete(after)

    assert api.state(instance) == "COMPLETED"
    assert [visit for visit, _ in api.visits(instance, "U4", "D4")] == ["U4", "D4", "U4", "D4"]


@pytest.mark.parametrize("value", [123, [], None])
def test_p04_the_output_collection_is_right_though_it_is_overwritten_meanwhile(api: CaseApi, value: Any) -> None:
    api.deploy_cases("passing/p04-mi-output-collection-overwritten.bpmn")
    instance = api.start("p04", items=["a", "b", "c"])
    first, *others = api.fetch("p04")

    api.complete(first, r=1)
    api.put(f"/process-instance/{instance}/variables/results", {"value": value}, 204)
    for number, task in enumerate(others, 2):
        api.complete(task, r=number)

    assert api.state(instance) == "COMPLETED"
    found = api.get("/history/variable-instance", processInstanceId=instance, variableName="results")
    assert [item["value"] for item in found if item["activityInstanceId"] == instance] == [[1, 2, 3]]


def test_p05_the_message_that_starts_an_instance_is_not_caught_by_it(api: CaseApi) -> None:
    api.deploy_cases("passing/p05-message-start-and-catch.bpmn")
    body = {"messageName": "P05", "messageId": "m-1"}

    api.post("/message", body, 204)
    api.post("/message", body, 204)

    (instance,) = api.get("/process-instance", processDefinitionKey="p05")
    assert [item["activityId"] for item in api.get("/event-subscription", processInstanceId=instance["id"])] == ["c"]


def test_p06_an_error_in_one_instance_of_a_subprocess_cancels_the_others(api: CaseApi) -> None:
    api.deploy_cases("passing/p06-error-in-mi-subprocess.bpmn")
    instance = api.start("p06", items=[1, 2, 3])

    api.work("p06")

    assert api.state(instance) == "COMPLETED"
    assert api.visits(instance, "e", "eb") == [("eb", False)]
    assert sorted(api.visits(instance, "T")) == [("T", False), ("T", True), ("T", True)]


def test_p07_an_output_mapping_of_a_boundary_event_sees_the_variables_of_the_error(api: CaseApi) -> None:
    api.deploy_cases("passing/p07-output-of-error-boundary.bpmn")
    instance = api.start("p07")
    (task,) = api.fetch("p07")
    error = {"workerId": "w1", "errorCode": "X", "variables": {"why": {"value": "no money"}}}

    api.post(f"/external-task/{task['id']}/bpmnError", error, 204)

    (reason,) = api.get("/history/variable-instance", processInstanceId=instance, variableName="reason")
    assert reason["value"] == "no money"


def test_p08_two_tokens_on_one_way_do_not_make_up_for_the_other_way(api: CaseApi) -> None:
    problems = api.check("passing/p08-parallel-join-two-tokens-one-path.bpmn")
    assert [(problem["severity"], problem["element"]) for problem in problems] == [("warning", "mx")]
    api.deploy_cases("passing/p08-parallel-join-two-tokens-one-path.bpmn")
    instance = api.start("p08")

    api.post("/message", {"messageName": "P08", "processInstanceId": instance}, 204)
    api.work("p08A")

    assert api.state(instance) == "ACTIVE"
    assert api.visits(instance, "e") == []
    api.work("p08B")
    assert api.visits(instance, "e") == [("e", False)]


def test_p09_a_loop_back_into_a_multi_instance_activity_runs_it_again(api: CaseApi) -> None:
    api.deploy_cases("passing/p09-spiff-loop-into-mi.bpmn")
    instance = api.start("p09", items=[1, 2], again=True)

    for again in (True, False):
        api.work("p09A")
        api.work("p09A")
        api.work("p09B", again=again)

    assert api.state(instance) == "COMPLETED"
    log = api.get(
        "/history/external-task-log", processInstanceId=instance, successLog="true", sortBy="timestamp", sortOrder="asc"
    )
    assert [entry["activityId"] for entry in log] == ["A", "A", "B"] * 2


def test_p10_a_file_is_read_in_the_encoding_that_it_declares(api: CaseApi) -> None:
    (deployed,) = api.deploy_cases("passing/p10-windows-1252.bpmn")["deployedProcessDefinitions"].values()
    assert deployed["name"] == "Näme €"


def test_p11_a_namespace_may_be_used_by_default_and_by_prefix(api: CaseApi) -> None:
    severities = {item["severity"] for item in api.check("passing/p11-jbpm-mixed-prefixes.bpmn")}
    assert severities <= {"warning"}
    api.deploy_cases("passing/p11-jbpm-mixed-prefixes.bpmn")
    assert api.state(api.start("p11")) == "COMPLETED"


def test_p12_a_date_that_does_not_exist_is_an_incident_that_names_it(api: CaseApi) -> None:
    api.deploy_cases("passing/p12-no-such-date.bpmn")
    instance = api.start("p12", d="2027-04-31T10:00:00Z")

    (incident,) = api.get("/incident", processInstanceId=instance)

    assert incident["activityId"] == "c"
    assert "2027-04-31T10:00:00Z" in incident["incidentMessage"]


def due_of(api: CaseApi, instance: str) -> str:
    (job,) = api.get("/job", processInstanceId=instance)
    return str(job["dueDate"])


def test_p13_a_cron_timer_is_due_at_the_same_local_time_on_both_sides_of_a_change_of_the_clocks(api: CaseApi) -> None:
    api.move_to(datetime(2027, 3, 27, 7, tzinfo=UTC))
    api.deploy_cases("passing/p13-dst-cron.bpmn")
    instance = api.start("p13")

    assert due_of(api, instance) == "2027-03-27T08:00:00.000+0000"
    api.move_to(datetime(2027, 3, 27, 8, tzinfo=UTC))
    assert due_of(api, instance) == "2027-03-28T07:00:00.000+0000"
    api.move_to(datetime(2027, 10, 30, 8, tzinfo=UTC))
    assert due_of(api, instance) == "2027-10-31T08:00:00.000+0000"


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(datetime(2027, 3, 28, tzinfo=UTC), id="gap"),
        pytest.param(datetime(2027, 10, 31, tzinfo=UTC), id="overlap"),
    ],
)
def test_p13_a_time_in_the_gap_or_the_overlap_of_the_clocks_is_due_once(api: CaseApi, day: datetime) -> None:
    """2:30 does not exist in Berlin on 28 March 2027, and comes twice on 31 October 2027."""
    api.move_to(day.replace(hour=12, day=day.day - 1))
    api.deploy_cases("passing/p13-dst-cron.bpmn", replace=("0 9 * * *", "30 2 * * *"))
    instance = api.start("p13")

    api.move_to(day.replace(hour=12))

    assert api.visits(instance, "b") == [("b", False)]


@pytest.mark.parametrize(("x", "expected"), [(0, []), (2, ["lo"]), (5, ["hi"])])
def test_p14_a_priority_table_without_a_hit_has_no_result(api: CaseApi, x: int, expected: list[str]) -> None:
    api.deploy_cases("passing/p14-dmn-priority-no-hit.dmn")
    assert api.evaluate("p14", "x", x) == expected


def test_joins_in_parallel_instances_of_a_subprocess_do_not_disturb_each_other(api: CaseApi) -> None:
    api.deploy_cases("passing/join-in-parallel-mi-subprocess.bpmn")
    instance = api.start("p")

    for topic in "aabb":
        api.work(topic)

    assert api.state(instance) == "COMPLETED"
    assert api.visits(instance, "e") == [("e", False)] * 2


def test_a_signal_on_a_boundary_event_does_not_begin_its_activity_anew(api: CaseApi) -> None:
    api.deploy_cases("passing/boundary-does-not-rerun-host.bpmn")
    instance = api.start("p")

    api.post("/signal", {"name": "S"}, 204)

    assert [task["activityId"] for task in api.get("/external-task", processInstanceId=instance)] == ["a"]
    assert api.visits(instance, "a", "w") == [("a", False), ("w", False)]
