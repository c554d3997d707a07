"""Completing many tasks at once, and limits of topics."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from baton.model.errors import BadRequest, Conflict, NotFound, TaskNotLocked
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.service import Completion, Engine, ExternalTaskQuery, InstanceQuery, TopicLimits, TopicRequest
from baton.store import keys
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line

MANY = bpmn(
    line(
        '<serviceTask id="t" camunda:type="external" camunda:topic="work"><multiInstanceLoopCharacteristics>'
        '<loopCardinality xsi:type="tFormalExpression">12</loopCardinality></multiInstanceLoopCharacteristics>'
        "</serviceTask>"
    )
)


def start(engine: Engine, count: int = 1) -> list[str]:
    definition = deploy(engine)
    return [engine.starts.start(definition.id).id for _ in range(count)]


# -- many at once


def test_many_tasks_of_one_instance_are_completed_in_one_turn(engine: Engine) -> None:
    header = engine.starts.start(deploy(engine, MANY).id)
    tasks = fetch(engine, n=20)
    turns = len(engine.store.backend.read([("LRANGE", _history(header.id), 0, -1)])[0])

    outcomes = engine.bulk_completion.complete([Completion(task_id=task.task.id, worker_id="w") for task in tasks])

    assert (len(tasks), outcomes) == (12, [None] * 12)
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    assert len(engine.store.backend.read([("LRANGE", _history(header.id), 0, -1)])[0]) == turns + 1


def _history(instance_id: str) -> str:

    return keys.name_history(instance_id)


def test_each_task_of_a_bulk_stands_for_itself(engine: Engine) -> None:
    ids = start(engine, 3)
    tasks = {item.task.instance_id: item.task.id for item in fetch(engine)}
    outcomes = engine.bulk_completion.complete(
        [
            Completion(task_id=tasks[ids[0]], worker_id="w", variables={"n": 1}),
            Completion(task_id=tasks[ids[1]], worker_id="somebody else"),
            Completion(task_id="nonsense", worker_id="w"),
            Completion(task_id=tasks[ids[2]], worker_id="w", variables={"big": "x" * 5_000_000}),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), TaskNotLocked, NotFound, BadRequest]
    assert engine.instance_reader.get_variables(ids[0]) == {"n": 1}
    assert engine.instances.count(InstanceQuery()) == 2


def test_a_repeated_bulk_answers_as_the_first_did(engine: Engine) -> None:
    (id_,) = start(engine)
    (one,) = fetch(engine)
    done = [Completion(task_id=one.task.id, worker_id="w")]
    assert engine.bulk_completion.complete(done, command_id="k") == [None]
    assert engine.bulk_completion.complete(done, command_id="k") == [None]
    assert engine.bulk_completion.complete(done) == [None]
    finished = [e for e in engine.history.list_events(id_) if e.type is EventType.EXTERNAL_TASK_COMPLETED]
    assert len(finished) == 1


# -- limits


def test_no_more_tasks_are_locked_at_once_than_the_topic_allows(engine: Engine) -> None:
    start(engine, 4)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=2))
    first = fetch(engine)
    assert len(first) == 2
    assert fetch(engine, worker="v") == []
    engine.external_tasks.complete(first[0].task.id, "w")
    assert len(fetch(engine, worker="v")) == 1
    assert fetch(engine) == []
    assert engine.topic_limits.get_all() == {"work": TopicLimits(locks_at_once=2)}


@pytest.mark.parametrize("how", ["failure", "unlock", "expiry"])
def test_a_place_is_free_again_however_the_lock_ends(engine: Engine, clock: Clock, how: str) -> None:
    start(engine, 2)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=1))
    (one,) = fetch(engine)
    if how == "failure":
        engine.external_tasks.fail(one.task.id, "w", retries=0)
    elif how == "unlock":
        engine.external_tasks.unlock(one.task.id)
    else:
        clock.forward(10_001)
    assert len(fetch(engine)) == 1


def test_a_lock_that_is_extended_keeps_its_place(engine: Engine, clock: Clock) -> None:
    start(engine, 2)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=1))
    (one,) = fetch(engine)
    engine.external_tasks.extend_lock(one.task.id, "w", 60_000)
    clock.forward(30_000)
    assert fetch(engine) == []


def test_locks_from_before_the_limit_count(engine: Engine) -> None:
    ids = start(engine, 2)
    (one,) = fetch(engine, n=1)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=1))
    assert fetch(engine) == []
    other = next(id_ for id_ in ids if id_ != one.task.instance_id)
    (waiting,) = [task for task, lock in engine.external_tasks.find(_all()) if task.instance_id == other]
    with pytest.raises(Conflict, match="limits are used up"):
        engine.external_tasks.lock(waiting.id, "w", 1_000)
    engine.topic_limits.set("work", None)
    assert len(fetch(engine)) == 1


def _all() -> ExternalTaskQuery:
    return ExternalTaskQuery()


def test_a_topic_gives_no_more_locks_per_second_than_it_may(engine: Engine, clock: Clock) -> None:
    start(engine, 20)
    engine.topic_limits.set("work", TopicLimits(locks_per_second=4))
    assert len(fetch(engine)) == 4
    assert fetch(engine) == []
    clock.forward(250)
    assert len(fetch(engine)) == 1
    clock.forward(60_000)
    assert len(fetch(engine)) == 4


def test_what_was_admitted_and_not_found_is_not_used_up(engine: Engine) -> None:
    deploy(engine)
    engine.topic_limits.set("work", TopicLimits(locks_per_second=2, locks_at_once=2))
    for _ in range(5):
        assert fetch(engine) == []
    start(engine, 3)
    assert len(fetch(engine)) == 2


def test_another_topic_and_a_filtered_request_are_not_in_the_way(engine: Engine) -> None:
    start(engine, 2)
    other = deploy(engine, bpmn(line(external("t", "free")), key="q"), "q")
    for _ in range(3):
        engine.starts.start(other.id)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=1))
    both = [TopicRequest(name="work", lock_ms=10_000), TopicRequest(name="free", lock_ms=10_000)]
    assert sorted(item.task.topic for item in engine.task_fetcher.fetch_and_lock("w", 10, both)) == ["free"] * 3 + [
        "work"
    ]
    assert fetch(engine, definition_keys=("p",)) == []


def test_processes_share_a_limit(engines: Callable[..., Engine]) -> None:
    one, other = engines(), engines()
    start(one, 10)
    one.topic_limits.set("work", TopicLimits(locks_at_once=3))
    found: list[object] = []
    threads = [threading.Thread(target=lambda e=e: found.extend(fetch(e))) for e in (one, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 3


@pytest.mark.parametrize("limits", [TopicLimits(locks_at_once=0), TopicLimits(locks_per_second=-1.0)])
def test_a_limit_that_makes_no_sense_is_refused(engine: Engine, limits: TopicLimits) -> None:
    with pytest.raises(BadRequest, match="Expected"):
        engine.topic_limits.set("work", limits)
