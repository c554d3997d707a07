"""A conducted core, edges that react to its events, and one observed process that shows them: the samples, whole."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from baton.connect.into import open_intake
from baton.connect.out import Pump, open_sink
from baton.launcher.participants import load_participant
from baton.launcher.samples import find_samples_folder, list_participants
from baton.model.commands import CompleteUserTask
from baton.model.records import Incident, InstanceHeader
from baton.secrets import SecretResolver, SecretSettings
from baton.service import Engine, IncidentQuery, InstanceQuery, Resource, UserTaskQuery, read_sources
from baton.workers.watchdog import Watchdog
from tests.connect.sinks import read_stream
from tests.service.conftest import Clock
from tests.service.processes import fetch

BUS = "samples:bus"
SAMPLES = find_samples_folder()
TICKET = {"host": "db-1", "problem": "disk full", "reporter": "Robert", "area": "linux"}
COURSE = {"student": "Fanny", "course": "counterpoint", "price": 120, "card": "4242"}


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Python finds the bus beside a program that is run."""
    monkeypatch.syspath_prepend(str(SAMPLES / "participants"))
    yield
    sys.modules.pop("bus", None)


class Company:
    """Baton with its samples, and the programs on its bus."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine = engine
        self.secrets = SecretResolver(SecretSettings(), {"BATON_SECRET_SAMPLES_BUS": url})
        self.url, self.bus = url, redis.Redis.from_url(url)  # type: ignore[no-untyped-call]
        self.participants: list[Any] = [load_participant(path) for path in list_participants()]
        for name in ("sysops-ticket", "course-purchase"):
            files = [path for kind in ("bpmn", "events.json") for path in (SAMPLES / name).glob(f"*.{kind}")]
            engine.deployments.deploy(name, [Resource(path.name, path.read_bytes()) for path in files])
        (sink,) = engine.sinks.settings
        self.pump = Pump(engine, sink, open_sink(sink, self.secrets))

    def begin(self, key: str, business_key: str, variables: dict[str, Any]) -> InstanceHeader:
        definition = self.engine.definitions.get_latest(key)
        return self.engine.starts.start(definition.id, business_key=business_key, variables=variables)

    def work(self, topic: str, **result: Any) -> None:
        (locked,) = fetch(self.engine, topic)
        self.engine.external_tasks.complete(locked.task.id, "w", variables=result)

    def resolve_ticket(self, business_key: str = "4729") -> None:
        self.begin("sysops-ticket", business_key, TICKET)
        self.work("validate-ticket", valid=True)
        self.work("assign-expert", expert="ada")
        (task,) = self.engine.user_tasks.find(UserTaskQuery())
        command = CompleteUserTask(task_id=task.id, variables={"resolution": "logs removed"})
        self.engine.mailbox.submit(task.instance_id, command)

    def buy(self, business_key: str = "c-1") -> None:
        self.begin("course-purchase", business_key, COURSE)
        self.work("authorise-payment", authorisation="A-1", paid=120)
        self.work("create-enrolment", enrolment="E-1")

    def publish(self) -> None:
        """What Baton has to say, and what its programs answer."""
        self.pump.send_next(1)
        for participant in self.participants:
            while participant.take_next(self.bus, wait_ms=1) or participant.take_next(self.bus, wait_ms=1):
                pass

    def hear(self) -> None:
        """What is on the bus reaches Baton."""
        (source,) = read_sources(self.engine.settings.sinks_file)
        intake = open_intake(self.engine, source, self.secrets)
        while intake.take_next(1):
            pass

    def find(self, process: str) -> InstanceHeader:
        definition = self.engine.definitions.get_latest(process)
        (found,) = self.engine.instances.find(InstanceQuery(definition_ids=(definition.id,), include_ended=True))
        return found

    @property
    def incidents(self) -> list[Incident]:
        return self.engine.incidents.find(IncidentQuery())


@pytest.fixture
def company(engines: Callable[..., Engine], url: str) -> Iterator[Company]:
    company = Company(engines(sinks_file=Path(SAMPLES / "bus.toml")), url)
    yield company
    company.pump._sink.close()
    company.bus.close()


def test_a_resolved_ticket_is_billed_surveyed_and_told_and_one_observed_process_shows_it(company: Company) -> None:
    company.resolve_ticket()
    assert company.find("sysops-ticket").state == "completed"

    company.publish()
    company.hear()

    seen = company.find("ticket-aftermath")
    assert (seen.state, seen.business_key, seen.end_element) == ("completed", "4729", "TicketClosed")
    said = {event["type"]: event["data"] for event in read_stream(company.url, BUS)}
    assert said["ticket.billed"]["host"] == "db-1"
    assert said["ticket.surveyed"]["survey"] == "Are you content with ada, Robert?"
    assert said["ticket.notified"]["notification"] == "db-1: logs removed"
    assert company.engine.dead_letters.count() == 0


@pytest.mark.parametrize("seed", range(4))
def test_events_may_be_shuffled_and_doubled(company: Company, seed: int) -> None:
    company.resolve_ticket()
    company.buy()
    company.publish()

    events = read_stream(company.url, BUS) * 2
    random.Random(seed).shuffle(events)
    for event in events:
        company.engine.events_in.take(event, "bus")

    for process in ("ticket-aftermath", "purchase-aftermath"):
        assert company.find(process).state == "completed"
    assert (company.engine.dead_letters.count(), company.incidents) == (0, [])


@pytest.mark.parametrize("lost", ["ticket.billed", "ticket.surveyed", "ticket.notified"])
def test_an_event_that_is_missing_is_an_alert_at_its_step(company: Company, lost: str, clock: Clock) -> None:
    company.resolve_ticket()
    company.publish()
    for event in read_stream(company.url, BUS):
        if event["type"] != lost:
            company.engine.events_in.take(event, "bus")

    clock.forward(61_000)
    company.engine.run_due()

    (incident,) = company.incidents
    steps = {"ticket.billed": "BillTicket", "ticket.surveyed": "SendSurvey", "ticket.notified": "NotifyReporter"}
    assert (incident.element, incident.kind) == (steps[lost], "overdueStep")
    found = [(it.rule, it.subject) for it in Watchdog(company.engine).check()]
    assert ("overdue-step", company.find("ticket-aftermath").id) in found
    company.hear()
    assert (company.incidents, company.find("ticket-aftermath").state) == ([], "completed")


def test_a_participant_is_added_without_touching_anything(company: Company) -> None:
    archive = type(company.participants[0])("archive", "ticket.resolved", "ticket.archived", lambda event: {"box": 7})
    company.participants.append(archive)

    company.resolve_ticket()
    company.publish()
    company.hear()

    assert "ticket.archived" in [event["type"] for event in read_stream(company.url, BUS)]
    assert company.find("ticket-aftermath").state == "completed"
    assert company.engine.dead_letters.count() == 0


def test_a_program_that_died_before_it_acknowledged_says_the_same_event_again(company: Company) -> None:
    company.resolve_ticket()
    company.pump.send_next(1)
    company.bus.xgroup_create(BUS, "billing", id="0")
    billing = next(found for found in company.participants if found.name == "billing")
    company.bus.xreadgroup("billing", "one", {BUS: ">"})  # and dies

    company.publish()

    assert [event["id"] for event in read_stream(company.url, BUS) if event["type"] == billing.says]
    company.hear()
    assert company.find("ticket-aftermath").state == "completed"


def test_a_purchase_is_published_observed_and_a_refunded_one_is_not(company: Company) -> None:
    company.buy()
    refunded = company.begin("course-purchase", "c-2", {**COURSE, "course": "conducting"})
    company.work("authorise-payment", authorisation="A-2", paid=120)
    (locked,) = fetch(company.engine, "create-enrolment")
    company.engine.external_tasks.throw_error(locked.task.id, "w", "enrolment-failed")
    company.work("refund-course")

    company.publish()
    company.hear()

    (entry,) = company.engine.instance_reader.get_ledger(refunded.id)
    assert (entry.element, entry.state) == ("AuthorisePayment", "undone")
    seen = company.find("purchase-aftermath")
    assert (seen.state, seen.business_key) == ("completed", "c-1")
    said = {event["type"]: event["data"] for event in read_stream(company.url, BUS)}
    assert said["purchase.receipted"] == {"receipt": "counterpoint for Fanny: 120 euro"}
    assert said["purchase.counted"] == {"sales": 120}


PATTERNS = {
    "parcel-delivered": ("parcel-front", "Delivered", {"state": "completed", "to": "Lima"}),
    "parcel-lost": ("parcel-front", "Lost", {"state": "failed"}),
    "mortgage": ("mortgage-stamped", "Decided", {}),
    "claim": ("claim-sourced", "Paid", {"claimed": 900, "granted": 800, "paid": 800}),
    "trip-called-off": ("trip-saga", "CalledOff", {"hotel": "H-1", "flight": "F-1"}),
}


@pytest.fixture
def patterns(engines: Callable[..., Engine]) -> Engine:
    engine = engines()
    files = [path for kind in ("bpmn", "events.json") for path in (SAMPLES / "state-patterns").glob(f"*.{kind}")]
    engine.deployments.deploy("patterns", [Resource(path.name, path.read_bytes()) for path in files])
    return engine


def tell(engine: Engine, story: str) -> str:
    """The instance that the events of a file are about."""
    lines = (SAMPLES / "state-patterns" / "events" / f"{story}.jsonl").read_text().splitlines()
    told = [engine.events_in.take(json.loads(line), "test") for line in lines]
    assert [event.dead_letter for event in told] == [None] * len(lines)
    (instance,) = {id_ for event in told for id_ in event.instances}
    return instance


@pytest.mark.parametrize("story", PATTERNS)
def test_each_way_of_keeping_state_has_a_sample_that_shows_it(patterns: Engine, story: str) -> None:
    process, end, values = PATTERNS[story]

    instance = tell(patterns, story)

    seen = patterns.instances.get(instance)
    assert (seen.definition_key, seen.state, seen.end_element) == (process, "completed", end)
    assert values.items() <= patterns.history.project(seen).values[0].items()


def test_the_envelope_of_stamp_coupling_is_watched(patterns: Engine) -> None:
    instance = tell(patterns, "mortgage")

    events = patterns.history.list_events(instance)
    changes: list[Any] = [event.data["set"] for event in events if event.type == "VariablesChanged"]
    sizes = [change["envelopeSize"] for change in changes if "envelopeSize" in change]
    assert sizes == sorted(sizes)
    assert len(sizes) == 4
    assert [event.type for event in events if event.element == "Noted"] == ["ElementEntered", "ElementCompleted"]


def test_any_moment_of_an_event_sourced_workflow_is_seen_again(patterns: Engine) -> None:
    instance = tell(patterns, "claim")
    header = patterns.instances.get(instance)

    events = patterns.history.list_events(instance)
    asked = next(event.position for event in events if event.element == "AskForPapers")
    then = patterns.history.project(header, position=asked)

    assert [token.element for token in then.tokens.values()] == ["AskForPapers"]
    assert (then.values[0]["granted"], then.values[0]["missing"]) == (0, True)


@pytest.mark.parametrize(("approved", "end"), [(True, "Approved"), (False, "Refused")])
def test_another_system_calls_back_and_a_manager_is_notified_when_it_takes_long(
    engines: Callable[..., Engine], clock: Clock, approved: bool, end: str
) -> None:
    engine = engines()
    files = [path for path in (SAMPLES / "expense-approval").iterdir() if path.suffix in (".bpmn", ".json")]
    engine.deployments.deploy("expenses", [Resource(path.name, path.read_bytes()) for path in files])
    definition = engine.definitions.get_latest("expense-approval")
    started = engine.starts.start(definition.id, business_key="E-1", variables={"who": "Fanny", "amount": 80})
    (asked,) = fetch(engine, "ask-for-approval")
    engine.external_tasks.complete(asked.task.id, "w")

    clock.forward(20_000)
    engine.run_due()
    (notified,) = fetch(engine, "notify-manager")
    engine.external_tasks.complete(notified.task.id, "w")
    assert not engine.instances.get(started.id).state.is_ended

    decided = {"specversion": "1.0", "id": "1", "source": "/approvals", "type": "approval.decided", "subject": "E-1"}
    for _ in range(2):
        engine.events_in.take({**decided, "data": {"approved": approved, "by": "Grace"}}, "http")
    assert engine.instances.get(started.id).end_element == end
    assert engine.dead_letters.count() == 0
