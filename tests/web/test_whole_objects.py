"""What clients made for Camunda 7 send back whole, and what they ask for beside it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.web.conftest import Api

INFO = {"withCommentAttachmentInfo": "true"}


@pytest.fixture
def task(api: Api) -> dict[str, Any]:
    api.deploy("person")
    api.start("person")
    return dict(api.get("/task")[0])


def attach(api: Api, task_id: str) -> None:
    data = {"attachment-name": "bill", "content": (io.BytesIO(b"x"), "bill.txt")}
    api.call("POST", f"/task/{task_id}/attachment/create", 200, data=data, content_type="multipart/form-data")


def test_tasks_tell_whether_they_have_comments_and_attachments_where_that_is_asked(
    api: Api, task: dict[str, Any]
) -> None:
    api.post(f"/task/{task['id']}/comment/create", {"message": "Look"})
    api.start("person")
    api.post("/task/create", {"id": "own", "name": "by hand"}, 204)
    attach(api, "own")

    def read(found: list[dict[str, Any]]) -> set[tuple[bool, bool, bool]]:
        return {(each["id"] == task["id"], each["comment"], each["attachment"]) for each in found}

    told = {(True, True, False), (False, False, False), (False, False, True)}
    assert read(api.get("/task", 0, **INFO)) == told
    assert read(api.post("/task", {"withCommentAttachmentInfo": True})) == told
    assert api.get("/task/count", 0, **INFO) == {"count": 3}
    one = api.get(f"/task/{task['id']}", 0, **INFO)
    assert (one["comment"], one["attachment"]) == (True, False)
    for plain in (*api.get("/task"), api.get(f"/task/{task['id']}")):
        assert not {"comment", "attachment"} & plain.keys()


def test_a_saved_filter_tells_it_too(api: Api, task: dict[str, Any]) -> None:
    attach(api, task["id"])
    query = {"withCommentAttachmentInfo": True}
    saved = api.post("/filter/create", {"resourceType": "Task", "name": "all", "query": query})

    assert api.get(f"/filter/{saved['id']}/list")[0]["attachment"] is True
    assert api.get(f"/filter/{saved['id']}/singleResult")["comment"] is False
    inside = {"orQueries": [{"withCommentAttachmentInfo": True}]}
    assert "withCommentAttachmentInfo" in api.post("/task", inside, 400)["message"]


@pytest.mark.parametrize("name", ["assigneeExpression", "dueBeforeExpression", "candidateGroupsExpression"])
def test_expressions_are_for_saved_filters_and_the_refusal_says_so(api: Api, name: str) -> None:
    for refused in (
        api.call("GET", "/task", 400, query_string={name: "${currentUser()}"}),
        api.post("/task/count", {name: "${currentUser()}"}, 400),
        api.post("/task", {"orQueries": [{name: "${currentUser()}"}]}, 400),
    ):
        assert f"'{name}'" in refused["message"]
        assert "saved filter" in refused["message"]
    assert "did you mean 'assignee'" in api.get("/task", 400, asignee="ann")["message"]


def test_a_task_that_is_sent_back_changed_says_which_of_its_fields_are_not_the_client_s(
    api: Api, task: dict[str, Any]
) -> None:
    answer = api.call("PUT", f"/task/{task['id']}", 204, json={**task, "name": "Look closer"})

    ignored = {"executionId", "formKey", "processDefinitionId", "processInstanceId", "taskDefinitionKey"}
    assert set(answer.headers["Warning"].partition(": ")[2].strip('"').split(", ")) == ignored
    assert api.get(f"/task/{task['id']}")["name"] == "Look closer"
    created = api.post("/task/create", {**task, "id": "own", "suspended": True}, 204)
    assert set(created.headers["Warning"].partition(": ")[2].strip('"').split(", ")) == {*ignored, "suspended"}


def test_ids_beside_a_key_in_the_path_are_ignored_and_named(api: Api) -> None:
    api.deploy("work")
    body = {"suspended": True, "processDefinitionKey": "work", "processDefinitionId": None}

    answer = api.call("PUT", "/process-definition/key/work/suspended", 204, json=body)

    assert answer.headers["Warning"] == '299 baton "Ignored unknown fields: processDefinitionKey"'
    assert api.get("/process-definition/key/work")["suspended"] is True


def test_retries_of_instances_are_for_their_jobs_and_other_jobs_in_the_body_are_named(api: Api) -> None:
    api.deploy("mapped")
    instances = [api.start("mapped") for _ in range(2)]
    jobs = {job["processInstanceId"]: job["id"] for job in api.get("/job", noRetriesLeft="true")}
    body = {"retries": 0, "processInstances": [instances[0]], "jobIds": [jobs[instances[1]]], "jobQuery": {}}

    response = api.client.post("/engine-rest/process-instance/job-retries", json=body)

    assert response.status_code == 200
    assert (response.json or {})["totalJobs"] == 1
    assert response.headers["Warning"] == '299 baton "Ignored unknown fields: jobIds, jobQuery"'
