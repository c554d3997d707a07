"""What the watchdog finds, repairs and reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.model.commands import CancelInstance, SetVariables
from baton.service import Engine, IncidentQuery
from baton.store import keys
from baton.store.operations import apply_ops
from baton.workers import Watchdog
from tests.service.conftest import Clock, clock, engine, engines, url  # noqa: F401
from tests.service.processes import ONE_TASK, bpmn, deploy, external, fetch, line, timer

HOURLY = bpmn(
    '<extensionElements><camunda:properties><camunda:property name="baton:expectedDuration" value="PT1H"/>'
    "</camunda:properties></extensionElements>" + line(external("t"))
)


def test_an_instance_that_only_lost_its_place_is_woken(engine: Engine, clock: Clock) -> None:  # noqa: F811
    header = engine.starts.start(deploy(engine, bpmn(line(timer("w", "PT1M")))).id)
    agenda = keys.name_agenda(keys.find_tag(header.id))
    apply_ops(engine.store.backend, agenda, [["ZREM", agenda, header.id]])
    watchdog = Watchdog(engine)
    assert watchdog.check() == []
    (finding,) = watchdog.check()
    assert (finding.rule, finding.repaired) == ("stuck", True)
    clock.forward(60_001)
    engine.run_due()
    assert engine.instances.get(header.id).state.is_ended


def test_an_instance_that_cannot_be_woken_becomes_an_incident_that_can_be_cancelled(engine: Engine) -> None:  # noqa: F811
    header = engine.starts.start(deploy(engine, ONE_TASK).id)
    state = keys.name_state(header.id)
    name = next(name for name in engine.store.lists.read_fields(header.id) if name.startswith("x"))
    apply_ops(engine.store.backend, state, [["HDEL", state, name]])
    watchdog = Watchdog(engine)
    watchdog.check()
    (finding,) = watchdog.check()
    assert (finding.rule, finding.subject, finding.repaired) == ("stuck", header.id, False)
    (incident,) = engine.incidents.find(IncidentQuery())
    assert (incident.kind, incident.instance_id) == ("stuck", header.id)
    assert watchdog.check() == watchdog.check() == []
    engine.mailbox.submit(header.id, CancelInstance())
    assert engine.incidents.find(IncidentQuery()) == []


def test_an_instance_beyond_its_expected_duration_is_reported(engine: Engine, clock: Clock) -> None:  # noqa: F811
    late = engine.starts.start(deploy(engine, HOURLY).id)
    clock.forward(3_500_000)
    engine.starts.start(deploy(engine, HOURLY).id)
    clock.forward(200_000)
    fetch(engine)
    found = [item for item in Watchdog(engine).check() if item.rule == "overdue"]
    assert [(item.subject, item.since) for item in found] == [(late.id, late.started_at + 3_600_000)]
    assert engine.incidents.find(IncidentQuery()) == []


def test_a_queue_that_grows_and_a_topic_nobody_serves_are_reported(engine: Engine, clock: Clock) -> None:  # noqa: F811
    definition = deploy(engine)
    watchdog = Watchdog(engine)
    found = []
    for _ in range(5):
        for _ in range(25):
            engine.starts.start(definition.id)
        clock.forward(90_000)
        found = watchdog.check()
    assert [(item.rule, item.subject) for item in found] == [
        ("unserved-topic", "work"),
        ("growing-queue", "topic work"),
    ]
    fetch(engine, n=200)
    assert watchdog.check() == []


@pytest.mark.parametrize("looked", [False, True])
def test_every_process_reads_the_last_report(
    engines: Callable[..., Engine],  # noqa: F811
    clock: Clock,  # noqa: F811
    looked: bool,
) -> None:
    engine = engines()  # noqa: F811
    engine.starts.start(deploy(engine, HOURLY).id)
    clock.forward(3_700_000)
    if looked:
        Watchdog(engine).check()
    report = engine.watchdog_status.read_report()
    assert [finding.rule for finding in report.findings] == (["overdue", "unserved-topic"] if looked else [])
    assert report.at == (clock.now if looked else None)
    assert engine.health.collect_metrics()["watchdog_overdue"] == int(looked)


def hourly(action: str) -> bytes:
    """A process that is overdue after an hour, with a step that fails before a task that can be undone."""
    properties = {"baton:expectedDuration": "PT1H", "baton:overdue": action}
    inner = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in properties.items())
    script = '<scriptTask id="t" scriptFormat="python"><script>y = 1 / x</script></scriptTask>'
    return bpmn(
        f"<extensionElements><camunda:properties>{inner}</camunda:properties></extensionElements>"
        + line(script, external("after"))
    )


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("report", "still runs"),
        ("retry", "incident at 't' retried"),
        ("skip", "incident at 't' skipped"),
        ("cancel", "cancelled, undoing everything"),
        ("explode", "still runs"),
    ],
)
def test_what_is_overdue_is_done_with_as_its_process_says(
    engine: Engine,  # noqa: F811
    clock: Clock,  # noqa: F811
    action: str,
    said: str,
) -> None:
    late = engine.starts.start(deploy(engine, hourly(action)).id, variables={"x": 0})
    engine.mailbox.submit(late.id, SetVariables(set={"x": 1}))
    clock.forward(3_700_000)

    found = [item for item in Watchdog(engine).check() if item.rule == "overdue"]
    engine.run_due()

    assert [item.subject for item in found] == [late.id]
    assert found[0].message.endswith(said)
    waiting = {"retry": ["after"], "skip": ["after"], "report": ["t"], "explode": ["t"], "cancel": []}[action]
    assert [element for element, _ in engine.instances.get(late.id).tokens] == waiting


def test_a_retry_that_fails_is_repeated_once_in_each_expected_duration(engine: Engine, clock: Clock) -> None:  # noqa: F811
    late = engine.starts.start(deploy(engine, hourly("retry")).id, variables={"x": 0})
    positions: list[int] = []
    for pause in (3_700_000, 30_000, 3_600_000):
        clock.forward(pause)
        Watchdog(engine).check()
        engine.run_due()
        positions.append(engine.instances.get(late.id).position)

    assert positions[0] < positions[2]


def test_a_host_that_is_not_called_for_a_while_is_a_finding(engine: Engine) -> None:  # noqa: F811
    engine.called_hosts.record("https://a.example", state="open", failures=5, pause_ms=1, message="no answer")
    engine.called_hosts.record("https://b.example", state="closed", failures=1, pause_ms=0, message="no answer")

    (finding,) = Watchdog(engine).check()

    assert (finding.rule, finding.subject) == ("host-away", "https://a.example")
    assert finding.message == "Expected an answer, but 5 calls in a row failed: no answer"
    assert engine.watchdog_status.collect_metrics()["watchdog_host_away"] == 1
