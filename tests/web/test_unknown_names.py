"""The policy for unknown names, as clients meet it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from structlog.testing import CapturingLogger

from baton.web.routes import view
from tests.web import diagrams
from tests.web.conftest import Api


def test_an_unknown_field_of_a_command_is_named_in_a_warning(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    answer = api.post(
        f"/external-task/{task['id']}/complete", {"workerId": "w1", "varaibles": {"a": {"value": 1}}}, 204
    )
    assert answer.headers["Warning"] == '299 baton "Ignored unknown fields: varaibles"'


def test_a_command_without_unknown_fields_has_no_warning(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    (task,) = api.fetch()
    answer = api.call("POST", f"/external-task/{task['id']}/unlock", 204)
    assert "Warning" not in answer.headers


def test_unknown_filters_are_refused_in_queries_and_in_commands_that_hold_one(api: Api) -> None:
    assert "'topicName'" in api.get("/external-task", 400, topicNam="x")["message"]
    assert "'topicName'" in api.post("/external-task", {"topicNam": "x"}, 400)["message"]
    assert "'topicName'" in api.post("/external-task/count", {"topicNam": "x"}, 400)["message"]
    body = {"retries": 1, "externalTaskQuery": {"topicNam": "x"}}
    assert "'topicName'" in api.put("/external-task/retries", body, 400)["message"]
    assert "query parameter" in api.get("/version", 400, x="1")["message"]


def test_what_clients_are_known_to_send_passes(api: Api) -> None:
    assert api.get("/external-task", _="1732758000") == []
    assert api.post("/external-task", {"orQueries": [], "sorting": [], "skipCustomListeners": True}) == []


def test_every_habit_of_known_clients_passes(api: Api) -> None:
    api.deploy("work", form={"deployment-source": "x", "uploaded-by": "somebody", "deployment-extra": ""})
    assert len(api.get("/process-definition", latest="true", _="1")) == 1
    instance = api.start("work")
    changes = {"workerId": "w1", "modifications": {"a": {"value": 1, "workerId": "w1", "name": "a", "local": False}}}
    assert "workerId" in api.post(f"/process-instance/{instance}/variables", changes, 204).headers["Warning"]
    (task,) = api.fetch()
    assert api.get(f"/external-task/{task['id']}", _="1732758000")["id"] == task["id"]
    result = {"b": {"value": 1, "type": "Integer", "valueInfo": {}, "local": False, "workerId": "w1"}}
    api.post(
        f"/external-task/{task['id']}/extendLock", {"workerId": "w1", "newDuration": 1000, "topicName": "work"}, 204
    )
    api.post(f"/external-task/{task['id']}/complete", {"workerId": "w1", "variables": result}, 204)
    again = api.start("work")
    moved = {"skipCustomListeners": True, "instructions": [{"type": "startBeforeActivity", "activityId": "Do"}]}
    api.post(f"/process-instance/{again}/modification", moved, 204)
    api.delete(f"/process-instance/{again}", 204, skipCustomListeners="true", skipIoMappings="true", _="2")
    assert api.post("/history/process-instance/count", {"orQueries": [], "sorting": []})["count"] == 2


LISTENERS = '299 baton "Ignored unknown fields: skipCustomListeners"'


def test_listeners_are_not_skipped_and_a_request_that_asks_for_it_is_warned(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How lines are written is set up once for a process, by whichever test comes first.
    said = CapturingLogger()
    monkeypatch.setattr(view, "log", said)
    heard = diagrams.BY_NAME["work"].replace(
        "<camunda:properties>", '<camunda:executionListener event="start" topic="listen"/><camunda:properties>'
    )
    data = {"file": (io.BytesIO(heard.encode()), "work.bpmn")}
    api.call("POST", "/deployment/create", 200, data=data, content_type="multipart/form-data")
    skip: dict[str, Any] = {"skipCustomListeners": True}
    before = {"type": "startBeforeActivity", "activityId": "Do"}

    started = api.call("POST", "/process-definition/key/work/start", 200, json=skip)
    instance, definition = started["id"], started["definitionId"]
    assert [task["topicName"] for task in api.get("/external-task")] == ["listen"]

    def warned(method: str, path: str, **more: Any) -> str | None:
        response = api.client.open(f"/engine-rest{path}", method=method, **more)
        assert response.status_code < 300, response.text
        return response.headers.get("Warning")

    assert warned("POST", "/process-definition/key/work/start", json=skip) == LISTENERS
    modified = {**skip, "instructions": [before]}
    assert warned("POST", f"/process-instance/{instance}/modification", json=modified) == LISTENERS
    many = {**modified, "processInstanceIds": [instance], "processDefinitionId": definition}
    assert warned("POST", "/modification/execute", json=many) == LISTENERS
    assert warned("DELETE", f"/process-instance/{instance}?skipCustomListeners=true") == LISTENERS
    again = {**skip, "processInstanceIds": [instance], "instructions": [before]}
    assert warned("POST", f"/process-definition/{definition}/restart", json=again) == LISTENERS
    deleted = {"processInstanceIds": [api.start("work")], "skipSubprocesses": True}
    named = LISTENERS.replace("CustomListeners", "Subprocesses")
    assert warned("POST", "/process-instance/delete", json=deleted) == named
    assert warned("DELETE", f"/process-definition/{definition}?cascade=true&skipCustomListeners=true") == LISTENERS
    assert {line.kwargs["action"] for line in said.calls} == {"request.fields_ignored"}


def test_flags_that_are_off_or_that_are_met_anyway_are_not_warned_of(api: Api) -> None:
    api.deploy("work")
    off = api.client.post("/engine-rest/process-definition/key/work/start", json={"skipCustomListeners": False})
    met = api.client.delete(f"/engine-rest/process-instance/{(off.json or {})['id']}?skipIoMappings=true")

    assert (off.status_code, met.status_code) == (200, 204)
    assert "Warning" not in off.headers
    assert "Warning" not in met.headers
