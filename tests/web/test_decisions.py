"""Decisions over HTTP."""

from __future__ import annotations

import io
from typing import Any

from tests.service.decisions import DISCOUNT, dmn, table
from tests.web.conftest import Api


def deploy(api: Api, content: bytes = DISCOUNT, expect: int = 0) -> Any:
    data = {"file": (io.BytesIO(content), "discount.dmn")}
    return api.call("POST", "/deployment/create", expect, data=data, content_type="multipart/form-data")


def test_a_decision_is_deployed_listed_and_read(api: Api) -> None:
    deployed = deploy(api)
    (one,) = deployed["deployedDecisionDefinitions"].values()

    assert one == {
        "id": one["id"],
        "key": "discount",
        "category": "n",
        "name": "The discount",
        "version": 1,
        "resource": "discount.dmn",
        "deploymentId": deployed["id"],
        "tenantId": None,
        "decisionRequirementsDefinitionId": None,
        "decisionRequirementsDefinitionKey": None,
        "historyTimeToLive": None,
        "versionTag": "spring",
    }
    assert deployed["deployedProcessDefinitions"] is None
    assert api.get("/decision-definition", key="discount", latestVersion="true", sortBy="key", sortOrder="asc") == [one]
    assert api.get("/decision-definition/count", versionTag="autumn") == {"count": 0}
    assert api.get(f"/decision-definition/{one['id']}") == one
    assert api.get("/decision-definition/key/discount") == one
    assert api.get("/decision-definition/key/discount/xml") == {"id": one["id"], "dmnXml": DISCOUNT.decode()}
    api.get("/decision-definition/key/discount/diagram", 204)
    api.get("/decision-definition/key/other", 404)


def test_a_decision_is_evaluated_by_key_and_by_id(api: Api) -> None:
    (id_,) = deploy(api)["deployedDecisionDefinitions"]
    body = {"variables": {"total": {"value": 100, "type": "Integer"}}}

    expected = [{"discount": {"value": 10, "type": "Integer", "valueInfo": {}}}]
    assert api.post("/decision-definition/key/discount/evaluate", body) == expected
    assert api.post(f"/decision-definition/{id_}/evaluate", body) == expected


def test_a_decision_that_cannot_be_evaluated_answers_500_with_the_reason(api: Api) -> None:
    deploy(api, dmn(table("discount", ("-", "1"), ("-", "2"), policy="UNIQUE")))

    refused = api.post("/decision-definition/key/discount/evaluate", {"variables": {"total": {"value": 1}}}, 500)

    assert refused["type"] == "RestException"
    assert "UNIQUE" in refused["message"]
    api.post("/decision-definition/key/nope/evaluate", {}, 404)


def test_a_wrong_decision_is_refused_with_a_list_of_problems(api: Api) -> None:
    refused = deploy(api, dmn(table("discount", (">=", "1"), ("<", "2"))), 400)

    assert [item["rule"] for item in refused["problems"]] == ["dmn-expression", "dmn-expression"]
    assert len(refused["details"]["discount.dmn"]["errors"]) == 2
    assert refused["message"].startswith("Could not parse DMN decision. Errors:\n* [")
