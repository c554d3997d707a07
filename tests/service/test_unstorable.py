"""What an expression makes and no row can hold becomes an incident of its instance, and harms no other."""

from __future__ import annotations

import pytest

from baton.model.commands import CompleteExternalTask
from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.service import Engine, IncidentQuery
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line, timer

PAIR, HALF = "\\uD83D\\uDCA9", "\\uD83D"


def script(text: str) -> str:
    return f'<scriptTask id="c" scriptFormat="feel" camunda:resultVariable="r"><script>"{text}"</script></scriptTask>'


def test_a_surrogate_pair_is_stored_as_the_character_it_stands_for(engine: Engine) -> None:
    definition = deploy(engine, bpmn(line(script(PAIR), external("t"))))

    header = engine.starts.start(definition.id)

    assert engine.instance_reader.get_variables(header.id) == {"r": "\U0001f4a9"}


def test_half_a_pair_in_a_first_turn_refuses_the_start(engine: Engine) -> None:
    definition = deploy(engine, bpmn(line(script(HALF), external("t"))))

    with pytest.raises(BadRequest, match="can be stored"):
        engine.starts.start(definition.id)


def test_half_a_pair_behind_a_task_is_an_incident_of_its_instance(engine: Engine) -> None:
    definition = deploy(engine, bpmn(line(external("t"), script(HALF), external("u"))))
    header = engine.starts.start(definition.id)
    (locked,) = fetch(engine)

    with pytest.raises(BadRequest, match="can be stored"):
        engine.external_tasks.complete(locked.task.id, "w")

    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (header.id, "unstorable")


def test_half_a_pair_behind_a_timer_is_one_incident_and_no_turn_that_fails_for_ever(
    engine: Engine, clock: Clock
) -> None:
    definition = deploy(engine, bpmn(line(timer("w", "PT1S"), script(HALF), external("u"))))
    header = engine.starts.start(definition.id)

    for _ in range(3):
        clock.forward(60_000)
        engine.run_due()

    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.instance_id, incident.kind) == (header.id, "unstorable")
    assert engine.mailbox.list_due(clock.now, 10)[0] == []


def test_half_a_pair_in_one_instance_does_not_fail_the_others_of_a_batch(engine: Engine) -> None:
    bad = engine.starts.start(deploy(engine, bpmn(line(external("t"), script(HALF), external("u")))).id)
    good = engine.starts.start(deploy(engine, bpmn(line(external("t")), key="q"), "q").id)
    commands = [
        (locked.task.instance_id, CompleteExternalTask(task_id=locked.task.id, worker_id="w"), None)
        for locked in fetch(engine)
    ]

    outcomes = engine.mailbox.deliver_each(commands)

    answers = {command[0]: outcome for command, outcome in zip(commands, outcomes, strict=True)}
    assert getattr(answers[bad.id], "error", "") == "BadRequest"
    assert getattr(answers[good.id], "error", "") is None
    assert engine.instances.get(good.id).state is InstanceState.COMPLETED
