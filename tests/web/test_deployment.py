"""Deploying over HTTP: what works, and what each wrong file answers."""

from __future__ import annotations

import io

import pytest

from tests.web import diagrams
from tests.web.conftest import Api


def test_a_deployment_gives_definitions_with_versions(api: Api) -> None:
    first = api.deploy("work", "person")
    second = api.deploy("work")
    keys = {item["key"]: item["version"] for item in first["deployedProcessDefinitions"].values()}
    assert keys == {"work": 1, "person": 1}
    assert [item["version"] for item in second["deployedProcessDefinitions"].values()] == [2]
    assert first["links"][0]["href"].endswith(f"/engine-rest/deployment/{first['id']}")
    assert first["name"] == "test"


def test_the_files_of_a_deployment_can_be_read_again(api: Api) -> None:
    deployment = api.deploy("work")["id"]
    (resource,) = api.get(f"/deployment/{deployment}/resources")
    data = api.get(f"/deployment/{deployment}/resources/{resource['id']}/data")
    assert resource["name"] == "work.bpmn"
    assert data.text == diagrams.WORK
    assert api.get("/deployment/count")["count"] == 1
    assert [item["id"] for item in api.get("/deployment", nameLike="te%")] == [deployment]


def test_with_duplicate_filtering_the_same_files_are_not_deployed_again(api: Api) -> None:
    first = api.deploy("work")
    again = api.deploy("work", form={"enable-duplicate-filtering": "true"})
    assert again["id"] == first["id"]
    assert again["deployedProcessDefinitions"] is None
    assert api.get("/process-definition/count")["count"] == 1


@pytest.mark.parametrize("name", ["broken", "not-xml", "doctype"])
def test_a_wrong_file_is_refused_with_all_its_problems_and_nothing_is_deployed(api: Api, name: str) -> None:
    refused = api.deploy("work", name, expect=400)
    assert refused["type"] == "ParseException"
    assert refused["message"].startswith("ENGINE-09005 Could not parse BPMN process. Errors:\n* [")
    errors = refused["details"][f"{name}.bpmn"]["errors"]
    assert errors
    assert {"message", "line", "column", "mainElementId", "elementIds"} == set(errors[0])
    assert any(item["severity"] == "error" and item["rule"] for item in refused["problems"])
    assert api.get("/process-definition/count")["count"] == 0


def test_a_form_without_files_is_refused(api: Api) -> None:
    refused = api.deploy(expect=400)
    assert "at least one file" in refused["message"]


def test_an_unknown_form_field_is_ignored_and_named_in_a_warning(api: Api) -> None:
    data = {"deployment-nam": "x", "work": (io.BytesIO(diagrams.BY_NAME["work"].encode()), "work.bpmn")}
    answer = api.client.post("/engine-rest/deployment/create", data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.get_json()["name"]) == (200, None)
    assert "deployment-nam" in answer.headers["Warning"]


def test_a_file_beyond_the_limit_is_refused_with_the_setting_to_change(api: Api) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="huge"; filename="huge.bpmn"\r\n\r\n'
    data = head + b"<" * (17 * 1024 * 1024) + b"\r\n--b--\r\n"
    refused = api.call("POST", "/deployment/create", 413, data=data, content_type="multipart/form-data; boundary=b")
    assert refused["type"] == "RequestEntityTooLargeException"
    assert "BATON_MAX_BODY_BYTES" in refused["message"]


def test_deleting_a_deployment_deletes_its_definitions(api: Api) -> None:
    deployment = api.deploy("work")["id"]
    api.delete(f"/deployment/{deployment}", 204, cascade="true")
    assert api.get("/process-definition") == []
    api.get(f"/deployment/{deployment}", 404)


def test_problems_of_a_file_are_told_without_deploying_it_in_three_ways(api: Api) -> None:
    as_json = {"resources": [{"name": "a.bpmn", "content": diagrams.BROKEN}]}
    form = {"data": (io.BytesIO(diagrams.BROKEN.encode()), "a.bpmn")}
    answers = [
        api.post("/process-definition/check", as_json),
        api.call("POST", "/process-definition/check", data=diagrams.BROKEN, content_type="application/xml"),
        api.call("POST", "/process-definition/check", data=form, content_type="multipart/form-data"),
    ]
    rules = [[problem["rule"] for problem in answer["problems"]] for answer in answers]
    assert rules[0]
    assert rules[0] == rules[1] == rules[2]
    assert (
        api.post("/process-definition/check", {"resources": [{"name": "a.bpmn", "content": diagrams.WORK}]}) is not None
    )
    assert api.get("/deployment") == []


def test_a_file_whose_name_goes_beyond_latin_1_can_be_downloaded(api: Api) -> None:
    files = {"data": (io.BytesIO(diagrams.WORK.encode()), "дог €.bpmn")}
    deployment = api.call("POST", "/deployment/create", data=files)["id"]
    (resource,) = api.get(f"/deployment/{deployment}/resources")
    data = api.get(f"/deployment/{deployment}/resources/{resource['id']}/data", 200)
    named = "attachment; filename*=UTF-8''%D0%B4%D0%BE%D0%B3%20%E2%82%AC.bpmn"
    assert data.headers["Content-Disposition"] == named


def test_an_answer_names_the_files_that_are_new(api: Api) -> None:
    filtering = {"enable-duplicate-filtering": "true"}
    assert api.deploy("work", form=filtering)["deployedFiles"] == ["work.bpmn"]
    assert api.deploy("work", form=filtering)["deployedFiles"] == []


def test_files_of_a_deployment_are_deployed_again_all_or_some(api: Api) -> None:
    first = api.deploy("work", "person")
    api.deploy("work")
    resources = {item["name"]: item["id"] for item in api.get(f"/deployment/{first['id']}/resources")}

    everything = api.post(f"/deployment/{first['id']}/redeploy", {"source": "by hand"}, 200)
    assert (everything["name"], everything["source"]) == ("test", "by hand")
    versions = {item["key"]: item["version"] for item in everything["deployedProcessDefinitions"].values()}
    assert versions == {"work": 3, "person": 2}
    for body in ({"resourceNames": ["person.bpmn"]}, {"resourceIds": [resources["person.bpmn"]]}):
        some = api.post(f"/deployment/{first['id']}/redeploy", body, 200)
        assert [item["key"] for item in some["deployedProcessDefinitions"].values()] == ["person"]
        (copied,) = api.get(f"/deployment/{some['id']}/resources")
        data = api.get(f"/deployment/{some['id']}/resources/{copied['id']}/data")
        assert data.text == diagrams.PERSON


def test_what_is_not_there_is_not_deployed_again(api: Api) -> None:
    first = api.deploy("work")
    api.post("/deployment/none/redeploy", {}, 404)
    for body in ({"resourceNames": ["work.bpmn", "other.bpmn"]}, {"resourceIds": ["none"]}):
        api.post(f"/deployment/{first['id']}/redeploy", body, 404)
    assert api.get("/deployment/count")["count"] == 1
