"""Tasks that belong to no process: ``POST /task/create`` and ``DELETE /task/{id}``."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.model.identity import Grant, HolderKind, Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.conftest import Clock
from tests.web.conftest import Api
from tests.web.signed import use_person

WHOLE = {
    "name": "Call Ann",
    "description": "She asked for it",
    "assignee": "bob",
    "owner": "carol",
    "delegationState": "PENDING",
    "due": "2030-01-02T03:04:05.000+0000",
    "followUp": "2030-01-01T00:00:00.000+0000",
    "priority": 70,
    "tenantId": "acme",
}


def create(api: Api, id: str, **fields: Any) -> dict[str, Any]:
    api.post("/task/create", {"id": id, **fields}, 204)
    return api.get(f"/task/{id}")


# -- what it is


def test_a_task_has_what_its_creator_said_and_no_process(api: Api) -> None:
    # when
    task = create(api, "call-ann", **WHOLE)

    # then
    assert {name: task[name] for name in WHOLE} == WHOLE
    assert task["id"] == "call-ann"
    no_process = ("processInstanceId", "processDefinitionId", "executionId", "taskDefinitionKey", "parentTaskId")
    assert [task[name] for name in no_process] == [None] * 5
    assert create(api, "plain")["priority"] == 50


def test_without_an_id_one_is_made(api: Api) -> None:
    # when
    api.post("/task/create", {"name": "A"}, 204)

    # then
    (task,) = api.get("/task")
    assert task["name"] == "A"
    assert api.get(f"/task/{task['id']}") == task


def test_the_same_task_again_is_no_second_one(api: Api) -> None:
    # given
    create(api, "once", name="A", priority=3)

    # when
    api.post("/task/create", {"id": "once", "name": "A", "priority": 3}, 204)

    # then
    assert len(api.get("/task")) == 1


def test_another_task_with_an_id_that_was_used_is_refused_also_after_its_end(api: Api) -> None:
    # given
    create(api, "used", name="A")

    # then
    assert "'used'" in api.post("/task/create", {"id": "used", "name": "B"}, 400)["message"]
    api.post("/task/used/complete", {}, 204)
    api.post("/task/create", {"id": "used", "name": "B"}, 400)
    assert api.get("/task") == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"id": "a/b"}, "a/b"),
        ({"id": "0123456789abcdef-07.12"}, "0123456789abcdef-07.12"),
        ({"id": "x" * 256}, "255"),
        ({"id": "a", "delegationState": "MAYBE"}, "delegationState"),
        ({"id": "a", "parentTaskId": "nobody"}, "parent"),
        ({"id": "a", "caseInstanceId": "c"}, "caseInstanceId"),
    ],
)
def test_what_cannot_be_is_refused_and_creates_nothing(api: Api, body: dict[str, Any], named: str) -> None:
    assert named in api.post("/task/create", body, 400)["message"]
    assert api.get("/task/count")["count"] == 0


# -- what can be done with it


def test_it_is_found_by_all_that_it_has(api: Api) -> None:
    # given
    create(api, "mine", **{**WHOLE, "delegationState": None})
    create(api, "other", name="Other")

    # then
    queries: list[dict[str, Any]] = [
        {"taskId": "mine"},
        {"taskIdIn": "mine,nobody"},
        {"assignee": "bob"},
        {"owner": "carol"},
        {"nameLike": "Call%"},
        {"tenantIdIn": "acme"},
        {"minPriority": 60},
        {"dueAfter": WHOLE["due"].replace("03:04:05", "03:04:04")},
        {"text": "asked"},
    ]
    for query in queries:
        assert [task["id"] for task in api.get("/task", **query)] == ["mine"], query
        assert api.get("/task/count", **query)["count"] == 1
    assert {task["id"] for task in api.post("/task", {"orQueries": [{"taskId": "mine", "name": "Other"}]})} == {
        "mine",
        "other",
    }
    by_id = api.get("/task", sortBy="id", sortOrder="desc")
    assert [task["id"] for task in by_id] == ["other", "mine"]
    saved = api.post("/filter/create", {"resourceType": "Task", "name": "f", "query": {"taskId": "mine"}}, 200)["id"]
    assert [task["id"] for task in api.get(f"/filter/{saved}/list")] == ["mine"]


def test_it_is_claimed_delegated_resolved_and_completed(api: Api) -> None:
    # given
    create(api, "work", name="A")

    # when
    api.post("/task/work/claim", {"userId": "ann"}, 204)
    api.post("/task/work/claim", {"userId": "bob"}, 409)
    api.post("/task/work/delegate", {"userId": "bob"}, 204)
    api.post("/task/work/complete", {}, 500)
    api.post("/task/work/resolve", {"variables": {"seen": {"value": True}}}, 204)
    api.put("/task/work", {"name": "B", "assignee": "ann"}, 204)
    returned = api.post("/task/work/complete", {"variables": {"n": {"value": 3}}, "withVariablesInReturn": True}, 200)

    # then
    assert {name: item["value"] for name, item in returned.items()} == {"seen": True, "n": 3}
    api.get("/task/work", 404)
    (row,) = api.get("/history/task", taskId="work")
    assert (row["name"], row["deleteReason"], row["assignee"]) == ("B", "completed", "ann")
    assert row["endTime"]
    assert row["duration"] is not None
    assert [row[name] for name in ("processInstanceId", "processDefinitionId", "executionId", "taskDefinitionKey")] == [
        None
    ] * 4


def test_it_has_variables_comments_attachments_and_people_also_after_its_end(api: Api) -> None:
    # given
    create(api, "full")

    # when
    api.put("/task/full/variables/a", {"value": 1}, 204)
    api.put("/task/full/localVariables/b", {"value": 2}, 204)
    comment = api.post("/task/full/comment/create", {"message": "well"}, 200)
    parts = {"attachment-name": "n", "content": (io.BytesIO(b"a"), "a.txt")}
    attached = api.call("POST", "/task/full/attachment/create", data=parts, content_type="multipart/form-data")
    api.post("/task/full/identity-links", {"groupId": "clerks", "type": "candidate"}, 204)

    # then
    assert {name: item["value"] for name, item in api.get("/task/full/variables").items()} == {"a": 1, "b": 2}
    assert [task["id"] for task in api.get("/task", candidateGroup="clerks")] == ["full"]
    assert (comment["taskId"], comment["processInstanceId"]) == ("full", None)
    assert (attached["taskId"], attached["rootProcessInstanceId"]) == ("full", None)
    api.post("/task/full/complete", {}, 204)
    assert [item["message"] for item in api.get("/task/full/comment")] == ["well"]
    assert len(api.get("/task/full/attachment")) == 1
    (link,) = api.get("/history/identity-link-log", taskId="full")
    assert (link["groupId"], link["taskId"], link["processDefinitionId"]) == ("clerks", "full", None)
    api.delete(f"/task/full/comment/{comment['id']}", 204)
    api.delete(f"/task/full/attachment/{attached['id']}", 204)
    assert api.get("/task/full/comment") == api.get("/task/full/attachment") == []


def test_its_variables_are_found_by_it_among_all_and_in_the_history(api: Api) -> None:
    # given
    create(api, "full", tenantId="acme")
    api.put("/task/full/variables/a", {"value": 1}, 204)
    api.put("/task/full/localVariables/b", {"value": 2}, 204)

    # when
    found = api.get("/variable-instance", taskIdIn="full,nobody", sortBy="variableName", sortOrder="asc")

    # then
    assert [(row["name"], row["value"], row["taskId"]) for row in found] == [("a", 1, "full"), ("b", 2, "full")]
    assert {(row["processInstanceId"], row["executionId"], row["tenantId"]) for row in found} == {(None, None, "acme")}
    assert api.get(f"/variable-instance/{found[0]['id']}") == found[0]
    assert api.get("/variable-instance", taskIdIn="full", tenantIdIn="globex") == []
    api.post("/task/full/complete", {}, 204)
    assert api.get("/variable-instance", taskIdIn="full") == []
    rows = api.get("/history/variable-instance", taskIdIn="full", sortBy="variableName", sortOrder="asc")
    assert [(row["name"], row["taskId"], row["processInstanceId"]) for row in rows] == [
        ("a", "full", None),
        ("b", "full", None),
    ]


def test_variables_of_a_task_of_a_process_are_its_own_ones(api: Api) -> None:
    # given
    api.deploy("person")
    instance = api.start("person", n=1)
    [task] = api.get("/task")
    api.put(f"/task/{task['id']}/localVariables/own", {"value": 2}, 204)

    # then
    for path in ("/variable-instance", "/history/variable-instance"):
        [row] = api.get(path, taskIdIn=task["id"])
        assert (row["name"], row["taskId"], row["processInstanceId"]) == ("own", task["id"], instance)


def test_nothing_catches_its_errors_and_escalations(api: Api) -> None:
    create(api, "lone")
    assert "complete it" in api.post("/task/lone/bpmnError", {"errorCode": "e"}, 500)["message"]
    api.post("/task/lone/bpmnEscalation", {"escalationCode": "e"}, 500)
    assert api.get("/task/lone")


def test_parts_of_a_task_name_it_and_are_found_by_it(api: Api) -> None:
    # given
    create(api, "whole")
    part = create(api, "part", parentTaskId="whole")

    # then
    assert part["parentTaskId"] == "whole"
    assert [task["id"] for task in api.get("/task", parentTaskId="whole")] == ["part"]
    assert [task["id"] for task in api.get("/history/task", taskParentTaskId="whole")] == ["part"]
    api.post("/task/whole/complete", {}, 204)
    assert [task["id"] for task in api.get("/task")] == ["part"]


# -- deleted by hand


def test_a_task_is_deleted_and_the_history_says_so(api: Api) -> None:
    # given
    create(api, "gone", name="A")

    # when
    api.delete("/task/gone", 204)

    # then
    api.get("/task/gone", 404)
    assert api.get("/task") == []
    (row,) = api.get("/history/task")
    assert (row["id"], row["deleteReason"]) == ("gone", "deleted")


def test_a_task_that_is_not_there_cannot_be_deleted(api: Api) -> None:
    api.delete("/task/nobody", 400)
    create(api, "once")
    api.delete("/task/once", 204)
    api.delete("/task/once", 400)


def test_a_task_of_a_process_cannot_be_deleted(api: Api) -> None:
    # given
    api.deploy("person")
    instance = api.start("person")
    (task,) = api.get("/task")

    # then
    refused = api.delete(f"/task/{task['id']}", 500)
    assert instance in refused["message"]
    assert api.get("/task") == [task]


# -- what nobody sees


def test_no_list_count_or_figure_of_processes_has_it(api: Api, engine: Engine) -> None:
    # given
    api.deploy("person")
    api.start("person")
    before = read_figures(api)

    # when
    create(api, "open")
    create(api, "done")
    api.post("/task/done/complete", {}, 204)
    create(api, "gone")
    api.delete("/task/gone", 204)

    # then
    assert read_figures(api) == before
    engine.tallies.flush()
    metrics = api.client.get("/metrics").text
    assert "~" not in metrics
    hidden = engine.ids.find_task("open").partition(".")[0]
    for path in ("process-instance", "history/process-instance", "execution"):
        api.get(f"/{path}/{hidden}", 404)
    assert api.get("/process-instance", processInstanceIds=hidden) == []
    api.get("/process-definition/~task:1", 404)
    api.post("/process-definition/~task:1/start", {}, 404)
    api.delete(f"/process-instance/{hidden}", 404)
    assert api.get("/task/open")


def read_figures(api: Api) -> dict[str, Any]:
    paths = (
        "/process-instance",
        "/process-instance/count",
        "/history/process-instance",
        "/history/process-instance/count",
        "/history/activity-instance/count",
        "/history/variable-instance/count",
        "/history/detail/count",
        "/process-definition",
        "/process-definition/count",
        "/process-definition/statistics",
        "/history/process-definition/cleanable-process-instance-report",
        "/variable-instance/count",
        "/execution/count",
        "/process-instance/overview",
    )
    rates = [(it["started"], it["ended"]) for it in api.get("/metrics/throughput")]
    return {path: api.get(path) for path in paths} | {"rates": rates}


# -- when its time is over


def test_ended_tasks_leave_the_history_after_the_days_that_are_set(valkey: str, api: Api, clock: Clock) -> None:
    # given
    settings = Settings(redis_url=valkey, partitions=4, clock=clock, standalone_task_days=3)
    engine = assemble(settings)
    create(api, "old")
    create(api, "open")
    api.post("/task/old/complete", {}, 204)

    # when
    clock.now += 2 * 86_400_000
    engine.retention.run()
    kept = [row["id"] for row in api.get("/history/task", finished=True)]
    clock.now += 2 * 86_400_000
    engine.retention.run()
    engine.close()

    # then
    assert kept == ["old"]
    assert [row["id"] for row in api.get("/history/task")] == ["open"]
    create(api, "old", name="its id is free again")


# -- tenants


def test_a_caller_of_one_tenant_creates_and_sees_tasks_of_that_tenant_only(engine: Engine, api: Api) -> None:
    # given
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    anna = use_person(guarded, engine, "anna")
    grant = Grant(id="", holder_kind=HolderKind.USER, holder="anna", roles=(Role.OPERATOR,), tenants=("acme",))
    engine.grants.create(grant)
    create(api, "foreign", tenantId="globex")
    create(api, "nobodys")

    # when
    created = anna.ask("POST", "/task/create", {"id": "own", "name": "A"})

    # then
    assert created.status_code == 204
    assert api.get("/task/own")["tenantId"] == "acme"
    assert anna.list_ids("/task") == ["own"]
    assert anna.list_ids("/history/task") == ["own"]
    for path in ("/task/foreign", "/task/nobodys", "/task/foreign/comment", "/task/foreign/variables"):
        assert anna.ask("GET", path).status_code == 404, path
    assert anna.ask("POST", "/task/create", {"id": "b", "tenantId": "globex"}).status_code == 403
    assert anna.ask("POST", "/task/create", {"id": "foreign"}).status_code == 400
    assert anna.ask("DELETE", "/task/foreign").status_code == 400
    assert anna.ask("DELETE", "/task/own").status_code == 204
    assert api.get("/task/foreign")
    assert api.get("/task/count")["count"] == 2


def test_who_only_works_on_tasks_creates_and_deletes_none_and_does_their_own(engine: Engine, api: Api) -> None:
    # given
    guarded = create_app(engine, WebSettings(hosts=None, sign_in="required"))
    bob = use_person(guarded, engine, "bob", Role.TASK_USER)
    create(api, "bobs", assignee="bob")
    create(api, "anns", assignee="ann")

    # then
    assert bob.ask("POST", "/task/create", {}).status_code == 403
    assert bob.ask("DELETE", "/task/bobs").status_code == 403
    assert bob.list_ids("/task") == ["bobs"]
    assert bob.ask("POST", "/task/bobs/complete", {}).status_code == 204
    assert bob.ask("GET", "/task/anns").status_code == 404
