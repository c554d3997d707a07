"""Each thing is broken for real: its metrics make the alert fire, and a sink that wants alerts is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from baton.model.commands import CancelInstance, SetExternalTask, SetVariables
from baton.service import Engine, Settings, SourceSettings, assemble
from baton.service.turns.failures import EngineBug
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.server import Server
from baton.web import WebSettings, create_app
from baton.workers import Watchdog
from tests.alerts.promtool import RULES, list_firing, run_promtool
from tests.connect.hosts import reply, serve
from tests.connect.sinks import ListSink, pump_of, write_sinks
from tests.docs.pages import find_block
from tests.running import ROOT
from tests.service.conftest import Clock
from tests.service.processes import ONE_TASK, bpmn, deploy, external, fetch, line
from tests.service.test_tallies import UNDOABLE, complete

Engines = Callable[..., Engine]
TEXT = RULES.read_text()
ALERTS = re.findall(r"- alert: (\w+)", TEXT)
PAGE = ROOT / "docs" / "how-to" / "alerts.md"
DASHBOARD = ROOT / "deploy" / "grafana" / "baton.json"
HOURLY = bpmn(
    '<extensionElements><camunda:properties><camunda:property name="baton:expectedDuration" value="PT1H"/>'
    "</camunda:properties></extensionElements>" + line(external("t", "hourly"))
)
LONG_AGO, SINCE = 130, 20
"""Scrapes before something broke, more than an hour; and since."""
SLOW = {"BatonInstancesGrow": 40}
"""Alerts that wait for longer before they fire."""


def scrape(engine: Engine) -> str:
    answer = create_app(engine, WebSettings()).test_client().get("/metrics")
    assert answer.status_code == 200
    return answer.text


class World:
    """An engine with a sink, a source and limits, and the watchdog that looks at it."""

    def __init__(self, engines: Engines, clock: Clock, url: str, folder: Path) -> None:
        sink = {"name": "bus", "kind": "valkey", "stream": "s", "url": url, "alerts": True}
        self.engine = engines(sinks_file=write_sinks(folder, sink), most_instances=2_000, most_waiting=1_200)
        self.engine.sources.settings = (SourceSettings(name="shop", kind="valkey", options={}),)
        self.make, self.clock, self.watchdog = engines, clock, Watchdog(self.engine)

    def start(self, xml: bytes = ONE_TASK, count: int = 1, name: str = "p") -> list[str]:
        definition = deploy(self.engine, xml, name)
        return [self.engine.starts.start(definition.id).id for _ in range(count)]

    def look(self) -> str:
        self.watchdog.check()
        return scrape(self.engine)


@pytest.fixture
def world(engines: Engines, clock: Clock, url: str, tmp_path: Path) -> World:
    return World(engines, clock, url, tmp_path)


def make_late(world: World) -> None:
    world.start(HOURLY)
    world.clock.forward(3_700_000)
    fetch(world.engine, "hourly")


def fail_undoing(world: World) -> None:
    (instance,) = world.start(UNDOABLE)
    complete(world.engine)
    world.engine.mailbox.submit(instance, CancelInstance(compensate=True))
    for _ in range(3):
        (task,) = fetch(world.engine, "release")
        world.engine.external_tasks.fail(task.task.id, "w", error_message="no", retries=0)
        world.engine.mailbox.submit(instance, SetExternalTask(task_id=task.task.id, retries=1))


def exceed_capacity(world: World) -> None:
    world.start(count=1_250)


def let_queue_grow(world: World) -> None:
    definition = deploy(world.engine)
    for look in range(5):
        for _ in range(40):
            world.engine.starts.start(definition.id)
        if look < 4:  # the last look is that of the test
            world.watchdog.check()


def damage(world: World) -> None:
    (instance,) = world.start()
    state = keys.name_state(instance)
    apply_ops(world.engine.store.backend, state, [["HSET", state, "h", b"\x01rubbish"]])
    other = world.make()  # it has nothing of the instance in memory
    with pytest.raises(EngineBug):
        other.mailbox.submit(instance, SetVariables(set={"n": 1}))


def strand(world: World) -> None:
    (instance,) = world.start()
    state = keys.name_state(instance)
    name = next(name for name in world.engine.store.lists.read_fields(instance) if name.startswith("x"))
    apply_ops(world.engine.store.backend, state, [["HDEL", state, name]])
    world.watchdog.check()


def leave_topic(world: World) -> None:
    world.start()
    world.clock.forward(400_000)


def be_slow(world: World) -> None:
    world.start()
    world.clock.forward(1_000_000)
    world.engine.topic_fetches.record("w", ["work"])


def fail_task(world: World) -> None:
    world.start()
    (task,) = fetch(world.engine)
    world.engine.external_tasks.fail(task.task.id, "w", error_message="no", retries=0)


def refuse_event(world: World) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "nobody.knows"}
    world.engine.events_in.take(event, "http")


def lose_sink(world: World) -> None:
    feed = world.engine.open_feed(world.engine.sinks.settings[0])
    assert feed.take()
    feed.keep("no route to the host")


def lose_source(world: World) -> None:
    world.engine.sources.record("shop", error="no route to the host")


def lose_host(world: World) -> None:
    world.engine.called_hosts.record("https://x", state="open", failures=5, pause_ms=30_000, message="no answer")


BROKEN: dict[str, Callable[[World], None]] = {
    "BatonOverdue": make_late,
    "BatonUndoingFails": fail_undoing,
    "BatonOverCapacity": exceed_capacity,
    "BatonInstancesGrow": exceed_capacity,
    "BatonQueueGrows": let_queue_grow,
    "BatonQueueOld": be_slow,
    "BatonTopicUnserved": leave_topic,
    "BatonInconsistent": damage,
    "BatonStuck": strand,
    "BatonIncidents": fail_task,
    "BatonDeadLetters": refuse_event,
    "BatonSinkAway": lose_sink,
    "BatonSourceAway": lose_source,
    "BatonHostAway": lose_host,
}


def test_while_all_is_well_nothing_fires(world: World, tmp_path: Path) -> None:
    world.start(count=3)
    complete_all(world)

    assert list_firing(tmp_path, [(world.look(), LONG_AGO + SINCE)], ALERTS) == []


def complete_all(world: World) -> None:
    for locked in fetch(world.engine):
        world.engine.external_tasks.complete(locked.task.id, "w", {})


@pytest.mark.parametrize("alert", BROKEN)
def test_what_breaks_makes_its_alert_fire(world: World, tmp_path: Path, alert: str) -> None:
    before = world.look()

    BROKEN[alert](world)

    assert list_firing(tmp_path, [(before, LONG_AGO), (world.look(), SLOW.get(alert, SINCE))], [alert]) == [alert]


def test_a_store_that_is_full_or_away_makes_its_alert_fire(durable_valkey: Server, tmp_path: Path) -> None:
    engine = assemble(Settings(redis_url=durable_valkey.url, partitions=2))
    client: Any = redis.Redis(unix_socket_path=str(durable_valkey.socket))
    client.config_set("maxmemory", 1_000_000_000)
    well = scrape(engine)
    client.config_set("maxmemory", int(client.info("memory")["used_memory"] * 1.2))
    full = scrape(engine)
    durable_valkey.stop()
    away = scrape(engine)

    wanted = ["BatonStoreAway", "BatonStoreNearlyFull"]
    assert list_firing(tmp_path, [(well, LONG_AGO), (full, SINCE)], wanted) == ["BatonStoreNearlyFull"]
    assert list_firing(tmp_path, [(well, LONG_AGO), (away, SINCE)], wanted) == ["BatonStoreAway"]


def test_each_alert_is_tried_and_has_a_runbook() -> None:
    assert {*BROKEN, "BatonStoreAway", "BatonStoreNearlyFull"} == {*ALERTS}
    headings = re.findall(r"^### (\w+)$", PAGE.read_text(), re.MULTILINE)
    assert headings == ALERTS, "in the same order"
    runbooks = re.findall(r"runbook: (\S+)", TEXT)
    assert runbooks == [f"docs/how-to/alerts.md#{alert.lower()}" for alert in ALERTS]


def test_promtool_finds_nothing_wrong_with_the_rules() -> None:
    done = run_promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES))
    assert done.returncode == 0, done.stdout + done.stderr


def list_metrics(text: str) -> set[str]:
    found = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    histograms = set(re.findall(r"^# TYPE (\S+) histogram", text, re.MULTILINE))
    return found | {f"{name}_{part}" for name in histograms for part in ("bucket", "count", "sum")}


def test_rules_and_dashboard_ask_for_metrics_that_there_are(world: World, tmp_path: Path) -> None:
    client = create_app(world.engine, WebSettings()).test_client()
    client.get("/engine-rest/version")
    world.engine.sources.record("shop", waiting=1)
    known = list_metrics(client.get("/metrics").text)
    dashboard = json.loads(DASHBOARD.read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]

    rules = {"groups": [{"name": "d", "rules": [{"record": "a:b", "expr": _fill(expr)} for expr in asked]}]}
    (tmp_path / "dashboard.json").write_text(json.dumps(rules))
    done = run_promtool("check", "rules", "--lint=none", str(tmp_path / "dashboard.json"))
    assert done.returncode == 0, done.stdout + done.stderr

    named = set(re.findall(r"\bbaton_\w+", " ".join([*asked, TEXT])))
    assert named - known == set()
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


def _fill(expr: str) -> str:
    return expr.replace("$__rate_interval", "2m").replace("$definition", ".*")


# -- as events


def take(world: World, sink: ListSink) -> list[tuple[str, str]]:
    pump_of(world.engine, "bus", sink).send_next(1)
    return [(event["type"].rpartition(".")[2], event["data"]["rule"]) for event in sink.events]


def test_an_alert_is_told_once_when_it_begins_and_once_when_it_is_over(world: World) -> None:
    sink, others = ListSink(), Watchdog(world.engine)
    leave_topic(world)
    for watchdog in (world.watchdog, others, world.watchdog):
        watchdog.check()
        world.clock.forward(30_000)

    assert take(world, sink) == [("raised", "unserved-topic")]
    (event,) = sink.events
    assert (event["subject"], event["source"]) == ("unserved-topic/work", "/baton/watchdog")
    assert event["dataschema"] == "urn:baton:alert:1"

    complete_all(world)
    for _ in range(6):
        world.watchdog.check()
        world.clock.forward(30_000)
    assert take(world, sink) == [("raised", "unserved-topic"), ("resolved", "unserved-topic")]

    leave_topic(world)
    world.watchdog.check()
    assert [type_ for type_, _ in take(world, sink)] == ["raised", "resolved", "raised"]
    assert len({event["id"] for event in sink.events}) == 3


def test_an_alert_whose_watchdog_died_before_it_told_is_told_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_topic(world)
    captured = type(world.engine.store.captured)
    with monkeypatch.context() as dying:
        dying.setattr(captured, "add", _die)
        with pytest.raises(KeyboardInterrupt):
            world.watchdog.check()
    for _ in range(7):
        Watchdog(world.engine).check()
        world.clock.forward(30_000)

    assert take(world, ListSink()) == [("raised", "unserved-topic")]


def _die(*_given: object) -> None:
    raise KeyboardInterrupt


def test_the_webhook_of_the_page_gets_alerts_and_nothing_else(engines: Engines, clock: Clock, tmp_path: Path) -> None:
    with serve(reply()) as host:
        text = find_block("docs/how-to/alerts.md", "on-call").text
        file = tmp_path / "sinks.toml"
        file.write_text(text.replace("https://on-call.example.com", f"http://127.0.0.1:{host.port}"))
        engine = engines(sinks_file=file)
        engine.starts.start(deploy(engine).id)
        clock.forward(400_000)
        Watchdog(engine).check()

        pump_of(engine, "on-call").send_next(1)

        (request,) = host.requests
    event = json.loads(request.partition(b"\r\n\r\n")[2])
    assert (event["type"], event["data"]["rule"]) == ("io.baton.alert.raised", "unserved-topic")
