"""Migration: an instance of one version goes on in another, and ends as one that was begun there."""

from __future__ import annotations

import pytest

from baton.model.commands import MigrateInstance, SetVariables
from baton.model.errors import BadRequest, Conflict
from baton.model.migration import Move
from baton.model.records import InstanceState
from baton.service import Engine, InstanceQuery, MigrationPlan
from baton.service.operations.migrations import InvalidPlan
from tests.service import migrating
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, line, timer

PAIRS = [(wait, edit) for wait in migrating.WAITS for edit in migrating.EDITS]


def finish(engine: Engine, instance_id: str, clock: Clock) -> None:
    """Everything that is waited for is done, one after the other."""
    for _ in range(40):
        if engine.instances.get(instance_id).state is not InstanceState.ACTIVE:
            return
        for subscription in engine.instance_reader.list_subscriptions(instance_id):
            if subscription.kind == "trigger":
                engine.mailbox.submit(instance_id, migrating.deliver(subscription))
                break
            if subscription.kind == "conditional":
                engine.mailbox.submit(instance_id, SetVariables(set={"go": 1}))
                break
        else:
            migrating.advance(engine, clock.forward)
    raise AssertionError(f"it waits for ever: {engine.instance_reader.get_snapshot(instance_id).tokens}")


def make_plan(engine: Engine, source: str, target: str, *, update_triggers: bool = False) -> MigrationPlan:
    moves = engine.migrations.generate(source, target, by_kind=True, update_triggers=update_triggers)
    return MigrationPlan(source_id=source, target_id=target, moves=moves)


@pytest.mark.parametrize(("wait", "edit"), PAIRS, ids=lambda value: str(value).replace(" ", "-"))
def test_a_migrated_instance_ends_as_a_fresh_one(engine: Engine, clock: Clock, wait: str, edit: str) -> None:
    deploy(engine, migrating.CALLED, name="called")
    source = deploy(engine, migrating.make_process(wait))
    started = engine.starts.start(source.id)
    if wait in ("what can be undone", "undoing"):
        migrating.advance(engine, clock.forward)
    target = deploy(engine, migrating.EDITS[edit](wait))

    plan = make_plan(engine, source.id, target.id)
    engine.migrations.execute(plan, [started.id], None)
    migrated = engine.instances.get(started.id)
    finish(engine, started.id, clock)
    fresh = engine.starts.start(target.id)
    finish(engine, fresh.id, clock)

    assert (migrated.definition_id, migrated.incidents) == (target.id, 0)
    assert migrating.summarize(engine, started) == migrating.summarize(engine, fresh)
    assert engine.instances.count(InstanceQuery()) == 0
    assert engine.history.project(engine.instances.get(started.id)).state is InstanceState.COMPLETED


def test_a_worker_that_holds_a_task_completes_it_after_the_migration(engine: Engine) -> None:
    source = deploy(engine, bpmn(line(external("old"))))
    started = engine.starts.start(source.id)
    (locked,) = migrating.fetch_one(engine)
    target = deploy(engine, bpmn(line(external("new"))))
    plan = MigrationPlan(source_id=source.id, target_id=target.id, moves=[Move(source="old", target="new")])

    engine.migrations.execute(plan, [started.id], None)
    ((task, _),) = engine.external_tasks.find(migrating.ExternalTaskQuery())
    engine.external_tasks.complete(locked.task.id, "w")

    assert (task.element, task.definition_id, task.id) == ("new", target.id, locked.task.id)
    assert engine.instances.get(started.id).state is InstanceState.COMPLETED


@pytest.mark.parametrize("update", [False, True])
def test_a_timer_is_kept_or_set_anew(engine: Engine, clock: Clock, update: bool) -> None:
    source = deploy(engine, bpmn(line(timer("wait", "PT1H"))))
    engine.starts.start(source.id)
    (before,) = engine.jobs.find(migrating.JobQuery())
    clock.forward(60_000)
    target = deploy(engine, bpmn(line(timer("wait", "PT2H"))))

    plan = make_plan(engine, source.id, target.id, update_triggers=update)
    engine.migrations.execute(plan, [before.instance_id], None)

    (after,) = engine.jobs.find(migrating.JobQuery())
    assert after.definition_id == target.id
    assert after.due == (clock.now + 2 * 3_600_000 if update else before.due)


def test_what_only_the_new_version_waits_for_is_opened_and_what_it_does_not_is_closed(engine: Engine) -> None:
    plain, limited = migrating.make_process("user task"), migrating.make_process("boundary timer")
    source = deploy(engine, limited)
    started = engine.starts.start(source.id)
    target = deploy(engine, plain)
    engine.migrations.execute(make_plan(engine, source.id, target.id), [started.id], None)
    assert engine.jobs.find(migrating.JobQuery()) == []

    again = deploy(engine, limited)
    engine.migrations.execute(make_plan(engine, target.id, again.id), [started.id], None)
    (job,) = engine.jobs.find(migrating.JobQuery())
    assert (job.element, job.definition_id) == ("limit", again.id)


