"""Completions of tasks without a lease: one round trip where nothing comes between, else the way of all commands."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from baton.model.commands import SetVariables
from baton.model.errors import NotFound, TaskNotLocked
from baton.model.events import EventType
from baton.model.records import InstanceHeader, InstanceState
from baton.service import Completion, Engine
from baton.service.core.queries import IncidentQuery
from baton.service.tasks.task_fetcher import LockedTask
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line
from tests.service.test_lost_turns import lose_process
from tests.store.building import asking, queued

COMPLETE = """
engine.external_tasks.complete(more[0], "w")
"""


class Died(BaseException):
    """The process ends here."""


def record_points(engine: Engine) -> list[str]:
    """Names of the scripts that change something, as they are sent."""
    found: list[str] = []

    def note(point: str) -> None:
        if point.endswith(".before"):
            found.append(point.removesuffix(".before"))

    engine.store.backend.on_point = note
    return found


def begin(engine: Engine, *, tasks: int = 1) -> tuple[InstanceHeader, LockedTask]:
    steps = [external(f"t{number}" if number else "t") for number in range(tasks)]
    header = engine.starts.start(deploy(engine, bpmn(line(*steps))).id)
    (locked,) = fetch(engine)
    return header, locked


def count_completions(engine: Engine, instance_id: str) -> int:
    types = [event.type for event in engine.history.list_events(instance_id)]
    return types.count(EventType.EXTERNAL_TASK_COMPLETED)


def test_the_process_that_wrote_an_instance_last_completes_its_task_in_one_round_trip(engine: Engine) -> None:
    header, locked = begin(engine)
    sent = record_points(engine)

    engine.external_tasks.complete(locked.task.id, "w", {"paid": True})

    assert sent == ["commit"]
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    assert count_completions(engine, header.id) == 1


def test_many_tasks_are_completed_in_one_round_trip(engine: Engine) -> None:
    definition = deploy(engine, bpmn(line(external("t"))))
    headers = [engine.starts.start(definition.id) for _ in range(5)]
    locked = fetch(engine)
    sent = record_points(engine)

    outcomes = engine.bulk_completion.complete([Completion(task_id=item.task.id, worker_id="w") for item in locked])

    assert (sent, outcomes) == (["commit"], [None] * 5)
    assert [count_completions(engine, header.id) for header in headers] == [1] * 5


def test_another_process_takes_the_turn_by_a_lease(engines: Callable[..., Engine]) -> None:
    header, locked = begin(engines())
    other = engines()
    sent = record_points(other)

    other.external_tasks.complete(locked.task.id, "w")

    assert sent == ["submit", "commit"]
    assert count_completions(other, header.id) == 1


def test_a_command_that_waits_is_applied_first(engine: Engine) -> None:
    header, locked = begin(engine, tasks=2)
    waiting = queued("waiting", SetVariables(set={"n": 1}))
    ask = asking(header.id, waiting, now=engine.clock.now(), owner="dead", lease_ms=1, take=False)
    assert engine.store.turns.submit(ask) is not None

    engine.external_tasks.complete(locked.task.id, "w", {"paid": True})

    types = [event.type for event in engine.history.list_events(header.id)]
    assert types.index(EventType.VARIABLES_CHANGED) < types.index(EventType.EXTERNAL_TASK_COMPLETED)
    assert engine.instance_reader.get_variables(header.id) == {"n": 1, "paid": True}


def test_a_process_that_dies_before_the_commit_leaves_nothing_and_the_repeat_does_it_once(
    engines: Callable[..., Engine],
) -> None:
    engine, other = engines(), engines()
    header, locked = begin(engine)

    def die(point: str) -> None:
        if point == "commit.before":
            raise Died

    engine.store.backend.on_point = die
    with pytest.raises(Died):
        engine.external_tasks.complete(locked.task.id, "w")
    assert other.external_tasks.get(locked.task.id)[0] == locked.task
    assert other.run_due() == 0

    other.external_tasks.complete(locked.task.id, "w")

    assert count_completions(other, header.id) == 1


def test_a_process_that_dies_after_the_commit_has_done_it_and_the_repeat_changes_nothing(
    engines: Callable[..., Engine],
) -> None:
    engine, other = engines(), engines()
    header, locked = begin(engine)

    def die(point: str) -> None:
        if point == "commit.after":
            raise Died

    engine.store.backend.on_point = die
    with pytest.raises(Died):
        engine.external_tasks.complete(locked.task.id, "w")

    other.external_tasks.complete(locked.task.id, "w")

    assert count_completions(other, header.id) == 1


def test_a_task_that_another_worker_has_taken_over_is_refused(engine: Engine, clock: Clock) -> None:
    header, locked = begin(engine)
    clock.forward(10_001)
    engine.external_tasks.lock(locked.task.id, "thief", 10_000)

    with pytest.raises(TaskNotLocked):
        engine.external_tasks.complete(locked.task.id, "w")

    assert count_completions(engine, header.id) == 0


def test_a_completed_task_is_completed_no_second_time(engine: Engine) -> None:
    header, locked = begin(engine, tasks=2)
    engine.external_tasks.complete(locked.task.id, "w")

    engine.external_tasks.complete(locked.task.id, "w")  # as the first time
    with pytest.raises(NotFound):
        engine.external_tasks.complete(locked.task.id, "other")

    assert count_completions(engine, header.id) == 1


def test_the_same_command_id_finds_its_answer(engines: Callable[..., Engine]) -> None:
    engine, other = engines(), engines()
    header, locked = begin(engine, tasks=2)

    for repeating in (engine, engine, other):
        repeating.external_tasks.complete(locked.task.id, "w", command_id="key")

    assert count_completions(engine, header.id) == 1


def test_tasks_of_one_instance_that_are_completed_at_once_are_each_completed_once(engine: Engine) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">12</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    task = external("t").replace("</serviceTask>", f"{loop}</serviceTask>")
    task = task if loop in task else task.replace("/>", f">{loop}</serviceTask>", 1)
    header = engine.starts.start(deploy(engine, bpmn(line(task))).id)
    locked = fetch(engine, n=20)
    assert len(locked) == 12

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda item: engine.external_tasks.complete(item.task.id, "w"), locked))

    assert count_completions(engine, header.id) == 12
    assert engine.instances.get(header.id).state is InstanceState.COMPLETED
    positions = [event.position for event in engine.history.list_events(header.id)]
    assert positions == list(range(1, len(positions) + 1))


def test_a_completion_that_kills_processes_is_counted_from_the_first_that_takes_a_lease(
    engine: Engine, clock: Clock
) -> None:
    header, locked = begin(engine)
    engine.store.backend.on_point = None

    for _ in range(2):
        lose_process(engine, clock, COMPLETE, locked.task.id)

    assert engine.run_due() == 1
    assert count_completions(engine, header.id) == 0
    assert [incident.kind for incident in engine.incidents.find(IncidentQuery())] == ["turnTooLong"]
