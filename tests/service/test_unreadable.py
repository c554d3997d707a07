"""One instance that cannot be read spoils neither a list nor a batch of tasks."""

from __future__ import annotations

from collections.abc import Callable

from baton.service import Engine
from tests.service.processes import bpmn, deploy, external, fetch, line

NESTED = bpmn(
    f'<startEvent id="a"/><subProcess id="sub">{line(external("t"))}</subProcess><endEvent id="z"/>'
    '<sequenceFlow id="x" sourceRef="a" targetRef="sub"/><sequenceFlow id="y" sourceRef="sub" targetRef="z"/>',
    key="bad",
)


def test_an_instance_without_a_definition_is_passed_over(engines: Callable[..., Engine]) -> None:
    first = engines()
    definition = deploy(first, NESTED, "bad")
    bad = first.starts.start(definition.id, variables={"n": 1})
    first.deployments.remove(first.deployments.get(definition.deployment_id), [definition], whole=True)
    engine = engines()
    good = engine.starts.start(deploy(engine).id)

    locked = fetch(engine)

    assert [task.task.instance_id for task in locked] == [good.id]
    assert engine.instance_reader.list_readable_tokens(bad.id) == []
    assert len(engine.instance_reader.list_readable_tokens(good.id)) == 1
    assert engine.instance_reader.list_readable_variables(bad.id)[0] == {"n": 1}
