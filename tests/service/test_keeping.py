"""Suspending, deleting and forgetting, with instances that run meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from baton.model.commands import FireJob, SetJob, SetVariables
from baton.model.errors import CannotComplete, Conflict, NotFound
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery, JobQuery
from baton.store import keys
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, fetch, line, timer


def unique_keys(engine: Engine) -> int:
    places = [keys.name_unique_business_keys(keys.make_tag(partition), "p") for partition in engine.store.partitions]
    return sum(engine.store.backend.read([("HLEN", place) for place in places]))


def test_a_unique_business_key_goes_with_its_instance(engine: Engine) -> None:
    definition = deploy(engine)
    header = engine.starts.start(definition.id, business_key="k", unique_business_key=True)
    with pytest.raises(Conflict, match=header.id):
        engine.starts.start(definition.id, business_key="k", unique_business_key=True)
    (one,) = fetch(engine)
    engine.external_tasks.complete(one.task.id, "w")
    assert unique_keys(engine) == 1
    engine.administration.delete_history(header.id)
    assert unique_keys(engine) == 0


def test_a_key_that_another_instance_has_by_now_stays(engine: Engine) -> None:
    definition = deploy(engine)
    first = engine.starts.start(definition.id, business_key="k", unique_business_key=True)
    (one,) = fetch(engine)
    engine.external_tasks.complete(one.task.id, "w")
    second = engine.starts.start(definition.id, business_key="k", unique_business_key=True)
    engine.administration.delete_history(first.id)
    with pytest.raises(Conflict, match=second.id):
        engine.starts.start(definition.id, business_key="k", unique_business_key=True)


def test_a_suspended_definition_and_its_instances_stand_still_until_resumed(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, bpmn(line(timer("w", "PT1M"))))
    headers = [engine.starts.start(definition.id) for _ in range(3)]
    engine.administration.suspend_definition("p", True, include_instances=True)
    with pytest.raises(CannotComplete, match="suspended"):
        engine.starts.start(definition.id)
    clock.forward(120_000)
    engine.run_due()
    assert {engine.instances.get(header.id).state for header in headers} == {InstanceState.SUSPENDED}
    engine.administration.suspend_definition("p", False, include_instances=True)
    engine.run_due()
    assert {engine.instances.get(header.id).state for header in headers} == {InstanceState.COMPLETED}
    engine.starts.start(definition.id)


def test_suspending_amid_work_refuses_or_applies_every_command_and_loses_none(engines: Callable[..., Engine]) -> None:
    engine = engines()
    definition = deploy(engine)
    ids = [engine.starts.start(definition.id).id for _ in range(12)]
    tasks = fetch(engine, n=12)
    refused: list[str] = []

    def complete() -> None:
        for task in tasks:
            try:
                engine.external_tasks.complete(task.task.id, "w")
            except CannotComplete:
                refused.append(task.task.instance_id)

    working = threading.Thread(target=complete)
    working.start()
    engine.administration.suspend_definition(definition.id, True, include_instances=True)
    working.join(30)
    states = {id_: engine.instances.get(id_).state for id_ in ids}
    assert {id_ for id_, state in states.items() if state is InstanceState.SUSPENDED} == set(refused)
    engine.administration.suspend_definition(definition.id, False, include_instances=True)
    for task in tasks:
        if task.task.instance_id in refused:
            engine.external_tasks.complete(task.task.id, "w")
    assert engine.instances.count(InstanceQuery()) == 0


def test_a_definition_with_instances_is_deleted_only_with_them(engine: Engine) -> None:
    definition = deploy(engine)
    ids = [engine.starts.start(definition.id).id for _ in range(3)]
    (one, *_) = fetch(engine)
    with pytest.raises(Conflict, match="found 3"):
        engine.administration.delete_definition(definition.id)
    engine.administration.delete_definition(definition.id, cascade=True)
    for id_ in ids:
        with pytest.raises(NotFound):
            engine.instances.get(id_)
    with pytest.raises(NotFound):
        engine.external_tasks.complete(one.task.id, "w")
    with pytest.raises(NotFound):
        engine.starts.start(definition.id)
    assert (engine.external_tasks.list_topics(), fetch(engine)) == ([], [])


def test_an_instance_that_runs_is_not_forgotten(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine).id)
    with pytest.raises(Conflict, match="to have ended"):
        engine.administration.delete_history(header.id)


def test_a_job_is_fired_now_put_off_or_suspended(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, bpmn(line(timer("w", "PT1M"))))
    now, later, held = (engine.starts.start(definition.id).id for _ in range(3))
    jobs = {job.instance_id: job.id for job in engine.jobs.find(JobQuery())}
    engine.mailbox.submit(now, FireJob(job_id=jobs[now]))
    engine.mailbox.submit(later, SetJob(job_id=jobs[later], due=clock.now + 3_600_000))
    engine.mailbox.submit(held, SetJob(job_id=jobs[held], suspended=True))
    assert engine.instances.get(now).state is InstanceState.COMPLETED
    clock.forward(120_000)
    engine.run_due()
    assert {engine.instances.get(item).state for item in (later, held)} == {InstanceState.ACTIVE}
    engine.mailbox.submit(held, SetJob(job_id=jobs[held], suspended=False))
    clock.forward(3_600_000)
    engine.run_due()
    assert {engine.instances.get(item).state for item in (later, held)} == {InstanceState.COMPLETED}


def test_a_suspended_instance_still_takes_an_operators_variables(engine: Engine) -> None:
    definition = deploy(engine)
    header = engine.starts.start(definition.id)
    engine.administration.suspend_definition(definition.id, True, include_instances=True)
    engine.mailbox.submit(header.id, SetVariables(set={"n": 2}))
    assert engine.instance_reader.get_variables(header.id) == {"n": 2}
    assert fetch(engine) == []
