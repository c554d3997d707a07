"""``/process-definition``: reading and starting."""

from __future__ import annotations

from tests.web import diagrams
from tests.web.conftest import Api


def test_a_definition_is_found_by_id_and_the_latest_by_key(api: Api) -> None:
    api.deploy("work")
    api.deploy("work")
    latest = api.get("/process-definition/key/work")
    assert (latest["version"], latest["versionTag"], latest["historyTimeToLive"]) == (2, "v1", 30)
    assert api.get(f"/process-definition/{latest['id']}") == latest
    assert api.get(f"/process-definition/{latest['id']}/xml")["bpmn20Xml"] == diagrams.WORK
    assert api.get("/process-definition/key/nothing", 404)["message"]


def test_lists_are_filtered_sorted_and_paged(api: Api) -> None:
    api.deploy("work", "person", "waiting")
    api.deploy("work")
    found = api.get("/process-definition", latestVersion="true", sortBy="key", sortOrder="desc")
    assert [(item["key"], item["version"]) for item in found] == [("work", 2), ("waiting", 1), ("person", 1)]
    paged = api.get("/process-definition", sortBy="key", sortOrder="asc", firstResult=1, maxResults=2)
    assert [item["key"] for item in paged] == ["waiting", "work"]
    assert api.get("/process-definition/count", key="work")["count"] == 2
    assert api.get("/process-definition", keysIn="work,person", version=1)[0]["version"] == 1


def test_half_a_sorting_and_unknown_parameters_are_refused(api: Api) -> None:
    assert "sortOrder" in api.get("/process-definition", 400, sortBy="key")["message"]
    assert "colour" in api.get("/process-definition", 400, colour="red")["message"]
    assert "sortBy" in api.get("/process-definition", 400, sortBy="colour", sortOrder="asc")["message"]


def test_starting_answers_the_instance_in_the_shape_of_camunda(api: Api) -> None:
    api.deploy("work")
    body = {
        "businessKey": "A-1",
        "variables": {"amount": {"value": 12, "type": "Integer"}},
        "withVariablesInReturn": True,
    }
    started = api.post("/process-definition/key/work/start", body, 200)
    assert started["businessKey"] == "A-1"
    assert started["definitionId"].startswith("work:1:")
    assert (started["ended"], started["suspended"], started["caseInstanceId"]) == (False, False, None)
    assert started["variables"]["amount"] == {"type": "Integer", "value": 12, "valueInfo": {}}
    assert started["links"] == [
        {"method": "GET", "href": f"http://localhost/engine-rest/process-instance/{started['id']}", "rel": "self"}
    ]


def test_a_wrong_variable_is_refused_and_nothing_starts(api: Api) -> None:
    api.deploy("work")
    refused = api.post(
        "/process-definition/key/work/start", {"variables": {"amount": {"value": "x", "type": "Integer"}}}, 400
    )
    assert refused["type"] == "InvalidRequestException"
    assert "amount" in refused["message"]
    assert api.get("/process-instance/count")["count"] == 0


def test_the_alias_of_the_default_engine_is_the_same(api: Api) -> None:
    api.deploy("work")
    assert api.get("/engine/default/process-definition/count") == {"count": 1}
    assert api.get("/engine") == [{"name": "default"}]


def test_a_unique_business_key_is_refused_twice_and_the_first_is_named(api: Api) -> None:
    api.deploy("work")
    body = {"businessKey": "A-1", "uniqueBusinessKey": True}
    first = api.post("/process-definition/key/work/start", body)["id"]
    refused = api.post("/process-definition/key/work/start", body, 409)
    assert first in refused["message"]


def test_a_start_form_gives_its_fields_and_their_defaults(api: Api) -> None:
    api.deploy("person")
    variables = api.get("/process-definition/key/person/form-variables")
    assert variables["amount"] == {"type": "Long", "value": 7, "valueInfo": {}}
    assert variables["kind"]["value"] == "a"
    fields = api.get("/process-definition/key/person/form-fields")
    assert [field["id"] for field in fields] == ["amount", "kind"]
    assert fields[1]["choices"] == [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}]
    assert api.get("/process-definition/key/person/startForm")["key"] == "embedded:app:start.html"


def test_statistics_count_tokens_by_element(api: Api) -> None:
    api.deploy("work")
    api.start("work")
    api.start("work")
    by_element = {item["id"]: item["instances"] for item in api.get("/process-definition/key/work/statistics")}
    assert by_element["Do"] == 2
    (whole,) = api.get("/process-definition/statistics", incidents="true")
    assert (whole["instances"], whole["incidents"]) == (2, [])


def test_a_suspended_definition_starts_nothing(api: Api) -> None:
    api.deploy("work")
    api.put("/process-definition/key/work/suspended", {"suspended": True}, 204)
    assert api.get("/process-definition/key/work")["suspended"] is True
    assert api.post("/process-definition/key/work/start", {}, 500)["type"] == "ProcessEngineException"
    api.put("/process-definition/suspended", {"suspended": False, "processDefinitionKey": "work"}, 204)
    api.start("work")


def test_history_time_to_live_can_be_changed(api: Api) -> None:
    api.deploy("work")
    api.put("/process-definition/key/work/history-time-to-live", {"historyTimeToLive": 5}, 204)
    assert api.get("/process-definition/key/work")["historyTimeToLive"] == 5


def test_a_file_without_a_diagram_gets_one_to_be_shown_and_stays_as_deployed(api: Api) -> None:
    api.deploy("person")
    xml = api.get("/process-definition/key/person/xml")["bpmn20Xml"]
    drawn = api.call("POST", "/process-definition/layout", data=xml, content_type="application/xml")

    assert drawn.mimetype == "application/xml"
    assert drawn.text.count("BPMNShape ") == 3
    assert api.call("POST", "/process-definition/layout", data=drawn.data, content_type="text/xml").data == drawn.data
    assert api.get("/process-definition/key/person/xml")["bpmn20Xml"] == xml


def test_what_is_no_bpmn_is_not_drawn(api: Api) -> None:
    refused = api.call("POST", "/process-definition/layout", 400, data="<a/>", content_type="application/xml")
    assert "Expected the root element 'definitions'" in refused["message"]
