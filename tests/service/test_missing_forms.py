"""A form that is named and not there is a warning, when it is checked and when it is deployed."""

from __future__ import annotations

import json

from baton.model.problems import Problem
from baton.service import Engine, Resource
from tests.service.processes import bpmn, line

FORM = Resource("approve.form", json.dumps({"id": "approve-form", "components": []}).encode())


def ask(attributes: str) -> Resource:
    return Resource("p.bpmn", bpmn(line(f'<userTask id="ask" {attributes}/>'), "p"))


def find(engine: Engine, *resources: Resource) -> list[Problem]:
    return [it for it in engine.deployments.check(resources) if it.rule in ("not-deployed", "not-in-deployment")]


def test_a_form_that_is_nowhere_is_told_with_its_task(engine: Engine) -> None:
    (found,) = find(engine, ask('camunda:formRef="approve-form"'))

    assert (found.rule, found.element, found.resource, found.is_error) == ("not-deployed", "ask", "p.bpmn", False)
    assert found.line is not None
    assert "the form 'approve-form', which 'ask' names, to be deployed" in found.message


def test_the_form_of_a_start_event_is_told_too(engine: Engine) -> None:
    start = '<startEvent id="begin" camunda:formRef="gone"/><endEvent id="e"/>'
    flow = '<sequenceFlow id="f" sourceRef="begin" targetRef="e"/>'
    (found,) = find(engine, Resource("p.bpmn", bpmn(start + flow, "p")))
    assert (found.rule, found.element) == ("not-deployed", "begin")


def test_a_form_beside_the_diagram_is_found_by_its_id_and_by_its_name(engine: Engine) -> None:
    for reference in ("approve-form", "approve"):
        assert find(engine, ask(f'camunda:formRef="{reference}"'), FORM) == []
    assert find(engine, ask('camunda:formKey="camunda-forms:deployment:approve.form"'), FORM) == []


def test_a_form_that_was_deployed_before_is_there_for_whoever_takes_the_latest(engine: Engine) -> None:
    engine.deployments.deploy("forms", [FORM])

    assert find(engine, ask('camunda:formRef="approve-form"')) == []
    assert (
        find(engine, ask('camunda:formRef="approve-form" camunda:formRefBinding="version" camunda:formRefVersion="1"'))
        == []
    )
    (later,) = find(
        engine, ask('camunda:formRef="approve-form" camunda:formRefBinding="version" camunda:formRefVersion="2"')
    )
    assert "by version 2" in later.message
    (bound,) = find(engine, ask('camunda:formRef="approve-form" camunda:formRefBinding="deployment"'))
    assert bound.rule == "not-in-deployment"
    assert "the form 'approve-form' in the same deployment, to which 'ask' is bound" in bound.message


def test_a_key_of_a_file_that_is_not_in_the_deployment_is_told(engine: Engine) -> None:
    (found,) = find(engine, ask('camunda:formKey="camunda-forms:deployment:approve.form"'))
    assert (found.rule, found.element) == ("not-in-deployment", "ask")


def test_forms_that_a_page_of_its_own_draws_are_nobodys_business(engine: Engine) -> None:
    assert find(engine, ask('camunda:formKey="app:forms/approve"')) == []
