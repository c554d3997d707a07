"""``/history/task``: every filter of Camunda 7 finds some and leaves out others, in lists and in counts alike."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.runtime.elements.user_task import UserTask
from baton.service import Engine
from tests.web.conftest import Api
from tests.web.diagrams import flow, process

PATH = "/history/task"
DUE, FOLLOW_UP = "2026-11-20T10:00:00.000+0000", "2026-11-15T10:00:00.000+0000"
BEFORE, AFTER = "2026-11-01T10:00:00.000+0000", "2026-12-01T10:00:00.000+0000"


def make(key: str, name: str, attributes: str = "") -> str:
    """A process of one user task."""
    return process(
        key,
        f"""<bpmn:startEvent id="Start"/>
        <bpmn:userTask id="Check" name="Check it" {attributes}><bpmn:documentation>Read {key}</bpmn:documentation>
        </bpmn:userTask><bpmn:endEvent id="End"/>"""
        + flow(1, "Start", "Check")
        + flow(2, "Check", "End"),
        attributes=f'name="{name}"',
    )


def deploy(api: Api, **files: str) -> None:
    data = {f"{name}.bpmn": (io.BytesIO(text.encode()), f"{name}.bpmn") for name, text in files.items()}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")


@pytest.fixture
def tasks(api: Api) -> dict[str, str]:
    """Ids: ``done`` is completed and its instance over, ``open`` is claimed, ``lone`` has no process."""
    deploy(
        api,
        invoice=make(
            "invoice",
            "Invoices",
            'camunda:candidateGroups="sales" camunda:candidateUsers="kim" camunda:priority="${10 + 70}" '
            f'camunda:dueDate="{DUE}" camunda:followUpDate="{FOLLOW_UP}"',
        ),
        plain=make("plain", "Plain work"),
    )
    done, running = api.start("invoice", "A-1", amount=12, Note="Late"), api.start("plain", "B-1", amount=3)
    found = {"done": api.get("/task", processInstanceId=done)[0]["id"]}
    found["open"] = api.get("/task", processInstanceId=running)[0]["id"]
    api.put(f"/task/{found['done']}/localVariables/mine", {"value": "x"}, 204)
    api.post(f"/task/{found['done']}/complete", {}, 204)
    api.post(f"/task/{found['open']}/claim", {"userId": "ann"}, 204)
    api.post(f"/task/{found['open']}/identity-links", {"userId": "olga", "type": "owner"}, 204)
    api.post("/task/create", {"id": "lone", "name": "Alone"}, 204)
    return {**found, "lone": "lone", "done instance": done, "open instance": running}


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"processDefinitionName": "Invoices"}, {"done"}),
    ({"processDefinitionName": "Nothing"}, set()),
    ({"processDefinitionName": "Invoices", "processDefinitionKey": "plain"}, set()),
    ({"processFinished": True}, {"done"}),
    ({"processUnfinished": True}, {"open"}),
    ({"unfinished": True}, {"open", "lone"}),
    ({"processInstanceBusinessKey": "A-1"}, {"done"}),
    ({"processInstanceBusinessKeyIn": "B-1,C-1"}, {"open"}),
    ({"processInstanceBusinessKeyLike": "%-1"}, {"done", "open"}),
    ({"processInstanceBusinessKeyLike": "A%"}, {"done"}),
    ({"processVariables": "amount_gt_10"}, {"done"}),
    ({"processVariables": "note_eq_late"}, set()),
    ({"processVariables": "note_eq_Late", "variableNamesIgnoreCase": True}, {"done"}),
    ({"processVariables": "Note_eq_late", "variableValuesIgnoreCase": True}, {"done"}),
    ({"taskVariables": "mine_eq_x"}, {"done"}),
    ({"taskVariables": "amount_gt_1"}, set()),
    ({"taskVariables": "MINE_eq_x", "variableNamesIgnoreCase": True}, {"done"}),
    ({"taskDeleteReasonLike": "comp%"}, {"done"}),
    ({"taskDescription": "Read plain"}, {"open"}),
    ({"taskDescriptionLike": "Read%"}, {"done", "open"}),
    ({"taskDueDate": DUE}, {"done"}),
    ({"taskDueDateBefore": AFTER}, {"done"}),
    ({"taskDueDateBefore": BEFORE}, set()),
    ({"taskDueDateAfter": BEFORE}, {"done"}),
    ({"taskDueDateAfter": AFTER}, set()),
    ({"withoutTaskDueDate": True}, {"open", "lone"}),
    ({"taskFollowUpDate": FOLLOW_UP}, {"done"}),
    ({"taskFollowUpDateBefore": AFTER}, {"done"}),
    ({"taskFollowUpDateAfter": AFTER}, set()),
    ({"taskHadCandidateGroup": "sales"}, {"done"}),
    ({"taskHadCandidateUser": "kim"}, {"done"}),
    ({"taskHadCandidateUser": "ann"}, set()),
    ({"taskInvolvedGroup": "sales"}, {"done"}),
    ({"taskInvolvedUser": "kim"}, {"done"}),
    ({"taskInvolvedUser": "ann"}, {"open"}),
    ({"taskInvolvedUser": "olga"}, {"open"}),
    ({"taskOwnerLike": "ol%"}, {"open"}),
    ({"taskPriority": 80}, {"done"}),
    ({"taskPriority": 50}, {"open", "lone"}),
    ({"withCandidateGroups": True}, {"done"}),
    ({"withoutCandidateGroups": True}, {"open", "lone"}),
    ({"processFinished": False, "withCandidateGroups": False}, {"done", "open", "lone"}),
]


def test_each_filter_finds_some_and_leaves_out_others(api: Api, tasks: dict[str, str]) -> None:
    for query, expected in FILTERS:
        check(api, tasks, query, expected)


def check(api: Api, tasks: dict[str, str], query: dict[str, Any], expected: set[str]) -> None:
    ids = {tasks[name] for name in expected}
    body = {name: _to_body(name, value) for name, value in query.items()}

    assert {row["id"] for row in api.get(PATH, **query)} == ids, query
    assert {row["id"] for row in api.post(PATH, body)} == ids, query
    for order in ("asc", "desc"):
        assert {row["id"] for row in api.get(PATH, **query, sortBy="startTime", sortOrder=order)} == ids
    assert api.get(f"{PATH}/count", **query)["count"] == len(ids)
    assert api.post(f"{PATH}/count", body)["count"] == len(ids)


def _to_body(name: str, value: Any) -> Any:
    if name.endswith("Variables"):
        variable, operator, compared = value.split("_")
        return [{"name": variable, "operator": operator, "value": int(compared) if compared.isdigit() else compared}]
    return value.split(",") if name.endswith("In") else value


def test_the_root_of_a_task_is_the_instance_that_holds_it(api: Api, tasks: dict[str, str]) -> None:
    done = tasks["done instance"]
    assert [row["id"] for row in api.get(PATH, rootProcessInstanceId=done)] == [tasks["done"]]
    assert api.get(PATH, rootProcessInstanceId=done, processInstanceId=tasks["open instance"]) == []
    assert api.get(f"{PATH}/count", rootProcessInstanceId="nothing")["count"] == 0


OR_QUERIES: list[tuple[list[dict[str, Any]], set[str]]] = [
    ([{"taskAssignee": "ann", "processInstanceBusinessKey": "A-1"}], {"done", "open"}),
    ([{"taskAssignee": "ann", "processFinished": True, "taskName": "Alone"}], {"done", "open", "lone"}),
    ([{"taskPriority": 80, "taskOwner": "olga"}, {"processDefinitionName": "Plain work"}], {"open"}),
    ([{"processVariables": [{"name": "amount", "operator": "lt", "value": 5}], "taskId": "lone"}], {"open", "lone"}),
    (
        [{"taskVariables": [{"name": "MINE", "operator": "eq", "value": "x"}], "variableNamesIgnoreCase": True}],
        {"done"},
    ),
    ([{"processDefinitionKey": "plain", "finished": False}], {"open"}),
    ([{}], {"done", "open", "lone"}),
]


def test_of_or_queries_one_filter_is_enough(api: Api, tasks: dict[str, str]) -> None:
    for parts, expected in OR_QUERIES:
        ids = {tasks[name] for name in expected}
        assert {row["id"] for row in api.post(PATH, {"orQueries": parts})} == ids, parts
        assert api.post(f"{PATH}/count", {"orQueries": parts})["count"] == len(ids)


def test_filters_outside_or_queries_must_hold_as_well(api: Api, tasks: dict[str, str]) -> None:
    body = {"unfinished": True, "orQueries": [{"taskName": "Alone", "processFinished": True}]}
    assert [row["id"] for row in api.post(PATH, body)] == ["lone"]


def test_or_queries_have_no_order_and_are_not_nested(api: Api) -> None:
    sorting = [{"sortBy": "startTime", "sortOrder": "asc"}]
    assert "write it outside" in api.post(PATH, {"orQueries": [{"sorting": sorting}]}, 400)["message"]
    assert "write it outside" in api.post(PATH, {"orQueries": [{"orQueries": [{"taskId": "a"}]}]}, 400)["message"]


def test_filters_about_cases_are_refused(api: Api) -> None:
    api.get(PATH, 400, caseInstanceId="case")
    api.post(PATH, {"orQueries": [{"caseDefinitionKey": "case"}]}, 400)


def test_people_who_have_left_a_task_were_involved(api: Api, tasks: dict[str, str]) -> None:
    # given
    task = tasks["open"]
    api.post(f"/task/{task}/identity-links", {"groupId": "help", "type": "candidate"}, 204)

    # when
    api.post(f"/task/{task}/unclaim", {}, 204)
    api.post(f"/task/{task}/identity-links/delete", {"groupId": "help", "type": "candidate"}, 204)

    # then
    assert [row["id"] for row in api.get(PATH, taskInvolvedUser="ann")] == [task]
    assert [row["id"] for row in api.get(PATH, taskHadCandidateGroup="help")] == [task]
    assert api.get(PATH, taskAssignee="ann") == []


def test_the_history_shows_what_the_model_computed_for_a_task(api: Api, tasks: dict[str, str]) -> None:
    (row,) = api.get(PATH, taskId=tasks["done"])
    assert (row["due"], row["followUp"], row["priority"]) == (DUE, FOLLOW_UP, 80)
    assert (row["name"], row["description"]) == ("Check it", "Read invoice")
    links = api.get("/history/identity-link-log", taskId=tasks["done"])
    assert {(link["operationType"], link["groupId"] or link["userId"]) for link in links} == {
        ("add", "sales"),
        ("add", "kim"),
    }


@pytest.fixture
def named(api: Api) -> str:
    """An ended instance with a task whose name and description were computed from variables."""
    inner = (
        '<bpmn:startEvent id="Start"/><bpmn:userTask id="Check" name="Call ${customer}">'
        "<bpmn:documentation>Ask ${customer} for ${amount + 1}</bpmn:documentation></bpmn:userTask>"
        '<bpmn:endEvent id="End"/>'
    )
    deploy(api, named=process("named", inner + flow(1, "Start", "Check") + flow(2, "Check", "End")))
    started = api.start("named", customer="Ann", amount=6, other=1)
    api.post(f"/task/{api.get('/task', processInstanceId=started)[0]['id']}/complete", {}, 204)
    found = api.get(PATH, processInstanceId=started)[0]
    assert (found["name"], found["description"]) == ("Call Ann", "Ask Ann for 7")
    return started


@pytest.mark.parametrize(
    ("path", "name", "description"),
    [
        ("/history/variable-instance/{}:other", "Call Ann", "Ask Ann for 7"),
        ("/history/variable-instance/{}:amount", "Call Ann", "Ask ${customer} for ${amount + 1}"),
        ("/history/variable-instance/{}:customer", "Call ${customer}", "Ask ${customer} for ${amount + 1}"),
        ("/history/process-instance/{}/variable-instances", "Call ${customer}", "Ask ${customer} for ${amount + 1}"),
    ],
)
def test_what_was_computed_from_a_variable_leaves_the_history_with_it(
    api: Api, named: str, path: str, name: str, description: str
) -> None:
    # when
    api.delete(path.format(named), 204)

    # then
    (found,) = api.get(PATH, processInstanceId=named)
    assert (found["name"], found["description"]) == (name, description)


def test_what_a_person_has_called_a_task_stays_in_the_history(api: Api, tasks: dict[str, str]) -> None:
    # given
    task = api.get(f"/task/{tasks['open']}")
    api.put(f"/task/{tasks['open']}", {**task, "name": "Mine", "description": "By hand"}, 204)

    # when
    api.delete(f"/history/process-instance/{tasks['open instance']}/variable-instances", 204)

    # then
    (found,) = api.get(PATH, processInstanceId=tasks["open instance"])
    assert (found["name"], found["description"]) == ("Mine", "By hand")


def test_of_a_task_of_an_earlier_release_the_history_knows_what_was_changed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(UserTask, "_list_own", lambda self, record: {})
    deploy(api, old=make("old", "Old", 'camunda:candidateGroups="sales" camunda:priority="80"'))
    (task,) = api.get("/task", processInstanceId=api.start("old"))

    # when
    api.post(f"/task/{task['id']}/identity-links", {"groupId": "help", "type": "candidate"}, 204)

    # then
    assert [row["priority"] for row in api.get(PATH, taskPriority=50)] == [50]
    assert len(api.get(PATH, taskHadCandidateGroup="help")) == 1


def test_histories_of_instances_that_are_ruled_out_are_not_read(
    api: Api, engine: Engine, tasks: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    read: list[str] = []
    read_each = type(engine.store.history).read_each

    def note(history: Any, ids: Any) -> Any:
        read.extend(ids)
        return read_each(history, ids)

    monkeypatch.setattr(type(engine.store.history), "read_each", note)
    for name, value in (
        ("processInstanceBusinessKey", "A-1"),
        ("processInstanceBusinessKeyLike", "A%"),
        ("processDefinitionName", "Invoices"),
        ("processFinished", "true"),
        ("processVariables", "amount_eq_12"),
    ):
        # when
        read.clear()
        api.get(PATH, 0, **{name: value})

        # then
        assert read == [tasks["done instance"]], name


def test_lists_are_sorted_by_what_tasks_have(api: Api, tasks: dict[str, str]) -> None:
    for by in ("dueDate", "followUpDate", "priority", "deleteReason"):
        assert api.get(PATH, sortBy=by, sortOrder="desc")[0]["id"] == tasks["done"], by
        assert api.get(PATH, sortBy=by, sortOrder="asc")[-1]["id"] == tasks["done"], by
