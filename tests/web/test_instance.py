"""``/process-instance``: lists, the token tree, variables, ending."""

from __future__ import annotations

import io

import pytest

from baton.service import Engine
from baton.store import keys
from baton.store.operations import apply_ops
from tests.web.conftest import Api


def test_running_instances_are_listed_by_get_and_post_with_filters(api: Api) -> None:
    api.deploy("work", "person")
    first = api.start("work", "A-1", amount=12)
    api.start("work", "A-2", amount=20)
    api.start("person", "B-1")
    assert api.get("/process-instance/count")["count"] == 3
    assert [item["id"] for item in api.get("/process-instance", businessKey="A-1")] == [first]
    assert len(api.get("/process-instance", processDefinitionKey="work", maxResults=1)) == 1
    assert [item["id"] for item in api.get("/process-instance", variables="amount_lt_15")] == [first]
    body = {"processDefinitionKey": "work", "sorting": [{"sortBy": "businessKey", "sortOrder": "desc"}]}
    assert [item["businessKey"] for item in api.post("/process-instance", body)] == ["A-2", "A-1"]
    variables = {"variables": [{"name": "amount", "operator": "eq", "value": 20}]}
    assert api.post("/process-instance/count", variables) == {"count": 1}
    assert api.get("/process-instance", activityIdIn="Look")[0]["businessKey"] == "B-1"


