from __future__ import annotations

import pytest

from baton.model.errors import BadRequest, Conflict, DeploymentRefused, NotFound
from baton.service import DefinitionQuery, DeploymentQuery, Engine, InstanceQuery, Resource, Settings, assemble
from baton.service.deployments import library
from tests.service.conftest import Clock
from tests.service.processes import ONE_TASK, bpmn, deploy, external, line

OTHER = bpmn(line(external("t", "other")))


def test_each_deployment_gives_a_new_version(engine: Engine) -> None:
    first, second = deploy(engine), deploy(engine)

    assert (first.version, second.version) == (1, 2)
    assert engine.definitions.get_latest("p").id == second.id
    assert [item.id for item in engine.definitions.find(DefinitionQuery(latest=True))] == [second.id]
    assert engine.definitions.count(DefinitionQuery(keys=("p",))) == 2
    assert engine.definitions.get_xml(first.id).startswith("<definitions")
    assert engine.definitions.get_model(first.id).id == "p"


def test_an_engine_that_is_alone_waits_for_no_other_process(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "CURRENT_FOR_S", 3 * 3600.0)
    alone = assemble(Settings(redis_url=valkey, alone=True))

    first, second = deploy(alone), deploy(alone)

    assert alone.definitions.get_latest("p").id == second.id != first.id


def test_nothing_is_deployed_when_nothing_changed(engine: Engine) -> None:
    first = engine.deployments.deploy("orders", [Resource("a.bpmn", ONE_TASK)])

    again = engine.deployments.deploy("orders", [Resource("a.bpmn", ONE_TASK)], duplicate_filtering=True)
    changed = engine.deployments.deploy("orders", [Resource("a.bpmn", OTHER)], duplicate_filtering=True)

    assert (again.deployment.id, again.definitions) == (first.deployment.id, ())
    assert changed.definitions[0].version == 2


def test_only_what_changed_is_deployed_if_asked(engine: Engine) -> None:
    q = bpmn(line(external("t")), key="q")
    engine.deployments.deploy("orders", [Resource("a.bpmn", ONE_TASK), Resource("b.bpmn", q)])

    again = engine.deployments.deploy("orders", [Resource("a.bpmn", OTHER), Resource("b.bpmn", q)], changed_only=True)

    assert [definition.key for definition in again.definitions] == ["p"]


def test_a_wrong_file_refuses_the_whole_deployment(engine: Engine) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        engine.deployments.deploy("x", [Resource("good.bpmn", ONE_TASK), Resource("bad.bpmn", b"<definitions")])

    assert any(problem.resource == "bad.bpmn" for problem in refused.value.problems)
    assert engine.definitions.find(DefinitionQuery()) == []
    assert engine.deployments.find(DeploymentQuery()) == []


def test_an_empty_or_doubled_deployment_is_refused(engine: Engine) -> None:
    with pytest.raises(BadRequest):
        engine.deployments.deploy("x", [])
    with pytest.raises(BadRequest):
        engine.deployments.deploy("x", [Resource("a.bpmn", ONE_TASK), Resource("a.bpmn", ONE_TASK)])
    with pytest.raises(DeploymentRefused):
        engine.deployments.deploy("x", [Resource("a.bpmn", ONE_TASK), Resource("b.bpmn", ONE_TASK)])


def test_the_resources_of_a_deployment_are_kept(engine: Engine) -> None:
    result = engine.deployments.deploy(
        "orders", [Resource("a.bpmn", ONE_TASK), Resource("form.html", b"<p>")], source="test"
    )
    id_ = result.deployment.id

    assert engine.deployments.get(id_).source == "test"
    found = {
        resource.name: engine.deployments.get_resource_content(id_, resource.id)
        for resource in engine.deployments.list_resources(id_)
    }
    assert found == {"a.bpmn": ONE_TASK, "form.html": b"<p>"}
    assert engine.deployments.count(DeploymentQuery(name_like="ord%")) == 1
    with pytest.raises(NotFound):
        engine.deployments.get("nope")


def test_a_deployment_with_running_instances_goes_only_with_them(engine: Engine) -> None:
    first, second = deploy(engine), deploy(engine)
    engine.starts.start(second.id)

    with pytest.raises(Conflict):
        engine.administration.delete_deployment(second.deployment_id)
    engine.administration.delete_deployment(second.deployment_id, cascade=True)

    assert engine.instances.count(InstanceQuery(include_ended=True)) == 0
    assert engine.definitions.get_latest("p").id == first.id
    with pytest.raises(NotFound):
        engine.definitions.get(second.id)


