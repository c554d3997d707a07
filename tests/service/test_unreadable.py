"""One instance that cannot be read spoils neither a list nor a batch of tasks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.model.commands import CancelInstance, SetVariables
from baton.service import Engine
from baton.service.core.queries import ExternalTaskQuery, IncidentQuery, InstanceQuery, VariableFilter
from baton.service.turns.failures import EngineBug
from baton.store import keys
from baton.store.operations import apply_ops
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


# -- damaged rows


def spoil(engine: Engine, instance_id: str, field: str) -> None:
    """Overwrite a field of the state of an instance."""
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["HSET", state, field, b"\x01rubbish"]])


def remove(engine: Engine, instance_id: str, field: str) -> None:
    state = keys.name_state(instance_id)
    apply_ops(engine.store.backend, state, [["HDEL", state, field]])


def list_incidents(engine: Engine) -> list[tuple[str, str]]:
    return [(incident.instance_id, incident.kind) for incident in engine.incidents.find(IncidentQuery())]


@pytest.mark.parametrize("damage", [spoil, remove])
def test_an_instance_without_a_readable_header_stays_in_the_lists_and_can_be_deleted(
    engine: Engine, engines: Callable[..., Engine], damage: Callable[[Engine, str, str], None]
) -> None:
    definition = deploy(engine)
    bad = engine.starts.start(definition.id, business_key="A-1")
    good = engine.starts.start(definition.id)
    damage(engine, bad.id, "h")
    other = engines()

    with pytest.raises(EngineBug):
        other.mailbox.submit(bad.id, SetVariables(set={"n": 1}))

    assert list_incidents(other) == [(bad.id, "damaged")]
    found = {item.id: item for item in other.instances.find(InstanceQuery(definition_ids=(definition.id,)))}
    assert set(found) == {bad.id, good.id}
    assert (found[bad.id].business_key, found[bad.id].started_at) == ("A-1", bad.started_at)

    other.mailbox.submit(bad.id, CancelInstance())
    other.administration.delete_history(bad.id)

    assert [item.id for item in other.instances.find(InstanceQuery(include_ended=True))] == [good.id]
    assert list_incidents(other) == []
    assert [task.task.instance_id for task in fetch(other)] == [good.id]


def test_a_damaged_header_spoils_no_list_and_shows_as_an_incident(engine: Engine) -> None:
    definition = deploy(engine)
    bad, good = engine.starts.start(definition.id), engine.starts.start(definition.id)
    spoil(engine, bad.id, "h")

    listed = engine.instances.find(InstanceQuery())
    statistics = engine.instances.count_by_element(definition.id)

    assert {item.id for item in listed} == {bad.id, good.id}
    assert statistics["t"].instances == 1
    assert list_incidents(engine) == [(bad.id, "damaged")]


def test_a_damaged_record_spoils_no_list_and_shows_as_an_incident(engine: Engine) -> None:
    definition = deploy(engine)
    bad, good = engine.starts.start(definition.id), engine.starts.start(definition.id)
    field = next(name for name in engine.store.lists.read_fields(bad.id) if name.startswith("x"))
    spoil(engine, bad.id, field)

    assert [task.instance_id for task, _ in engine.external_tasks.find(ExternalTaskQuery())] == [good.id]
    assert list_incidents(engine) == [(bad.id, "damaged")]
    engine.mailbox.submit(bad.id, CancelInstance())


def test_a_damaged_variable_spoils_no_search(engine: Engine) -> None:
    definition = deploy(engine)
    bad, good = (engine.starts.start(definition.id, variables={"n": 1}) for _ in range(2))
    spoil(engine, bad.id, "v0/n")
    wanted = (VariableFilter(name="n", operator="eq", value=1),)

    assert [item.id for item in engine.instances.find(InstanceQuery(variables=wanted))] == [good.id]
    assert list_incidents(engine) == [(bad.id, "damaged")]


def test_what_is_passed_over_for_its_definition_shows_as_one_incident(engines: Callable[..., Engine]) -> None:
    first = engines()
    definition = deploy(first, NESTED, "bad")
    bad = first.starts.start(definition.id)
    first.deployments.remove(first.deployments.get(definition.deployment_id), [definition], whole=True)

    for engine in (engines(), engines()):
        for _ in range(2):
            engine.instance_reader.list_readable_tokens(bad.id)

    assert list_incidents(first) == [(bad.id, "damaged")]


def test_an_instance_that_has_only_moved_on_gets_no_incident(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id)

    assert engine.mailbox.report_unreadable(header.id)

    assert list_incidents(engine) == []
    engine.mailbox.submit(header.id, SetVariables(set={"n": 1}))


def test_the_watchdog_passes_over_a_definition_whose_file_is_gone(engines: Callable[..., Engine]) -> None:
    first = engines()
    definition = deploy(first)
    first.starts.start(definition.id)
    resources = keys.name_resources(definition.deployment_id)
    apply_ops(first.store.backend, resources, [["DEL", resources]])

    assert engines().watchdog_status.find_overdue() == []
