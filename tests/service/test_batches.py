"""Batches: worked off in steps, suspended, repeated; each instance undergoes what is to be done exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from baton.expression.scripts import LocalScriptRunner
from baton.model.commands import CompleteExternalTask, Instruction, ModifyInstance, SetVariables
from baton.model.errors import BadRequest, Conflict, NotFound
from baton.service import BatchRequest, Engine, ExternalTaskQuery, InstanceQuery, Settings, act_as, assemble
from baton.service.operations import batches as stepping
from baton.store import batch_keys, codec
from baton.store.server import Server
from tests.service.conftest import Clock
from tests.service.fixtures.record import KEY
from tests.service.processes import deploy

ANOTHER = ModifyInstance(instructions=(Instruction(kind="startBeforeActivity", element="t"),))
"""Each time that it is applied, there is one more task."""


def start(engine: Engine, count: int) -> list[str]:
    definition = deploy(engine)
    return [engine.starts.start(definition.id).id for _ in range(count)]


def run(engine: Engine, steps: int = 1_000) -> None:
    for _ in range(steps):
        if not engine.batches.run_step(paced=False)[0]:
            return


def count_tasks(engine: Engine) -> Counter[str]:
    return Counter(task.instance_id for task, _ in engine.external_tasks.find(ExternalTaskQuery()))


def test_a_batch_is_done_in_steps_and_says_how_far_it_is(engine: Engine) -> None:
    ids = start(engine, 120)
    batch = engine.batches.create(
        BatchRequest(kind="set-variables", items=ids, command=SetVariables(set={"a": 1}))
    ).batch

    run(engine, steps=1)
    half = engine.batches.get(batch.id)
    run(engine)
    over = engine.batches.get(batch.id)

    assert 0 < half.done <= stepping.MOST_IN_A_STEP
    assert (half.tried, half.ended_at) == (half.done, None)
    assert (over.done, over.failed, over.left) == (120, 0, 0)
    assert over.ended_at is not None
    assert all(engine.instance_reader.get_variables(id_) == {"a": 1} for id_ in ids)
    assert engine.batches.list_unfinished() == []
    assert engine.batches.run_step() == (0, None)


def test_a_step_leaves_most_of_the_time_to_others(engines: Callable[..., Engine], clock: Clock) -> None:
    engine = engines(batch_share=20)
    ids = start(engine, 60)
    engine.batches.create(BatchRequest(kind="set-variables", items=ids, command=SetVariables(set={"a": 1})))

    _, pause = engine.batches.run_step()

    assert pause is not None
    assert pause > 0
    assert engine.batches.run_step() == (0, pause)
    clock.forward(pause)
    assert engine.batches.run_step()[0] == 1


def test_a_suspended_batch_rests_until_it_may_go_on(engine: Engine) -> None:
    ids = start(engine, 60)
    batch = engine.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER)).batch
    run(engine, steps=1)

    engine.batches.set_suspended(batch.id, True)
    before = engine.batches.get(batch.id)
    run(engine)
    rested = engine.batches.get(batch.id)
    engine.batches.set_suspended(batch.id, False)
    run(engine)

    assert rested == before
    assert rested.suspended
    assert set(count_tasks(engine).values()) == {2}
    assert engine.batches.get(batch.id).ended_at is not None


def test_a_batch_that_is_suspended_during_a_step_stays_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = start(engine, 60)
    batch = engine.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER)).batch
    record = engine.store.batches.record_step

    def suspend_before(*given: object, **more: object) -> bool:
        engine.batches.set_suspended(batch.id, True)
        return record(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.store.batches, "record_step", suspend_before)
    run(engine, steps=2)

    found = engine.batches.get(batch.id)
    assert found.suspended
    assert 0 < found.tried < 60


def test_what_fails_is_kept_and_can_be_repeated(engine: Engine) -> None:
    ids = start(engine, 3)
    missing = ids[1].replace(ids[1][:4], "zzzz")
    batch = engine.batches.create(
        BatchRequest(kind="modification", items=[ids[0], missing, ids[2]], command=ANOTHER)
    ).batch
    run(engine)
    stuck = engine.batches.get(batch.id)
    (failure,) = engine.batches.list_failures(batch.id)

    repeated = engine.batches.retry(batch.id)
    again = engine.batches.get(batch.id)
    run(engine)

    assert (stuck.done, stuck.failed, stuck.ended_at) == (2, 1, None)
    assert (failure.id, failure.number) == (missing, 1)
    assert missing in failure.message
    assert (repeated, again.failed, again.left) == (1, 0, 1)
    assert (engine.batches.get(batch.id).failed, engine.batches.get(batch.id).done) == (1, 2)
    assert {count_tasks(engine)[id_] for id_ in (ids[0], ids[2])} == {2}
    assert engine.batches.retry(batch.id, ["another"]) == 0


def test_a_repeated_failure_that_succeeds_ends_the_batch(engine: Engine) -> None:
    start(engine, 1)
    task = engine.external_tasks.find(ExternalTaskQuery())[0][0]
    command = CompleteExternalTask(task_id="", worker_id="w")
    batch = engine.batches.create(
        BatchRequest(kind="completion", items=[task.id], command=command, item_field="task_id")
    ).batch
    run(engine)
    assert engine.batches.get(batch.id).failed == 1
    engine.external_tasks.lock(task.id, "w", 60_000)

    engine.batches.retry(batch.id)
    run(engine)

    assert engine.batches.get(batch.id).ended_at is not None
    assert engine.instances.count(InstanceQuery()) == 0


def test_a_deleted_batch_ends_where_it_is(engine: Engine) -> None:
    ids = start(engine, 60)
    batch = engine.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER)).batch
    run(engine, steps=1)

    engine.batches.delete(batch.id, history=False)
    run(engine)

    done = engine.batches.get(batch.id)
    assert done.ended_at is not None
    assert sum(count_tasks(engine).values()) == 60 + done.done
    with pytest.raises(NotFound):
        engine.batches.delete(batch.id, history=True)
    engine.batches.delete_history(batch.id)
    assert engine.batches.list_all() == []


def test_batches_are_bounded(engines: Callable[..., Engine]) -> None:
    engine = engines(max_batch=2, max_batches=1)
    ids = start(engine, 3)
    with pytest.raises(BadRequest, match="BATON_MAX_BATCH"):
        engine.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER))
    with pytest.raises(BadRequest, match="nothing"):
        engine.batches.create(BatchRequest(kind="modification", items=[], command=ANOTHER))
    engine.batches.create(BatchRequest(kind="modification", items=ids[:2], command=ANOTHER))
    with pytest.raises(Conflict, match="BATON_MAX_BATCHES"):
        engine.batches.create(BatchRequest(kind="modification", items=ids[:2], command=ANOTHER))


def test_an_ended_batch_is_forgotten_after_its_days_and_leaves_nothing(
    engines: Callable[..., Engine], clock: Clock
) -> None:
    engine = engines(batch_days=2)
    ids = start(engine, 2)
    engine.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER))
    run(engine)
    clock.forward(86_400_000)
    assert engine.batches.forget_expired() == 0
    clock.forward(86_400_000)
    assert engine.batches.forget_expired() == 1
    assert engine.store.backend.read([("KEYS", "{defs}:batch*")])[0] == []


def test_with_keys_what_a_batch_holds_is_sealed(engines: Callable[..., Engine]) -> None:
    engine = engines(encryption_keys=KEY)
    ids = start(engine, 1)
    command = SetVariables(set={"iban": "CH00"})
    with act_as("ann"):
        batch = engine.batches.create(
            BatchRequest(kind="set-variables", items=[*ids, "gone-01"], command=command)
        ).batch

    assert engine.batches.get(batch.id).batch == batch
    assert batch.created_by == "ann"
    row, items = engine.store.backend.read(
        [("HGET", batch_keys.name_batch(batch.id), "row"), ("LINDEX", batch_keys.name_batch_part("items", batch.id), 0)]
    )
    run(engine)
    (why,) = engine.store.backend.read([("HVALS", batch_keys.name_batch_part("why", batch.id))])[0]
    assert {blob[:1] for blob in (row, items, why)} == {codec.BOUND}
    assert engine.instance_reader.get_variables(ids[0]) == {"iban": "CH00"}


def test_a_step_that_is_repeated_by_another_process_has_no_second_effect(
    engines: Callable[..., Engine], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying, other = engines(), engines()
    ids = start(dying, 60)
    batch = dying.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER)).batch

    def die(*_: object, **__: object) -> bool:
        raise ConnectionError

    monkeypatch.setattr(dying.store.batches, "record_step", die)
    with pytest.raises(ConnectionError):
        dying.batches.run_step(paced=False)
    assert other.batches.run_step()[0] == 0
    clock.forward(other.settings.lease_ms)
    run(other)

    assert set(count_tasks(other).values()) == {2}
    assert other.batches.get(batch.id).done == 60


def test_every_instance_undergoes_a_batch_once_however_often_its_processes_are_killed(durable_valkey: Server) -> None:
    engine = assemble(Settings(redis_url=durable_valkey.url, partitions=4), scripts=LocalScriptRunner())
    try:
        ids = start(engine, 40)
        batch = engine.batches.create(BatchRequest(kind="modification", items=ids, command=ANOTHER)).batch
        command = [sys.executable, "-m", "tests.service.batch_victim", durable_valkey.url]

        killed = [subprocess.run([*command, str(point)], timeout=60).returncode for point in (2, 5, 9, 14, 20, 27)]
        subprocess.run([*command, "0"], timeout=60, check=True)

        assert -signal.SIGKILL in killed
        assert engine.batches.get(batch.id).ended_at is not None
        assert count_tasks(engine) == Counter(dict.fromkeys(ids, 2))
    finally:
        engine.close()