def test_definitions_are_found_by_who_may_start_them(engine: Engine) -> None:
    deploy(engine)
    named = deploy(engine, bpmn(line(external("t")), key="q", attributes='camunda:candidateStarterUsers="ann, bob"'))

    assert [item.id for item in engine.definitions.find(DefinitionQuery(startable_by="ann"))] == [named.id]
    assert engine.definitions.count(DefinitionQuery(startable_by="cid")) == 0


def test_a_file_without_an_executable_process_is_stored_beside_one_that_has_one(engine: Engine) -> None:
    drawing = ONE_TASK.replace(b'isExecutable="true"', b'isExecutable="false"')

    result = engine.deployments.deploy("x", [Resource("drawing.bpmn", drawing), Resource("p.bpmn", ONE_TASK)])

    assert [definition.key for definition in result.definitions] == ["p"]
    assert [(p.rule, p.is_error) for p in result.problems] == [("no-executable-process", False)]
    with pytest.raises(DeploymentRefused):
        engine.deployments.deploy("x", [Resource("drawing.bpmn", drawing)])


START_EVENT = '<startEvent id="s">{}</startEvent><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
TIMER_START = START_EVENT.format("<timerEventDefinition><{0}>{1}</{0}></timerEventDefinition>")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", "=now()"),
        ("timeDate", "${now()}"),
        ("timeDate", '=now() - duration("PT1M")'),
        ("timeDuration", '=duration("PT0S")'),
        ("timeDate", "${'PT0S'}"),
        ("timeDate", "'2026-01-01'"),
    ],
)
def test_a_constant_timer_of_a_start_event_is_evaluated_at_deployment(engine: Engine, kind: str, text: str) -> None:
    deploy(engine, bpmn(TIMER_START.format(kind, text)))

    assert engine.starts.fire_timers(engine.clock.now())[0] == 1


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_constant_name_of_a_start_event_is_evaluated_at_deployment(engine: Engine, kind: str) -> None:
    start = START_EVENT.format(f'<{kind}EventDefinition {kind}Ref="r"/>')
    deploy(engine, bpmn(start, extra=f"<{kind} id=\"r\" name=\"${{'order-'.concat('north')}}\"/>"))

    assert [item.element for item in engine.definitions.find_starts(kind, "order-north")] == ["s"]


@pytest.mark.parametrize("name", ["order-${x}", "=x", "=null", "=1", "${execution.id}", '=""', "${unknown.invoke()}"])
@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_name_of_a_start_event_that_is_no_constant_is_refused(engine: Engine, kind: str, name: str) -> None:
    start = START_EVENT.format(f'<{kind}EventDefinition {kind}Ref="r"/>')
    xml = bpmn(start, extra=f"<{kind} id=\"r\" name='{name}'/>")

    with pytest.raises(DeploymentRefused) as refused:
        deploy(engine, xml)

    (problem,) = [problem for problem in refused.value.problems if problem.is_error]
    assert (problem.rule, problem.element) == ("start-expression", "s")
    assert problem.line
    assert engine.deployments.check([Resource("p.bpmn", xml)]) == list(refused.value.problems)


@pytest.mark.parametrize("text", ["${d}", "=d", "=null", "=5", "${'soon'}", "${execution.id}"])
@pytest.mark.parametrize("kind", ["timeDate", "timeDuration", "timeCycle"])
def test_a_timer_of_a_start_event_that_is_no_constant_is_refused(engine: Engine, kind: str, text: str) -> None:
    xml = bpmn(TIMER_START.format(kind, text))

    with pytest.raises(DeploymentRefused) as refused:
        deploy(engine, xml)

    assert [(p.rule, p.element) for p in refused.value.problems] == [("start-expression", "s")]
    assert engine.deployments.check([Resource("p.bpmn", xml)]) == list(refused.value.problems)


def test_a_start_timer_that_is_known_only_at_some_moments_is_refused_at_the_others(
    engine: Engine, clock: Clock
) -> None:
    text = '=if now() = date and time("2027-01-15T08:00:00Z") then "PT1H" else "never"'

    clock.forward(1)

    with pytest.raises(DeploymentRefused) as refused:
        deploy(engine, bpmn(TIMER_START.format("timeDuration", text)))

    assert [(p.rule, p.element) for p in refused.value.problems] == [("start-expression", "s")]
    assert engine.definitions.find(DefinitionQuery()) == []


def test_the_state_of_the_files_in_a_source_makes_no_new_version(engine: Engine) -> None:
    def deploy(source: str) -> bool:
        resources = [Resource("a.bpmn", ONE_TASK)]
        return engine.deployments.deploy("orders", resources, duplicate_filtering=True, source=source).unchanged

    assert not deploy("command line @ 1a2b3c4 by Ann, 2026-11-20")
    assert deploy("command line @ 5d6e7f8 by Bob, 2026-11-28 (changed since)")
    assert deploy("command line")
    assert not deploy("another")
