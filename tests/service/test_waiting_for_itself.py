"""What waits for itself is a warning at deployment: calls that come back, and messages that wait for each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from baton.cli import main
from baton.model.errors import DeploymentRefused
from baton.model.problems import Problem
from baton.service import Engine, Resource
from tests.service.processes import bpmn, line

M1, M2 = '<message id="one" name="One"/>', '<message id="two" name="Two &amp; more"/>'
BOTH = M1 + M2


def call(key: str, more: str = "") -> str:
    return f'<callActivity id="call-{key}" calledElement="{key}" {more}/>'


def catch(message: str, id_: str = "catch") -> str:
    return (
        f'<intermediateCatchEvent id="{id_}"><messageEventDefinition messageRef="{message}"/></intermediateCatchEvent>'
    )


def throw(message: str, id_: str = "throw") -> str:
    return (
        f'<intermediateThrowEvent id="{id_}"><messageEventDefinition messageRef="{message}"/></intermediateThrowEvent>'
    )


def file(key: str, *nodes: str) -> Resource:
    return Resource(f"{key}.bpmn", bpmn(line(*nodes), key, BOTH))


def find(engine: Engine, *resources: Resource, tenant: str | None = None) -> list[Problem]:
    found = engine.deployments.deploy("d", resources, tenant_id=tenant).problems
    return [problem for problem in found if problem.rule in ("recursive-call", "message-cycle")]


def places(problems: list[Problem]) -> set[tuple[str | None, str | None]]:
    return {(problem.resource, problem.element) for problem in problems}


# -- calls


def test_a_process_that_calls_itself_is_reported(engine: Engine) -> None:
    (problem,) = find(engine, file("a", call("a")))

    assert (problem.element, problem.resource, problem.is_error) == ("call-a", "a.bpmn", False)
    assert "a calls a" in problem.message
    assert problem.line is not None


def test_calls_within_a_deployment_that_come_back_are_reported_at_each_call(engine: Engine) -> None:
    found = find(engine, file("a", call("b")), file("b", call("c")), file("c", call("a")), file("d", call("a")))

    assert places(found) == {("a.bpmn", "call-b"), ("b.bpmn", "call-c"), ("c.bpmn", "call-a")}
    assert "a calls b calls c calls a" in found[0].message


def test_calls_through_deployed_definitions_are_reported(engine: Engine) -> None:
    assert find(engine, file("a", call("b"))) == []
    assert find(engine, file("b", call("c"))) == []

    (problem,) = find(engine, file("c", call("a")))

    assert "c calls a calls b calls c" in problem.message


def test_a_new_version_that_calls_no_more_ends_the_cycle(engine: Engine) -> None:
    find(engine, file("a", call("b")))
    find(engine, file("b", call("a")))
    assert find(engine, file("a", throw("one"))) == []
    assert find(engine, file("b", call("a"))) == []


@pytest.mark.parametrize(
    ("binding", "reported"), [("deployment", True), ('version" camunda:calledElementVersion="1', False)]
)
def test_bindings_say_who_is_meant(engine: Engine, binding: str, reported: bool) -> None:
    find(engine, file("a", throw("one")))
    found = find(engine, file("a", call("a", f'camunda:calledElementBinding="{binding}"')))
    assert bool(found) is reported


def test_tenants_do_not_see_each_other(engine: Engine) -> None:
    find(engine, file("a", call("b")), tenant="north")
    assert find(engine, file("b", call("a")), tenant="south") == []
    assert places(find(engine, file("b", call("a")), tenant="north")) == {("b.bpmn", "call-a")}


def test_a_call_that_only_a_run_can_resolve_is_not_reported(engine: Engine) -> None:
    assert find(engine, file("a", '<callActivity id="x" calledElement="${next}"/>')) == []


# -- messages


def test_two_processes_that_wait_for_each_others_message_are_reported(engine: Engine) -> None:
    found = find(engine, file("a", catch("one"), throw("two")), file("b", catch("two"), throw("one")))

    assert places(found) == {("a.bpmn", "catch"), ("b.bpmn", "catch")}
    assert all(not problem.is_error and problem.line for problem in found)
    assert "only 'throw' of process 'b' throws it, after waiting at 'catch'" in found[0].message + found[1].message


def test_the_other_process_may_be_deployed_already(engine: Engine) -> None:
    assert find(engine, file("a", catch("one"), throw("two"))) == []
    assert places(find(engine, file("b", catch("two"), throw("one")))) == {("b.bpmn", "catch")}


def test_a_third_process_that_throws_the_message_is_enough(engine: Engine) -> None:
    find(engine, file("c", throw("two")))
    find(engine, file("a", catch("one"), throw("two")))
    assert find(engine, file("b", catch("two"), throw("one"))) == []


def test_who_throws_first_is_not_reported(engine: Engine) -> None:
    found = find(engine, file("a", throw("two"), catch("one")), file("b", catch("two"), throw("one")))
    assert found == []


def test_a_message_that_nobody_throws_comes_from_outside(engine: Engine) -> None:
    assert find(engine, file("a", catch("one"), throw("two")), file("b", catch("two"))) == []


def test_a_process_that_waits_for_its_own_message_is_reported(engine: Engine) -> None:
    assert places(find(engine, file("a", catch("one"), throw("one")))) == {("a.bpmn", "catch")}


def test_what_starts_a_process_may_always_come_from_outside(engine: Engine) -> None:
    body = (
        '<startEvent id="s"><messageEventDefinition messageRef="one"/></startEvent><sequenceFlow id="f" '
        'sourceRef="s" targetRef="e"/><endEvent id="e"><messageEventDefinition messageRef="one"/></endEvent>'
    )
    assert find(engine, Resource("a.bpmn", bpmn(body, "a", BOTH))) == []


def test_a_way_around_the_wait_is_enough(engine: Engine) -> None:
    boundary = (
        '<boundaryEvent id="late" attachedToRef="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        '</timerEventDefinition></boundaryEvent><sequenceFlow id="g" sourceRef="late" targetRef="throw"/>'
    )
    wait = '<receiveTask id="wait" messageRef="one"/>'
    other = file("b", catch("two"), throw("one"))
    told = Resource("a.bpmn", bpmn(line(wait, throw("two")), "a", BOTH))
    fine = Resource("a.bpmn", bpmn(line(wait, throw("two")) + boundary, "a", BOTH))

    assert places(find(engine, told, other)) == {("a.bpmn", "wait"), ("b.bpmn", "catch")}
    assert find(engine, fine, other) == []


def test_a_wait_inside_a_subprocess_holds_what_comes_behind_it(engine: Engine) -> None:
    inner = line(catch("one")).replace('"s"', '"is"').replace('"e"', '"ie"').replace('id="f', 'id="i')
    scope = f'<subProcess id="scope">{inner}</subProcess>'
    found = find(engine, file("a", scope, throw("two")), file("b", catch("two"), throw("one")))
    assert places(found) == {("a.bpmn", "catch"), ("b.bpmn", "catch")}


def test_a_name_that_only_a_run_shows_may_be_any(engine: Engine) -> None:
    any_name = Resource("c.bpmn", bpmn(line(throw("x")), "c", '<message id="x" name="${which}"/>'))
    found = find(engine, file("a", catch("one"), throw("two")), file("b", catch("two"), throw("one")), any_name)
    assert found == []


def test_a_check_tells_the_same_as_a_deployment(engine: Engine) -> None:
    resources = [file("a", catch("one"), throw("two")), file("b", catch("two"), throw("one"), call("b"))]
    assert {p.rule for p in engine.deployments.check(resources)} == {"message-cycle", "recursive-call"}


@pytest.mark.parametrize("names", ["a", "b", "ab", "abc"])
def test_a_check_without_a_server_tells_the_same(engine: Engine, tmp_path: Path, names: str) -> None:
    files = {
        "a": file("a", catch("one"), throw("two")),
        "b": file("b", catch("two"), throw("one"), call("b"), call("c", 'camunda:calledElementBinding="deployment"')),
        "c": file("c", call("a"), call("b", 'camunda:calledElementBinding="version" camunda:calledElementVersion="1"')),
    }
    for name in names:
        (tmp_path / f"{name}.bpmn").write_bytes(files[name].content)
    resources = [Resource(str(path), path.read_bytes()) for path in sorted(tmp_path.iterdir())]

    answered = CliRunner().invoke(main, ["check", str(tmp_path), "--json"])

    checked = engine.deployments.check(resources)
    of_server = {(p.resource, p.rule, p.element) for p in checked if p.rule != "not-deployed"}
    found = {(p["resource"], p["rule"], p["element"]) for p in json.loads(answered.output)["problems"]}
    assert found == of_server
    assert ("b" in names) == ("recursive-call" in {rule for _, rule, _ in found})
    assert ("ab" in names) == ("message-cycle" in {rule for _, rule, _ in found})


def test_a_refused_file_gets_only_its_errors(engine: Engine) -> None:
    wrong = Resource("w.bpmn", bpmn(line('<serviceTask id="t" camunda:type="external"/>'), "w"))
    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy("d", [file("a", call("a")), wrong])
    assert "recursive-call" not in {problem.rule for problem in refused.value.problems}