def test_one_instance_is_found_until_it_ends(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    assert api.get(f"/process-instance/{instance}")["ended"] is False
    (task,) = api.fetch()
    api.complete(task)
    assert api.get(f"/process-instance/{instance}", 404)["type"] == "InvalidRequestException"
    assert api.get(f"/history/process-instance/{instance}")["state"] == "COMPLETED"


@pytest.mark.parametrize("id", ["nothing", "0123456789abcdef-00"])
def test_an_unknown_instance_is_not_found(api: Api, id: str) -> None:
    for path in ("", "/variables", "/activity-instances", "/stream", "/history", "/ledger", "/snapshot"):
        api.get(f"/process-instance/{id}{path}", 404)


def test_the_token_tree_has_the_shape_of_activity_instances(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    tree = api.get(f"/process-instance/{instance}/activity-instances")
    assert (tree["id"], tree["activityType"], tree["parentActivityInstanceId"]) == (instance, "processDefinition", None)
    (child,) = tree["childActivityInstances"]
    assert (child["activityId"], child["activityName"], child["activityType"]) == ("Do", "Do it", "serviceTask")
    assert child["parentActivityInstanceId"] == instance
    assert child["executionIds"] == [child["id"]]
    assert tree["childTransitionInstances"] == []


def test_variables_are_set_changed_removed_and_typed(api: Api) -> None:
    api.deploy("work")
    base = f"/process-instance/{api.start('work', amount=1)}/variables"
    api.put(f"{base}/amount", {"value": "2", "type": "Long"}, 204)
    changes = {"modifications": {"note": {"value": '{"a":1}', "type": "Json"}}, "deletions": ["nothing"]}
    api.post(base, changes, 204)
    assert api.get(base) == {
        "amount": {"type": "Long", "value": 2, "valueInfo": {}},
        "note": {"type": "Json", "value": {"a": 1}, "valueInfo": {}},
    }
    assert api.get(f"{base}/note", deserializeValue="false")["value"] == '{"a":1}'
    api.delete(f"{base}/amount", 204)
    api.get(f"{base}/amount", 404)


def test_a_file_variable_is_uploaded_and_downloaded(api: Api) -> None:
    api.deploy("work")
    base = f"/process-instance/{api.start('work')}/variables"
    form = {"data": (io.BytesIO(b"content"), "a.txt", "text/plain"), "valueType": "File"}
    api.call("POST", f"{base}/doc/data", 204, data=form, content_type="multipart/form-data")
    assert api.get(f"{base}/doc")["valueInfo"] == {"filename": "a.txt", "mimeType": "text/plain"}
    download = api.get(f"{base}/doc/data")
    assert (download.data, download.mimetype) == (b"content", "text/plain")
    api.put(f"{base}/text", {"value": "x"}, 204)
    assert "File or Bytes" in api.get(f"{base}/text/data", 400)["message"]


@pytest.mark.parametrize("media", ["text/plain; charset*=UTF-8''a%0D%0Ab", "text/plain\x0b"])
def test_a_file_whose_type_cannot_stand_in_a_header_is_refused(api: Api, media: str) -> None:
    api.deploy("work")
    base = f"/process-instance/{api.start('work')}/variables"
    part = f'--b\r\nContent-Disposition: form-data; name="data"; filename="a.txt"\r\nContent-Type: {media}\r\n\r\nx'
    kind = '\r\n--b\r\nContent-Disposition: form-data; name="valueType"\r\n\r\nFile\r\n--b--\r\n'
    body = (part + kind).encode()
    answer = api.call("POST", f"{base}/doc/data", 400, data=body, content_type="multipart/form-data; boundary=b")
    assert answer["type"] == "InvalidRequestException"
    api.get(f"{base}/doc", 404)


def test_an_instance_is_suspended_and_activated(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    api.put(f"/process-instance/{instance}/suspended", {"suspended": True}, 204)
    assert api.get("/process-instance", suspended="true")[0]["id"] == instance
    assert api.get("/process-instance/count", active="true")["count"] == 0
    assert api.fetch() == []
    api.put("/process-instance/suspended", {"suspended": False, "processInstanceIds": [instance]}, 204)
    assert len(api.fetch()) == 1


def test_deleting_an_instance_cancels_it(api: Api) -> None:
    api.deploy("work")
    instance = api.start("work")
    api.delete(f"/process-instance/{instance}", 204)
    api.delete(f"/process-instance/{instance}", 404)
    api.delete(f"/process-instance/{instance}", 204, failIfNotExists="false")
    assert api.get(f"/history/process-instance/{instance}")["state"] == "EXTERNALLY_TERMINATED"


def test_many_are_deleted_as_a_batch(api: Api) -> None:
    api.deploy("work")
    for _ in range(3):
        api.start("work")
    batch = api.run_batch("/process-instance/delete", {"processInstanceQuery": {}, "deleteReason": "enough"})
    assert (batch["type"], batch["totalJobs"]) == ("instance-deletion", 3)
    assert api.get("/process-instance/count")["count"] == 0
    assert {item["deleteReason"] for item in api.get("/history/process-instance")} == {"enough"}


def test_malformed_json_says_where_and_another_content_type_is_refused(api: Api) -> None:
    api.deploy("work")
    path = "/process-definition/key/work/start"
    assert "line 1" in api.call("POST", path, 400, data="{", content_type="application/json")["message"]
    assert api.call("POST", path, 415, data="a=b", content_type="application/x-www-form-urlencoded")["type"]


def test_headers_of_all_instances_are_listed_ended_ones_included(api: Api) -> None:
    api.deploy("work")
    first = api.start("work", "A-1")
    api.delete(f"/process-instance/{first}")
    api.start("work", "A-2")
    found = api.get("/process-instance/overview", sortBy="startedAt", sortOrder="asc")
    assert [(item["businessKey"], item["state"]) for item in found] == [("A-1", "cancelled"), ("A-2", "active")]
    assert found[1]["tokens"] == {"Do": 1}
    assert api.get("/process-instance/overview/count", state="active,suspended") == {"count": 1}
    assert "state" in api.get("/process-instance/overview", 400, state="sleepy")["message"]


def test_flags_of_camunda_that_ask_for_nothing_are_accepted_and_others_refused(api: Api) -> None:
    api.deploy("work")
    path = "/process-definition/key/work/start"
    api.post(path, {"skipCustomListeners": False, "skipIoMappings": False, "caseInstanceId": None}, 200)
    assert "skipIoMappings" in api.post(path, {"skipIoMappings": True}, 400)["message"]


def test_variables_of_running_instances_are_found_across_instances(api: Api) -> None:
    api.deploy("work")
    first = api.start("work", amount=1)
    api.start("work", amount=2, other="x")
    found = api.get("/variable-instance", variableName="amount", sortBy="variableName", sortOrder="asc")
    assert sorted(item["value"] for item in found) == [1, 2]
    (row,) = api.get("/variable-instance", processInstanceIdIn=first)
    assert api.get(f"/variable-instance/{row['id']}") == row


def test_a_file_variable_whose_name_goes_beyond_latin_1_can_be_downloaded(api: Api) -> None:
    api.deploy("work")
    base = f"/process-instance/{api.start('work')}/variables/f"
    info = {"filename": "10 €.txt", "mimetype": "text/plain"}
    api.put(base, {"value": "aGk=", "type": "File", "valueInfo": info})
    data = api.get(f"{base}/data", 200)
    assert data.headers["Content-Disposition"] == "attachment; filename*=UTF-8''10%20%E2%82%AC.txt"
    assert data.mimetype == "text/plain"
    assert data.text == "hi"


def test_what_is_left_of_an_instance_whose_state_is_gone_is_deleted(api: Api, engine: Engine) -> None:
    api.deploy("work")
    id_ = api.start("work", "A-1")
    state = keys.name_state(id_)
    apply_ops(engine.store.backend, state, [["DEL", state]])

    api.delete(f"/process-instance/{id_}", 204)

    assert api.get("/process-instance/count")["count"] == 0
    api.delete(f"/process-instance/{id_}", 404)
