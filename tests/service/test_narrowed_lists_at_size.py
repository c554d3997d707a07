"""Callers with limited rights get lists and counts by the same indexes, and the same instances as by the headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from baton.model.identity import Tenant
from baton.model.reach import Access, Area, Reach
from baton.service import Engine, InstanceQuery, Resource, UserTaskQuery, narrow
from tests.service.conftest import Clock
from tests.service.processes import bpmn, external, line
from tests.service.test_lists_at_size import (
    ENDED,
    FEW,
    MANY,
    PAGE_OF_ALL,
    count_commands,
    list_questions,
    run_instances,
)

OWN, FOREIGN = "acme", "globex"
KEYS = Area(keys=frozenset({"p0", "long"}))
TENANT = Area(tenants=frozenset({OWN}))
WITHOUT_ONE = (Area(keys=frozenset({"long"}), tenants=frozenset({OWN}), allows=False), TENANT)


def deploy_four(engine: Engine, third: str | None) -> list[str]:
    """Two of the tenant, one of another, and one of a third, or of no tenant: its instances are of their starters'."""
    tenants = {"p0": OWN, "p1": FOREIGN, "p2": third, "long": OWN}
    files = {key: Resource(f"{key}.bpmn", bpmn(line(), key=key)) for key in tenants}
    files["long"] = Resource("long.bpmn", bpmn(line(external("work")), key="long"))
    return [
        engine.deployments.deploy(key, [files[key]], tenant_id=tenant).definitions[0].id
        for key, tenant in tenants.items()
    ]


def make_narrow(engine: Engine, *areas: Area) -> Engine:
    reach = Reach(areas=areas)
    return narrow(
        engine,
        Access(whose="who asks", permission="instance:read", may=reach, sees=reach, others=reach, person="mary"),
    )


def list_queries(middle: int) -> Iterator[InstanceQuery]:
    sorts = ((), *(((name, descending),) for name, descending in product(("started_at", "state"), (False, True))))
    for states, sort in product((None, ENDED), sorts):
        for query in (
            PAGE_OF_ALL,
            replace(PAGE_OF_ALL, started_after=middle),
            replace(PAGE_OF_ALL, definition_keys=("p0", "p1", "p2")),
            replace(PAGE_OF_ALL, definition_keys_not=("long",)),
            replace(PAGE_OF_ALL, tenant_ids=(FOREIGN,)),
            replace(PAGE_OF_ALL, with_tasks=True),
        ):
            yield replace(query, states=states, sort=sort)


@pytest.mark.parametrize("most", [20, 1])
@pytest.mark.parametrize("areas", [(KEYS,), (TENANT,), WITHOUT_ONE, (KEYS, TENANT), ()], ids=range(5))
def test_they_find_and_count_what_is_within_reach_and_nothing_else(
    engine: Engine, clock: Clock, areas: tuple[Area, ...], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baton.service.reads.instance_plan.MOST_DEFINITIONS", most)
    engine.tenants.create(Tenant(id=OWN))
    definitions = deploy_four(engine, None)
    run_instances(engine, clock, definitions, FEW)
    for tenant in (OWN, FOREIGN, None):
        engine.starts.start(definitions[2], tenant_id=tenant)
    engine.store.indexing.complete()
    limited, reach = make_narrow(engine, *areas), Reach(areas=areas)
    every = engine.instances.find(PAGE_OF_ALL)
    middle = sorted(header.started_at for header in every)[len(every) // 2]
    for query in list_queries(middle):
        expected = {
            header.id
            for header in every
            if reach.contains(header.definition_key, header.tenant_id)
            and (query.states is None or header.state in query.states)
            and (query.started_after is None or header.started_at > middle)
            and (query.definition_keys is None or header.definition_key in query.definition_keys)
            and (query.definition_keys_not is None or header.definition_key not in query.definition_keys_not)
            and (query.tenant_ids is None or header.tenant_id in query.tenant_ids)
        }
        page = limited.instances.find(replace(query, limit=1_000))
        assert ({header.id for header in page}, len(page)) == (expected, len(expected)), query
        assert limited.instances.count(query) == len(expected), query
        if query.tenant_ids is not None:
            known = {header.id for header in every if header.tenant_id in query.tenant_ids}
            unlimited = engine.instances.find(replace(PAGE_OF_ALL, tenant_ids=query.tenant_ids, limit=1_000))
            assert {header.id for header in unlimited} == known
    for id_ in definitions:
        inside = [it for it in every if it.definition_id == id_ and reach.contains(it.definition_key, it.tenant_id)]
        ended = limited.instances.count_ended([id_])[id_]
        running = limited.instances.count_by_definition([id_])[id_].instances
        assert ended + running == len(inside)


def test_tasks_that_are_all_within_reach_are_counted_without_reading_them(engine: Engine) -> None:
    engine.tenants.create(Tenant(id=OWN))
    files = {key: Resource(f"{key}.bpmn", bpmn(line('<userTask id="decide"/>'), key=key)) for key in ("p0", "p1")}
    for key, tenant in (("p0", OWN), ("p1", FOREIGN)):
        definition = engine.deployments.deploy(key, [files[key]], tenant_id=tenant).definitions[0].id
        for _ in range(40):
            engine.starts.start(definition)
    limited = make_narrow(engine, TENANT)

    assert limited.user_tasks.count(UserTaskQuery()) == 40
    assert count_commands(limited, lambda: limited.user_tasks.count(UserTaskQuery())) < 40


@pytest.mark.parametrize("area", [KEYS, TENANT], ids=["of keys", "of a tenant"])
def test_they_cost_the_same_beside_ten_times_as_many_instances(
    engine: Engine, clock: Clock, area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = deploy_four(engine, "initech")
    monkeypatch.setattr("baton.service.reads.instance_plan.FEW", 50)
    limited = make_narrow(engine, area)
    run_instances(engine, clock, definitions, FEW)
    engine.store.indexing.complete()
    before = {name: count_commands(limited, ask) for name, ask in list_questions(limited, clock, definitions).items()}

    run_instances(engine, clock, definitions, MANY - FEW)
    after = {name: count_commands(limited, ask) for name, ask in list_questions(limited, clock, definitions).items()}

    # States alone are asked of each instance of a definition, for everybody: the answer says how far it got.
    del after["count: completed"]
    grown = {name: (before[name], after[name]) for name in after if after[name] > before[name] + 250}
    assert grown == {}