def test_variables_of_a_plan_are_set_and_the_history_says_what_happened(engine: Engine) -> None:
    source = deploy(engine, migrating.make_process("user task"))
    started = engine.starts.start(source.id)
    target = deploy(engine, migrating.EDITS["another id"]("user task"))
    moves = engine.migrations.generate(source.id, target.id, by_kind=True)
    plan = MigrationPlan(source_id=source.id, target_id=target.id, moves=moves, variables={"new": 7})

    engine.migrations.execute(plan, [started.id], "ann")

    event = next(item for item in engine.history.list_events(started.id) if item.type == "InstanceMigrated")
    assert event.data["definition"] == target.id
    assert list(event.data["elements"].values()) == ["renamed"]  # type: ignore[union-attr]
    assert engine.instance_reader.get_variables(started.id) == {"new": 7}
    assert dict(engine.instances.get(started.id).tokens) == {"renamed": 1}
    projected = engine.history.project(engine.instances.get(started.id))
    assert [item.element for item in projected.tokens.values()] == ["renamed"]
    assert projected.counted.elements["renamed"]["entered"] == 1


def test_what_cannot_be_mapped_is_said_for_each_instruction_and_nothing_has_changed(engine: Engine) -> None:
    source = deploy(engine, bpmn(line('<userTask id="wait"/>', external("work"))))
    started = engine.starts.start(source.id)
    target = deploy(engine, bpmn(line(external("wait"), external("work"))))
    moves = [Move(source="wait", target="wait"), Move(source="gone", target="work"), Move(source="work", target="away")]
    plan = MigrationPlan(source_id=source.id, target_id=target.id, moves=[*moves, Move(source="work", target="work")])

    reports = [failures for _, failures in engine.migrations.check(plan)]

    assert [bool(failures) for failures in reports] == [True, True, True, True]
    assert "userTask" in reports[0][0]
    assert "'gone'" in reports[1][0]
    assert "'away'" in reports[2][0]
    assert "several" in reports[3][0]
    with pytest.raises(InvalidPlan):
        engine.migrations.execute(plan, [started.id], None)
    assert engine.instances.get(started.id).definition_id == source.id
    assert [move.source for move in engine.migrations.generate(source.id, target.id)] == ["work"]


def test_an_instance_with_a_token_without_a_place_is_refused_and_stays_as_it_was(engine: Engine) -> None:
    source = deploy(engine, bpmn(line('<userTask id="wait"/>', external("work"))))
    started, other = (engine.starts.start(source.id) for _ in range(2))
    migrating.advance(engine, lambda _: None)
    target = deploy(engine, bpmn(line(external("work"))))
    plan = make_plan(engine, source.id, target.id)

    refused = engine.migrations.explain(plan, [started.id, other.id])
    with pytest.raises(BadRequest, match="nothing was changed"):
        engine.migrations.execute(plan, [started.id, other.id], None)

    assert len(refused) == 1
    assert "'wait'" in next(iter(refused.values()))
    assert {engine.instances.get(header.id).definition_id for header in (started, other)} == {source.id}


def test_what_can_be_undone_and_could_not_be_any_more_keeps_an_instance_from_migrating(
    engine: Engine, clock: Clock
) -> None:
    source = deploy(engine, migrating.make_process("what can be undone"))
    started = engine.starts.start(source.id)
    migrating.advance(engine, clock.forward)
    target = deploy(engine, bpmn(line(external("first", "first"), '<userTask id="wait"/>')))
    plan = make_plan(engine, source.id, target.id)
    assert "can be undone" in engine.migrations.explain(plan, [started.id])[started.id]


def test_a_plan_is_for_two_versions_of_one_process(engine: Engine) -> None:
    one, other = deploy(engine), deploy(engine, bpmn(line(external("t")), key="q"), name="q")
    for pair in ((one.id, other.id), (one.id, one.id)):
        with pytest.raises(BadRequest, match="two versions"):
            engine.migrations.generate(*pair)


def test_a_command_for_another_version_is_refused(engine: Engine) -> None:
    source = deploy(engine)
    started = engine.starts.start(source.id)
    command = MigrateInstance(definition_id="p:9:x", target_id=source.id, moves=())
    with pytest.raises(Conflict, match="p:9:x"):
        engine.mailbox.submit(started.id, command)


def test_many_are_migrated_as_a_batch_whose_failures_say_why(engine: Engine) -> None:
    source = deploy(engine, bpmn(line('<userTask id="wait"/>', external("work"))))
    ids = [engine.starts.start(source.id).id for _ in range(3)]
    migrating.advance(engine, lambda _: None)
    target = deploy(engine, bpmn(line('<userTask id="wait"/>')))
    plan = make_plan(engine, source.id, target.id)

    batch = engine.migrations.execute_later(plan, ids, None).batch
    while engine.batches.run_step(paced=False)[0]:
        pass

    progress = engine.batches.get(batch.id)
    assert (batch.kind, progress.done, progress.failed) == ("instance-migration", 2, 1)
    assert "'work'" in engine.batches.list_failures(batch.id)[0].message
    assert len(engine.instances.find(InstanceQuery(definition_ids=(target.id,)))) == 2
