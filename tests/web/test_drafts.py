"""``/draft`` over HTTP."""

from __future__ import annotations

from tests.web import diagrams
from tests.web.conftest import Api


def test_a_draft_is_begun_saved_listed_and_deleted(api: Api, signed_in: bool) -> None:
    made = api.post("/draft", {"name": "Work", "bpmn": diagrams.WORK, "processDefinitionKey": "work"})
    assert (made["version"], made["name"], made["savedBy"]) == (1, "Work", "tests" if signed_in else None)

    file = {"name": "a.scenario.json", "content": "{}"}
    saved = api.put(f"/draft/{made['id']}", {"bpmn": diagrams.WAITING, "version": 1, "files": [file]})
    assert saved["version"] == 2
    found = api.get(f"/draft/{made['id']}")
    assert (found["bpmn"], found["files"], found["draft"]) == (diagrams.WAITING, [file], saved)
    assert [draft["id"] for draft in api.get("/draft", processDefinitionKey="work")] == [made["id"]]
    assert [version["version"] for version in api.get(f"/draft/{made['id']}/versions")] == [2]

    api.delete(f"/draft/{made['id']}")
    api.get(f"/draft/{made['id']}", 404)


def test_a_version_that_is_not_the_latest_is_refused(api: Api, signed_in: bool) -> None:
    made = api.post("/draft", {"bpmn": diagrams.WORK})
    api.put(f"/draft/{made['id']}", {"bpmn": diagrams.WAITING, "version": 1})

    refused = api.put(f"/draft/{made['id']}", {"bpmn": diagrams.BROKEN, "version": 1}, 409)
    assert f"{'tests' if signed_in else 'somebody'} has saved since" in refused["message"]
    api.put(f"/draft/{made['id']}", {"bpmn": diagrams.BROKEN}, 400)
