"""Decisions that import other files of their deployment."""

from __future__ import annotations

import pytest

from baton.model.errors import DeploymentRefused
from baton.service import Engine, Resource

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def library(factor: int) -> Resource:
    function = (
        f'<businessKnowledgeModel id="raise" name="raise price"><variable name="raise price"/><encapsulatedLogic>'
        f'<formalParameter name="p" typeRef="number"/><literalExpression><text>p * {factor}</text></literalExpression>'
        "</encapsulatedLogic></businessKnowledgeModel>"
        '<decision id="base" name="base"><literalExpression><text>7</text></literalExpression></decision>'
    )
    return Resource("library.dmn", f'<definitions xmlns="{SPACE}" namespace="lib">{function}</definitions>'.encode())


MODEL = Resource(
    "price.dmn",
    (
        f'<definitions xmlns="{SPACE}" namespace="prices"><import name="lib" namespace="lib" importType="{SPACE}"/>'
        '<decision id="price" name="price"><variable name="price" typeRef="number"/>'
        '<informationRequirement><requiredDecision href="lib#base"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="lib#raise"/></knowledgeRequirement>'
        "<literalExpression><text>lib.raise price(net + lib.base)</text></literalExpression></decision></definitions>"
    ).encode(),
)


def evaluate_latest(engine: Engine) -> object:
    return engine.decisions.evaluate_definition(engine.decisions.get_latest("price").id, {"net": 3})[0]["price"]


def test_a_decision_calls_a_function_of_another_file_of_its_deployment(engine: Engine) -> None:
    engine.deployments.deploy("d", [MODEL, library(2)])

    assert evaluate_latest(engine) == 20


def test_a_changed_import_deploys_the_model_too(engine: Engine) -> None:
    engine.deployments.deploy("d", [MODEL, library(2)])
    engine.deployments.deploy("d", [MODEL, library(3)], changed_only=True)

    assert engine.decisions.get_latest("price").version == 2
    assert evaluate_latest(engine) == 30


def test_an_import_that_is_not_deployed_with_it_refuses_the_deployment(engine: Engine) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy("d", [MODEL])

    assert [problem.rule for problem in refused.value.problems][:1] == ["dmn-import"]
