"""Each tenant has versions of its own, and none is given another's."""

from __future__ import annotations

import pytest

from baton.model.definition import Definition
from baton.model.errors import Conflict, NotFound
from baton.service import Engine
from baton.service.deployments.reading import Resource
from tests.service.processes import bpmn, external, line

CALL = bpmn(line('<callActivity id="call" calledElement="q"/>'))


def deploy(
    engine: Engine, tenant: str | None, topic: str = "work", source: str | None = None, **more: bool
) -> tuple[Definition, ...]:
    """The process ``p`` with one task; what is new."""
    resource = Resource("p.bpmn", bpmn(line(external(topic))))
    return engine.deployments.deploy("shop", [resource], tenant_id=tenant, source=source, **more).definitions


def test_versions_count_for_each_tenant(engine: Engine) -> None:
    found = [deploy(engine, tenant)[0].version for tenant in (None, "a", "b", "a", None)]

    assert found == [1, 1, 1, 2, 2]


def test_the_latest_of_a_key_is_the_tenants_own(engine: Engine) -> None:
    [shared], [own], [_other] = deploy(engine, None), deploy(engine, "a"), deploy(engine, "b")

    assert engine.definitions.get_latest("p").id == shared.id
    assert engine.definitions.get_latest("p", "a").id == own.id
    with pytest.raises(NotFound, match="key 'p' of tenant 'c', but found none"):
        engine.definitions.get_latest("p", "c")


def test_a_key_that_only_tenants_have_is_nobody_elses(engine: Engine) -> None:
    deploy(engine, "a")

    with pytest.raises(NotFound, match="key 'p' and no tenant, but found none"):
        engine.definitions.get_latest("p")


def test_what_one_tenant_has_deployed_is_new_for_another(engine: Engine) -> None:
    deploy(engine, "a", duplicate_filtering=True)

    assert deploy(engine, "b", duplicate_filtering=True) != ()
    assert deploy(engine, "b", duplicate_filtering=True) == ()
    assert deploy(engine, None, duplicate_filtering=True) != ()


def test_another_source_is_another_deployment(engine: Engine) -> None:
    deploy(engine, None, source="modeler", duplicate_filtering=True)

    assert deploy(engine, None, source="pipeline", duplicate_filtering=True) != ()
    assert deploy(engine, None, source="modeler", duplicate_filtering=True) == ()


def test_each_file_is_compared_with_its_own_last_deployment(engine: Engine) -> None:
    first = Resource("a.bpmn", bpmn(line(external("one")), key="a"))
    changed = Resource("a.bpmn", bpmn(line(external("two")), key="a"))
    other = Resource("c.bpmn", bpmn(line(external("one")), key="c"))
    found: list[list[str]] = []
    for files in ([first, other], [changed, other], [first, other]):
        result = engine.deployments.deploy("d", files, changed_only=True)
        found.append([f"{item.key}:{item.version}" for item in result.definitions])

    assert found == [["a:1", "c:1"], ["a:2"], ["a:3"]]


@pytest.mark.parametrize(("called_of", "expected"), [(("a", "b"), "a"), (("b", None), None)])
def test_a_call_finds_the_tenants_own_process_or_the_one_of_all(
    engine: Engine, called_of: tuple[str | None, ...], expected: str | None
) -> None:
    called = Resource("q.bpmn", bpmn(line(external("t")), key="q"))
    for tenant in called_of:
        engine.deployments.deploy("called", [called], tenant_id=tenant)
    caller = engine.deployments.deploy("caller", [Resource("p.bpmn", CALL)], tenant_id="a").definitions[0]

    found = engine.definitions.resolve("q", "latest", None, caller.deployment_id)

    assert engine.definitions.get(found).tenant_id == expected


def test_a_tenant_without_the_process_is_not_given_anothers(engine: Engine) -> None:
    called = Resource("q.bpmn", bpmn(line(external("t")), key="q"))
    engine.deployments.deploy("called", [called], tenant_id="b")
    caller = engine.deployments.deploy("caller", [Resource("p.bpmn", CALL)], tenant_id="a").definitions[0]

    with pytest.raises(NotFound):
        engine.definitions.resolve("q", "latest", None, caller.deployment_id)


def test_the_message_that_starts_a_process_stays_with_each_tenant(engine: Engine) -> None:
    started = bpmn(
        '<startEvent id="s"><messageEventDefinition messageRef="M"/></startEvent>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/>',
        extra='<message id="M" name="Go"/>',
    )
    for tenant in ("a", "b"):
        engine.deployments.deploy("m", [Resource("m.bpmn", started)], tenant_id=tenant)

    starts = engine.definitions.find_starts("message", "Go")
    assert {start.tenant_id for start in starts} == {"a", "b"}


def test_when_the_latest_is_deleted_the_tenants_version_before_is_the_latest(engine: Engine) -> None:
    [first], [second], [other] = deploy(engine, "a"), deploy(engine, "a", "two"), deploy(engine, "b")
    deployment = engine.deployments.get(second.deployment_id)
    engine.deployments.remove(deployment, [second], whole=True)

    assert engine.definitions.get_latest("p", "a").id == first.id
    assert engine.definitions.get_latest("p", "b").id == other.id


def test_a_unique_business_key_is_taken_for_its_tenant_only(engine: Engine) -> None:
    [shared] = deploy(engine, None)
    first = engine.starts.start(shared.id, business_key="k", unique_business_key=True, tenant_id="a")

    other = engine.starts.start(shared.id, business_key="k", unique_business_key=True, tenant_id="b")

    assert other.tenant_id == "b"
    with pytest.raises(Conflict, match=first.id):
        engine.starts.start(shared.id, business_key="k", unique_business_key=True, tenant_id="a")
