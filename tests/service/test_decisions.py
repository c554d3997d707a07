"""Decisions beside processes: deployed, versioned, evaluated, and used by business rule tasks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from baton.model.commands import ResolveIncident
from baton.model.errors import CannotEvaluate, DeploymentRefused, NotFound
from baton.model.records import InstanceState
from baton.model.values import Value
from baton.service import DecisionQuery, Engine, IncidentQuery, Resource
from tests.service.conftest import Clock
from tests.service.decisions import DISCOUNT, dmn, fixed, table
from tests.service.processes import bpmn, line


def deploy(engine: Engine, content: bytes = DISCOUNT, *others: Resource, name: str = "discount.dmn") -> str:
    result = engine.deployments.deploy("rules", [Resource(name, content), *others])
    return result.decisions[0].id


def rule(binding: str = "", key: str = "discount", more: str = 'camunda:mapDecisionResult="singleEntry"') -> Resource:
    task = f'<businessRuleTask id="t" camunda:decisionRef="{key}" camunda:resultVariable="r" {binding} {more}/>'
    return Resource("p.bpmn", bpmn(line(task)))


def run(engine: Engine, *, total: int = 0, **more: Value) -> Value:
    header = engine.starts.start(engine.definitions.get_latest("p").id, variables={"total": total, **more})
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    return engine.instance_reader.get_variables(header.id)["r"]


def test_each_deployment_of_a_decision_gives_a_new_version(engine: Engine) -> None:
    first, second = deploy(engine), deploy(engine)

    assert engine.decisions.get_latest("discount").id == second
    assert engine.decisions.get(first).version == 1
    assert engine.decisions.count(DecisionQuery(keys=("discount",))) == 2
    (newest,) = engine.decisions.find(DecisionQuery(latest=True, version_tag="spring", name_like="The%"))
    assert (newest.id, newest.key, newest.name, newest.resource_name) == (
        second,
        "discount",
        "The discount",
        "discount.dmn",
    )
    assert engine.decisions.get_xml(first) == DISCOUNT.decode()


def test_a_decision_is_evaluated_with_variables(engine: Engine) -> None:
    id_ = deploy(engine)

    assert engine.decisions.evaluate_definition(id_, {"total": 250}) == [{"discount": 10}]
    assert engine.decisions.evaluate_definition(id_, {"total": 5}) == [{"discount": 0}]


def test_a_decision_knows_what_time_it_is(engine: Engine, clock: Clock) -> None:
    id_ = deploy(engine, dmn(table("year", ("-", "now().year"))))

    assert engine.decisions.evaluate_definition(id_, {"total": 1}) == [
        {"discount": datetime.fromtimestamp(clock.now / 1000, UTC).year}
    ]


def test_a_decision_that_fails_says_where(engine: Engine) -> None:
    id_ = deploy(engine, dmn(table("discount", (">= 1", "1"), (">= 2", "2"), policy="UNIQUE")))

    with pytest.raises(CannotEvaluate, match="UNIQUE"):
        engine.decisions.evaluate_definition(id_, {"total": 3})
    with pytest.raises(NotFound):
        engine.decisions.evaluate_definition("nope:1:x", {})


def test_a_wrong_decision_refuses_the_whole_deployment(engine: Engine) -> None:
    wrong = dmn(table("discount", (">=", "1")))

    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy("rules", [rule(), Resource("discount.dmn", wrong), Resource("other.dmn", b"<x/>")])

    assert {problem.resource for problem in refused.value.problems if problem.is_error} == {"discount.dmn", "other.dmn"}
    assert engine.decisions.find(DecisionQuery()) == []
    assert [problem.rule for problem in engine.deployments.check([Resource("a.dmn", wrong)])] == ["dmn-expression"]


def test_the_same_decision_twice_in_a_deployment_is_refused(engine: Engine) -> None:
    with pytest.raises(DeploymentRefused, match="duplicate-decision"):
        engine.deployments.deploy("rules", [Resource("a.dmn", DISCOUNT), Resource("b.dmn", DISCOUNT)])


def test_a_business_rule_task_asks_the_latest_version(engine: Engine) -> None:
    deploy(engine, DISCOUNT, rule())

    assert run(engine, total=250) == 10
    deploy(engine, fixed("discount", "7"))
    assert run(engine, total=250) == 7


@pytest.mark.parametrize(
    ("binding", "found"),
    [
        ('camunda:decisionRefBinding="deployment"', 2),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="1"', 1),
        ('camunda:decisionRefBinding="version" camunda:decisionRefVersion="${which}"', 3),
        ('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="b"', 2),
    ],
)
def test_a_business_rule_task_may_be_bound(engine: Engine, binding: str, found: int) -> None:
    deploy(engine, fixed("discount", "1"))
    deploy(engine, fixed("discount", "2", attributes='camunda:versionTag="b"'), rule(binding))
    deploy(engine, fixed("discount", "3"))

    assert run(engine, which=3) == found


def test_a_key_may_be_an_expression(engine: Engine) -> None:
    deploy(engine, fixed("discount", "4"), rule(key="${which}"))

    assert run(engine, which="discount") == 4


def test_a_decision_that_is_missing_makes_an_incident_that_a_deployment_and_a_retry_resolve(engine: Engine) -> None:
    engine.deployments.deploy("p", [rule()])
    header = engine.starts.start(engine.definitions.get_latest("p").id, variables={"total": 1})

    (incident,) = engine.incidents.find(IncidentQuery(instance_ids=(header.id,)))
    assert "'discount'" in incident.message
    deploy(engine, fixed("discount", "5"))
    engine.mailbox.submit(header.id, ResolveIncident(incident_id=incident.id))
    assert engine.instance_reader.get_variables(header.id)["r"] == 5


def test_without_a_result_variable_output_mappings_see_the_decision_result(engine: Engine) -> None:
    task = (
        '<businessRuleTask id="t" camunda:decisionRef="discount"><extensionElements><camunda:inputOutput>'
        '<camunda:outputParameter name="r">${decisionResult[0].discount}</camunda:outputParameter>'
        "</camunda:inputOutput></extensionElements></businessRuleTask>"
    )
    deploy(engine, DISCOUNT, Resource("p.bpmn", bpmn(line(task))))

    assert run(engine, total=100) == 10


def test_the_dialects_shape_the_result_as_their_engines_do(engine: Engine) -> None:
    zeebe = (
        '<businessRuleTask id="t"><extensionElements><zeebe:calledDecision '
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" decisionId="discount" '
        'resultVariable="r"/></extensionElements></businessRuleTask>'
    )
    spiff = (
        '<businessRuleTask id="t"><extensionElements><spiffworkflow:calledDecisionId '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">discount</spiffworkflow:calledDecisionId>'
        "</extensionElements></businessRuleTask>"
    )
    collect = dmn(table("discount", (">= 1", "1"), (">= 2", "2"), policy="COLLECT"))

    deploy(engine, DISCOUNT, Resource("p.bpmn", bpmn(line(zeebe))))
    assert run(engine, total=100) == 10
    deploy(engine, collect)
    assert run(engine, total=1) == [1]

    deploy(engine, DISCOUNT, Resource("p.bpmn", bpmn(line(spiff))))
    header = engine.starts.start(engine.definitions.get_latest("p").id, variables={"total": 100})
    assert engine.instance_reader.get_variables(header.id) == {"total": 100, "discount": 10}


def test_a_deployment_that_goes_takes_its_decisions_along(engine: Engine) -> None:
    first, second = deploy(engine), deploy(engine)

    engine.administration.delete_deployment(engine.decisions.get(second).deployment_id)

    assert engine.decisions.get_latest("discount").id == first
    with pytest.raises(NotFound):
        engine.decisions.get(second)
    engine.administration.delete_deployment(engine.decisions.get(first).deployment_id)
    with pytest.raises(NotFound):
        engine.decisions.get_latest("discount")


def test_a_call_by_a_version_tag_that_is_null_finds_nothing(engine: Engine) -> None:
    deploy(engine, DISCOUNT, rule('camunda:decisionRefBinding="versionTag" camunda:decisionRefVersionTag="${tag}"'))
    deploy(engine, fixed("discount", "2"))

    header = engine.starts.start(engine.definitions.get_latest("p").id, variables={"total": 1, "tag": None})

    assert engine.incidents.count(IncidentQuery(instance_ids=(header.id,))) == 1


def test_what_is_bound_to_its_deployment_but_not_in_it_is_a_warning(engine: Engine) -> None:
    bound = rule('camunda:decisionRefBinding="deployment"')
    call = '<callActivity id="c" calledElement="q" camunda:calledElementBinding="deployment"/>'

    assert [problem.rule for problem in engine.deployments.check([bound])] == ["not-in-deployment"]
    assert engine.deployments.check([bound, Resource("discount.dmn", DISCOUNT)]) == []
    found = engine.deployments.check([Resource("p.bpmn", bpmn(line(call)))])
    assert [(problem.rule, problem.element) for problem in found] == [("not-in-deployment", "c")]
