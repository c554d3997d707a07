"""What is called and not there is a warning at deployment."""

from __future__ import annotations

import pytest

from baton.model.problems import Problem
from baton.service import Engine, Resource
from tests.service.decisions import DISCOUNT
from tests.service.processes import bpmn, line

TABLE = Resource("discount.dmn", DISCOUNT)


def make_file(key: str, *nodes: str) -> Resource:
    return Resource(f"{key}.bpmn", bpmn(line(*nodes), key))


def call(key: str, more: str = "") -> str:
    return f'<callActivity id="call" calledElement="{key}" {more}/>'


def decide(key: str, more: str = "") -> str:
    return f'<businessRuleTask id="decide" camunda:decisionRef="{key}" {more}/>'


def find(engine: Engine, *resources: Resource, tenant: str | None = None) -> list[Problem]:
    found = engine.deployments.deploy("d", resources, tenant_id=tenant).problems
    return [problem for problem in found if problem.rule == "not-deployed"]


def test_a_process_and_a_decision_that_are_not_there_are_told(engine: Engine) -> None:
    called, decided = find(engine, make_file("p", call("gone"), decide("nowhere")))

    assert (called.element, called.resource, called.is_error) == ("call", "p.bpmn", False)
    assert called.line is not None
    assert "the process 'gone', which 'call' calls, to be deployed" in called.message
    assert "the decision 'nowhere', which 'decide' calls" in decided.message


def test_checking_tells_it_too(engine: Engine) -> None:
    found = engine.deployments.check([make_file("p", call("gone"))])
    assert "not-deployed" in {problem.rule for problem in found}


def test_what_is_deployed_beside_or_before_is_there(engine: Engine) -> None:
    assert find(engine, make_file("p", call("q"), decide("discount")), make_file("q"), TABLE) == []
    assert (
        find(
            engine,
            make_file(
                "r",
                call("q"),
                decide("discount"),
            ),
            tenant="north",
        )
        == []
    )
    assert find(engine, make_file("self", call("self"))) == []


@pytest.mark.parametrize(
    "node",
    [
        call("${which}"),
        call("q", 'camunda:calledElementBinding="version" camunda:calledElementVersion="1"'),
        decide("discount", 'camunda:decisionRefBinding="version" camunda:decisionRefVersion="1"'),
        decide("${which}"),
    ],
)
def test_versions_that_are_there_and_names_of_a_run_are_not_told(engine: Engine, node: str) -> None:
    find(engine, make_file("q"), TABLE)
    assert find(engine, make_file("p", node)) == []


@pytest.mark.parametrize(
    "node",
    [
        call("q", 'camunda:calledElementBinding="version" camunda:calledElementVersion="9"'),
        decide("discount", 'camunda:decisionRefBinding="version" camunda:decisionRefVersion="9"'),
    ],
)
def test_a_version_that_is_not_there_is_told(engine: Engine, node: str) -> None:
    find(engine, make_file("q"), TABLE)
    (problem,) = find(engine, make_file("p", node))
    assert "by version 9" in problem.message


def test_another_tenants_process_is_not_there(engine: Engine) -> None:
    find(engine, make_file("q"), tenant="north")
    assert len(find(engine, make_file("p", call("q")), tenant="south")) == 1
