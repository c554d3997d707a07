"""What was decided stays in the history: inside instances, and where somebody has asked for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.decisions import dmn, table
from tests.web import diagrams
from tests.web.conftest import Api

REQUIRES = '<informationRequirement id="q"><requiredDecision href="#rate"/></informationRequirement>'
CHAIN = dmn(
    table("rate", (">= 100", "5"), ("-", "1")),
    table("discount", (">= 5", "10"), ("-", "0"), ask="rate").replace("<decisionTable", f"{REQUIRES}<decisionTable"),
)
RULES = diagrams.process(
    "ruled",
    '<bpmn:startEvent id="Start"/><bpmn:businessRuleTask id="Decide" camunda:decisionRef="discount" '
    'camunda:mapDecisionResult="singleEntry" camunda:resultVariable="found"/><bpmn:userTask id="Ask"/>'
    '<bpmn:endEvent id="End"/>'
    + diagrams.flow(1, "Start", "Decide")
    + diagrams.flow(2, "Decide", "Ask")
    + diagrams.flow(3, "Ask", "End"),
)


def deploy(api: Api, content: bytes = CHAIN) -> Any:
    data = {
        "discount.dmn": (io.BytesIO(content), "discount.dmn"),
        "ruled.bpmn": (io.BytesIO(RULES.encode()), "ruled.bpmn"),
    }
    return api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")


def evaluate(api: Api, total: object = 120) -> Any:
    return api.post("/decision-definition/key/discount/evaluate", {"variables": {"total": {"value": total}}})


def test_a_business_rule_task_leaves_what_was_decided_with_inputs_and_outputs(api: Api) -> None:
    deploy(api)
    instance = api.start("ruled", total=120)

    [root] = api.get(
        "/history/decision-instance",
        processInstanceId=instance,
        rootDecisionInstancesOnly="true",
        includeInputs="true",
        includeOutputs="true",
    )

    assert (root["decisionDefinitionKey"], root["decisionDefinitionName"]) == ("discount", "The discount")
    assert root["decisionDefinitionId"].startswith("discount:1:")
    assert (root["activityId"], root["processDefinitionKey"]) == ("Decide", "ruled")
    assert root["rootProcessInstanceId"] == instance
    assert root["rootDecisionInstanceId"] is None
    assert [(item["clauseName"], item["value"], item["type"]) for item in root["inputs"]] == [("rate", 5, "Integer")]
    [output] = root["outputs"]
    assert (output["variableName"], output["value"], output["ruleId"], output["ruleOrder"]) == ("discount", 10, "r0", 1)
    assert api.get(f"/history/decision-instance/{root['id']}", includeInputs="true", includeOutputs="true") == root
    activity = api.get("/history/activity-instance", processInstanceId=instance, activityId="Decide")[0]
    assert root["activityInstanceId"] == activity["id"]


def test_what_a_decision_required_has_an_instance_that_names_its_root(api: Api) -> None:
    deploy(api)
    instance = api.start("ruled", total=120)

    both = api.get("/history/decision-instance", processInstanceId=instance)

    assert [item["decisionDefinitionKey"] for item in both] == ["discount", "rate"]
    root, required = both
    assert required["rootDecisionInstanceId"] == root["id"]
    assert required["decisionDefinitionId"].startswith("rate:1:")
    assert "inputs" not in required
    assert "outputs" not in required
    [file] = api.get("/decision-requirements-definition")
    assert [item["decisionRequirementsDefinitionId"] for item in both] == [file["id"]] * 2
    counted = [
        {"decisionDefinitionKey": "discount", "evaluations": 1},
        {"decisionDefinitionKey": "rate", "evaluations": 1},
    ]
    path = f"/history/decision-requirements-definition/{file['id']}/statistics"
    assert api.get(path) == counted
    assert api.get(path, decisionInstanceId="another") == []
    api.get("/history/decision-requirements-definition/none/statistics", 404)


def test_an_evaluation_that_somebody_asked_for_is_listed_too_and_survives_a_restart(api: Api, engine: Engine) -> None:
    deploy(api)
    evaluate(api)

    found = api.get("/history/decision-instance", rootDecisionInstancesOnly="true", includeOutputs="true")
    with_another = assemble(engine.settings)
    kept = list(with_another.decision_instances.iterate())
    with_another.close()

    assert [(item["processInstanceId"], item["outputs"][0]["value"]) for item in found] == [(None, 10)]
    assert [evaluation.id for evaluation in kept] == [found[0]["id"]]
    assert api.get(f"/history/decision-instance/{found[0]['id']}.0")["decisionDefinitionKey"] == "rate"
    api.get("/history/decision-instance/nothing", 404)
    api.get("/history/decision-instance/0123456789abcdef-01.e3", 404)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 4),
        ({"decisionDefinitionKey": "rate"}, 2),
        ({"decisionDefinitionKeyIn": "rate,other"}, 2),
        ({"decisionDefinitionName": "The rate"}, 2),
        ({"decisionDefinitionNameLike": "%disc%"}, 2),
        ({"decisionDefinitionId": "none"}, 0),
        ({"decisionDefinitionIdIn": "none,nothing"}, 0),
        ({"decisionInstanceId": "none"}, 0),
        ({"decisionInstanceIdIn": "none,nothing"}, 0),
        ({"processDefinitionKey": "ruled"}, 2),
        ({"processDefinitionId": "none"}, 0),
        ({"activityIdIn": "Decide"}, 2),
        ({"activityInstanceIdIn": "none"}, 0),
        ({"rootDecisionInstancesOnly": "true"}, 2),
        ({"rootDecisionInstanceId": "none"}, 0),
        ({"evaluatedBefore": "2001-01-01T00:00:00.000+0000"}, 0),
        ({"evaluatedAfter": "2001-01-01T00:00:00.000+0000"}, 4),
        ({"userId": "nobody"}, 0),
        ({"tenantIdIn": "one"}, 0),
        ({"withoutTenantId": "true"}, 4),
        ({"caseDefinitionId": "none"}, 0),
        ({"caseDefinitionKey": "none"}, 0),
        ({"caseInstanceId": "none"}, 0),
        ({"decisionRequirementsDefinitionKey": "d"}, 4),
        ({"decisionRequirementsDefinitionId": "none"}, 0),
    ],
)
def test_every_filter_has_an_effect(api: Api, query: dict[str, Any], expected: int) -> None:
    deploy(api)
    api.start("ruled", total=120)
    evaluate(api)

    assert api.get("/history/decision-instance/count", **query) == {"count": expected}
    assert len(api.get("/history/decision-instance", **query)) == expected
    paged = api.get("/history/decision-instance", **query, firstResult=1, maxResults=2)
    assert len(paged) == max(0, min(2, expected - 1))


def test_they_are_sorted_by_the_moment_of_the_evaluation(api: Api) -> None:
    deploy(api)
    api.start("ruled", total=1)
    evaluate(api)
    api.start("ruled", total=1)

    for order in ("asc", "desc"):
        found = api.get("/history/decision-instance", sortBy="evaluationTime", sortOrder=order)
        times = [item["evaluationTime"] for item in found]
        assert len(found) == 6
        assert times == sorted(times, reverse=order == "desc")


def test_an_aggregation_shows_what_it_collected_and_every_rule_that_matched(api: Api) -> None:
    collect = table("discount", ("-", "1"), ("-", "2"), policy='COLLECT" aggregation="SUM')
    deploy(api, dmn(collect))
    evaluate(api)

    [found] = api.get("/history/decision-instance", includeOutputs="true")

    assert found["collectResultValue"] == 3
    assert [(output["ruleId"], output["value"]) for output in found["outputs"]] == [("r0", 1), ("r1", 2)]
    assert found["decisionRequirementsDefinitionId"] is None


def test_a_value_that_is_too_large_is_not_kept_and_says_so(api: Api) -> None:
    deploy(api, dmn(table("discount", ("-", "1"), ask="text")))
    body = {"variables": {"text": {"value": "x" * 5_000}}}
    table_of_texts = dmn(
        table("discount", ("-", "1"), ask="text").replace('typeRef="number"><text>text', "><text>text")
    )
    deploy(api, table_of_texts)
    api.post("/decision-definition/key/discount/evaluate", body)

    [found] = api.get("/history/decision-instance", includeInputs="true")

    [given] = found["inputs"]
    assert given["value"] is None
    assert "too large" in given["errorMessage"]


def test_what_is_deleted_as_a_batch_is_gone_and_the_rest_stays(api: Api) -> None:
    deploy(api)
    instance = api.start("ruled", total=120)
    evaluate(api)
    roots = [item["id"] for item in api.get("/history/decision-instance", rootDecisionInstancesOnly="true")]
    events = len(api.get(f"/process-instance/{instance}/history"))

    batch = api.run_batch("/history/decision-instance/delete", {"historicDecisionInstanceIds": roots})

    assert (batch["type"], batch["totalJobs"]) == ("historic-decision-instance-deletion", 2)
    left = api.get("/history/decision-instance")
    assert [item["decisionDefinitionKey"] for item in left] == ["rate", "rate"]
    assert len(api.get(f"/process-instance/{instance}/history")) == events
    api.run_batch("/history/decision-instance/delete", {"historicDecisionInstanceQuery": {"userId": None}})
    assert api.get("/history/decision-instance") == []
    body = {"historicDecisionInstanceIds": roots}
    api.post("/history/decision-instance/delete", body, 404)
    api.post("/history/decision-instance/delete", {}, 400)
    api.post("/history/decision-instance/delete", {"historicDecisionInstanceQuery": {"nothing": 1}}, 400)


def test_they_go_with_their_instance(api: Api) -> None:
    deploy(api)
    instance = api.start("ruled", total=120)
    api.delete(f"/process-instance/{instance}")

    api.delete(f"/history/process-instance/{instance}")

    assert api.get("/history/decision-instance") == []


def test_of_more_than_are_kept_the_oldest_go(valkey: str) -> None:
    engine = assemble(Settings(redis_url=valkey, partitions=4, max_decision_instances=2))
    api = Api(create_app(engine, WebSettings(hosts=None)).test_client(), engine)
    deploy(api)
    for total in (1, 2, 3):
        evaluate(api, total)

    found = api.get(
        "/history/decision-instance",
        decisionDefinitionKey="rate",
        includeInputs="true",
        sortBy="evaluationTime",
        sortOrder="desc",
    )
    engine.close()

    assert sorted(item["inputs"][0]["value"] for item in found) == [2, 3]


@pytest.fixture
def closed(valkey: str) -> Iterator[tuple[Flask, Engine]]:
    """A server where people sign in, and ``total`` is sensitive."""
    engine = assemble(Settings(redis_url=valkey, partitions=4, sensitive_variables="total"))
    yield create_app(engine, WebSettings(hosts=None, sign_in="required")), engine
    engine.close()


def sign_in(closed: tuple[Flask, Engine], *roles: Role) -> Api:
    app, engine = closed
    client = app.test_client()
    key, _ = engine.accounts.create_key(f"k{len(roles)}{roles[0].name}", list(roles))
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return Api(client, engine)


def test_who_may_not_see_sensitive_variables_sees_no_value_of_a_decision(closed: tuple[Flask, Engine]) -> None:
    administrator = sign_in(closed, Role.ADMINISTRATOR)
    deploy(administrator)
    instance = administrator.start("ruled", total=4929)
    evaluate(administrator, 4929)
    reader = sign_in(closed, Role.VIEWER)

    shown = reader.client.get("/engine-rest/history/decision-instance?includeInputs=true&includeOutputs=true").text
    history = reader.client.get(f"/engine-rest/process-instance/{instance}/history").text

    assert "4929" not in shown
    assert "***" in shown
    assert "4929" not in history
    seen = administrator.get("/history/decision-instance", includeInputs="true", decisionDefinitionKey="rate")
    assert {item["inputs"][0]["value"] for item in seen} == {4929}


def test_who_evaluated_a_decision_is_said(closed: tuple[Flask, Engine]) -> None:
    administrator = sign_in(closed, Role.ADMINISTRATOR)
    deploy(administrator)
    evaluate(administrator)

    [found, _] = administrator.get("/history/decision-instance")

    assert found["userId"] is not None
    assert len(administrator.get("/history/decision-instance", userId=found["userId"])) == 2
