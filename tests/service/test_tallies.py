"""What turns have done, counted for the metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from baton.model.commands import CancelInstance
from baton.model.errors import Overloaded
from baton.service import Engine
from baton.service.operations import tallies
from baton.store.tallies import StoredTallies
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line

UNDOABLE = bpmn(
    line(external("Reserve"), external("Ship", "ship"))
    + '<boundaryEvent id="Undo" attachedToRef="Reserve"><compensateEventDefinition/></boundaryEvent>'
    + '<serviceTask id="Release" isForCompensation="true" camunda:type="external" camunda:topic="release"/>'
    + '<association id="a" associationDirection="One" sourceRef="Undo" targetRef="Release"/>'
)


def count(engine: Engine, metric: str) -> Mapping[tuple[str, ...], int]:
    return {name[1:]: n for name, n in engine.tallies.read().items() if name[0] == metric}


def complete(engine: Engine, topic: str = "work") -> None:
    (task,) = fetch(engine, topic)
    engine.external_tasks.complete(task.task.id, "w", {})


def test_instances_elements_and_their_times_are_counted(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine)
    for _ in range(2):
        engine.starts.start(definition.id)
    clock.forward(4_000)
    engine.external_tasks.complete(fetch(engine)[0].task.id, "w", {})

    assert count(engine, "instances_started") == {("p",): 2}
    assert count(engine, "instances_ended") == {("p", "completed"): 1}
    assert count(engine, "elements_completed") == {("p", "s"): 2, ("p", "t"): 1, ("p", "e"): 1}
    assert count(engine, "external_tasks_completed") == {("p", "t", "work"): 1}
    four_seconds = str(tallies.BOUNDS_S.index(5))
    assert count(engine, "instance_seconds") == {("p", four_seconds): 1, ("p", "sum"): 4_000}
    assert count(engine, "activity_seconds") == {("p", "t", four_seconds): 1, ("p", "t", "sum"): 4_000}
    assert engine.health.count_running() == {"p": 1}


def test_failures_retries_and_incidents_are_counted(engine: Engine) -> None:
    engine.starts.start(deploy(engine).id)
    for retries in (1, 0):
        (task,) = fetch(engine)
        engine.external_tasks.fail(task.task.id, "w", error_message="no", retries=retries)

    assert count(engine, "external_tasks_failed") == {("p", "t", "work"): 2}
    assert count(engine, "external_tasks_retried") == {("p", "t", "work"): 1}
    assert count(engine, "incidents_opened") == {("p", "t", "failedExternalTask"): 1}
    assert count(engine, "external_tasks_timed_out") == {}


def test_undoing_is_counted_by_handler(engine: Engine) -> None:
    instance = engine.starts.start(deploy(engine, UNDOABLE).id)
    complete(engine)
    engine.mailbox.submit(instance.id, CancelInstance(compensate=True))
    (task,) = fetch(engine, "release")
    engine.external_tasks.fail(task.task.id, "w", error_message="no", retries=0)

    assert count(engine, "compensations") == {("p", "started"): 1}
    assert count(engine, "undone_activities") == {("p", "Release", "started"): 1, ("p", "Release", "failed"): 1}


def test_engines_on_one_store_add_to_the_same_counts(engines: Callable[..., Engine]) -> None:
    one, other = engines(), engines()
    definition = deploy(one)
    one.starts.start(definition.id)
    other.starts.start(definition.id)

    one.tallies.flush()

    assert count(other, "instances_started") == {("p",): 2}


def test_labels_that_data_chooses_are_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_OF_A_METRIC", 3)
    definition = deploy(engine, bpmn(line(external("t", "${topic}"))))
    for n in range(5):
        engine.starts.start(definition.id, variables={"topic": f"topic-{n}"})
        complete(engine, f"topic-{n}")
        engine.tallies.flush()

    found = count(engine, "external_tasks_completed")
    assert found == {**{("p", "t", f"topic-{n}"): 1 for n in range(3)}, ("other", "other", "other"): 2}


def test_what_the_store_does_not_take_is_added_later(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.starts.start(deploy(engine).id)

    def refuse(self: StoredTallies, counts: Mapping[tuple[str, ...], int]) -> None:
        raise Overloaded("away")

    with monkeypatch.context() as away:
        away.setattr(StoredTallies, "add", refuse)
        with pytest.raises(Overloaded):
            engine.tallies.flush()
    assert count(engine, "instances_started") == {("p",): 1}
