"""Events to sinks: what they hold, in which order they come, and what happens to those that cannot be sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from baton.connect.out import open_sink
from baton.connect.out.sink import Sent
from baton.model.errors import BadRequest, NotFound
from baton.service import Engine, Resource, read_sinks
from baton.settings import WrongSetting
from baton.store import keys
from tests.connect.hosts import reply, serve
from tests.connect.sinks import PAYING, SECRETS, STREAM, ListSink, pump_of, read_stream, write_sinks
from tests.service.conftest import Clock
from tests.service.processes import deploy, fetch

Engines = Callable[..., Engine]
SINK: dict[str, Any] = {"name": "bus", "kind": "valkey", "stream": STREAM}
REFUSED = Sent(0, "no such thing", refused=True)


@pytest.fixture
def make(engines: Engines, url: str, tmp_path: Path) -> Engines:
    """An engine with these sinks; one called ``bus`` goes to a stream of the store itself."""

    def make(*sinks: dict[str, Any]) -> Engine:
        given = [{**SINK, "url": url, **sink} for sink in sinks or ({},)]
        return engines(sinks_file=write_sinks(tmp_path, *given))

    return make


def pay(engine: Engine, count: int = 1, **variables: Any) -> list[str]:
    """Instances that have sent both of their messages."""
    definition = deploy(engine, PAYING)
    started = [
        engine.starts.start(definition.id, variables={"total": 7, "iban": "DE1", **variables}) for _ in range(count)
    ]
    for locked in fetch(engine, n=count):
        engine.external_tasks.complete(locked.task.id, "w")
    return [header.id for header in started]


def test_what_a_process_throws_arrives_as_cloud_events_in_the_order_of_the_instance(make: Engines, url: str) -> None:
    engine = make()
    instances = pay(engine, 3)

    pump_of(engine, "bus").send_next(1)

    events = read_stream(url)
    assert {event["specversion"] for event in events} == {"1.0"}
    assert {event["dataschema"] for event in events} == {"urn:baton:message:1"}
    for id_ in instances:
        own = [event for event in events if event["source"] == f"/baton/process-instance/{id_}"]
        assert [event["batonelement"] for event in own] == ["one", "two"]
        assert len({event["id"] for event in own}) == 2
        assert own[0]["data"] == {"total": 7, "iban": "DE1"}
        assert (own[0]["type"], own[0]["batonprocess"]) == ("Paid", "paying")


def test_an_event_names_the_version_that_was_declared_beside_its_process(make: Engines, url: str) -> None:
    engine = make()
    for version in ("2", "3"):
        declared = {"version": 1, "sends": [{"type": "Paid", "version": version}]}
        mapped = Resource("paying.events.json", json.dumps(declared).encode())
        (definition,) = engine.deployments.deploy("p", [Resource("p.bpmn", PAYING), mapped]).definitions
        engine.starts.start(definition.id, variables={"total": 7, "iban": "DE1"})

    pump_of(engine, "bus").send_next(1)

    assert {event["dataschema"] for event in read_stream(url)} == {"urn:baton:event:Paid:2", "urn:baton:event:Paid:3"}


def test_without_sinks_nothing_is_captured(engines: Engines) -> None:
    engine = engines()
    pay(engine)

    assert engine.store.captured.count() == 0


@pytest.mark.parametrize(
    ("options", "types"),
    [
        ({"events": ["Pa*"]}, ["Paid", "Paid"]),
        ({"events": ["Other"]}, []),
        ({"processes": ["other*"]}, []),
        (
            {"life_cycle": True, "events": ["io.baton.instance.*"]},
            ["io.baton.instance.started", "io.baton.instance.completed"],
        ),
    ],
)
def test_a_sink_gets_what_it_wants(make: Engines, options: dict[str, Any], types: list[str]) -> None:
    engine, sink = make(options), ListSink()
    pay(engine)

    pump_of(engine, "bus", sink).send_next(1)

    assert [event["type"] for event in sink.events] == types


def test_the_life_of_an_instance_is_events_with_ids_of_their_own(make: Engines) -> None:
    engine, sink = make({"life_cycle": True, "state": False}), ListSink()
    (instance,) = pay(engine)

    pump_of(engine, "bus", sink).send_next(1)

    types = [event["type"].removeprefix("io.baton.") for event in sink.events]
    assert types[:2] == ["Paid", "instance.started"]
    assert {"activity.started", "activity.completed", "instance.completed"} <= set(types)
    assert len({event["id"] for event in sink.events}) == len(sink.events)
    done = next(event for event in sink.events if event["type"].endswith("instance.completed"))
    assert done["data"]["processInstanceId"] == instance
    assert "details" not in done["data"]
    assert sink.events[0]["data"] == {}


def test_sensitive_variables_are_hidden_unless_the_sink_may_see_them(make: Engines, engines: Engines) -> None:
    engine = make({"name": "closed"}, {"name": "open", "sensitive": True})
    engine.sensitive = type(engine.sensitive)(engine.store, "iban")
    pay(engine)
    closed, opened = ListSink(), ListSink()

    pump_of(engine, "closed", closed).send_next(1)
    pump_of(engine, "open", opened).send_next(1)

    assert closed.events[0]["data"] == {"total": 7, "iban": "***"}
    assert opened.events[0]["data"] == {"total": 7, "iban": "DE1"}


# -- a sink that fails


def test_a_sink_that_is_away_gets_everything_later_in_order_and_holds_up_no_other(make: Engines, clock: Clock) -> None:
    engine = make({"name": "away"}, {"name": "there"})
    away, there = ListSink(Sent(1, "no answer"), Sent(0, "no answer"), Sent(0, "no answer")), ListSink()
    pay(engine)
    first, other = pump_of(engine, "away", away), pump_of(engine, "there", there)

    pauses = [first.send_next(1) for _ in range(3)]
    other.send_next(1)
    clock.forward(90_000)

    assert pauses == [0.2, 0.4, 0.8]
    lagging, fine = engine.sinks.list()
    assert (lagging.name, lagging.error, fine.lag_ms, fine.error) == ("away", "no answer", 0, "")
    assert lagging.lag_ms >= 90_000
    assert first.send_next(1) == 0
    assert engine.sinks.list()[0].lag_ms == 0
    assert list(dict.fromkeys(event["id"] for event in away.events)) == [event["id"] for event in there.events]


def test_what_a_pump_sent_and_could_not_note_is_sent_again_with_the_same_ids(make: Engines) -> None:
    engine, sink = make(), ListSink()
    pay(engine)
    dying = pump_of(engine, "bus", sink)
    dying._feed.advance = _die  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        dying.send_next(1)
    sent = [event["id"] for event in sink.events]

    pump_of(engine, "bus", sink).send_next(1)

    assert [event["id"] for event in sink.events] == sent * 2


def _die(*_: object) -> None:
    raise ConnectionError("killed here")


def test_one_process_at_a_time_serves_a_sink_and_another_takes_over_when_it_dies(
    make: Engines,
    engines: Engines,
    clock: Clock,
) -> None:
    engine, sink = make(), ListSink()
    other = engines(sinks_file=engine.settings.sinks_file)
    assert pump_of(engine, "bus", sink).send_next(1) == 0
    pay(engine)

    second = pump_of(other, "bus", sink)
    assert second.send_next(1) > 0
    assert sink.events == []

    clock.forward(20_001)
    second.send_next(1)
    assert len(sink.events) == 2


def test_turns_that_all_sinks_have_are_trimmed(make: Engines) -> None:
    engine = make({"name": "fast"}, {"name": "slow"})
    pay(engine, 2)
    pump_of(engine, "fast", ListSink()).send_next(1)
    engine.sinks.trim()
    assert engine.store.captured.count() == 4

    pump_of(engine, "slow", ListSink()).send_next(1)
    engine.sinks.trim()
    assert engine.store.captured.count() == 0


# -- dead letters


def test_an_event_that_is_refused_becomes_a_dead_letter_and_the_next_ones_arrive(make: Engines) -> None:
    engine, sink = make(), ListSink(REFUSED)
    pay(engine)
    pump_of(engine, "bus", sink).send_next(1)

    assert [event["batonelement"] for event in sink.events] == ["two"]
    (letter,) = engine.dead_letters.list(place="bus")
    assert (letter.direction, letter.error, letter.event["batonelement"]) == ("out", "no such thing", "one")
    assert engine.sinks.list()[0].dead_letters == 1


def test_a_dead_letter_is_corrected_sent_again_and_gone(make: Engines) -> None:
    engine, sink = make(), ListSink(REFUSED)
    pay(engine)
    pump = pump_of(engine, "bus", sink)
    pump.send_next(1)
    (letter,) = engine.dead_letters.list()

    engine.dead_letters.change(letter.id, {**letter.event, "data": {"total": 8}})
    engine.dead_letters.send_again(letter.id)
    sink.answers = [Sent(0, "still no")]
    pump.send_next(1)
    (again,) = engine.dead_letters.list()
    assert (again.error, again.again) == ("still no", False)

    engine.dead_letters.send_again(letter.id)
    pump.send_next(1)
    assert engine.dead_letters.count() == 0
    assert (sink.events[-1]["id"], sink.events[-1]["data"]) == (letter.event["id"], {"total": 8})


def test_a_dead_letter_keeps_its_identity_and_can_be_dropped(make: Engines) -> None:
    engine = make()
    pay(engine)
    pump_of(engine, "bus", ListSink(REFUSED)).send_next(1)
    (letter,) = engine.dead_letters.list()

    with pytest.raises(BadRequest, match="Expected 'id' of the event to stay"):
        engine.dead_letters.change(letter.id, {**letter.event, "id": "other"})
    engine.dead_letters.drop(letter.id)
    with pytest.raises(NotFound, match="it was sent or dropped"):
        engine.dead_letters.get(letter.id)


def test_an_event_that_could_not_be_sent_for_long_becomes_a_dead_letter(make: Engines, clock: Clock) -> None:
    engine, sink = make({"give_up_after": "PT1H"}), ListSink(Sent(0, "no answer"))
    pay(engine)
    pump = pump_of(engine, "bus", sink)
    pump.send_next(1)
    assert engine.dead_letters.count() == 0

    clock.forward(3_600_001)
    sink.answers = [Sent(0, "no answer")]
    pump.send_next(1)
    assert engine.dead_letters.count() == 1


# -- webhooks


def test_a_webhook_is_signed_as_standard_webhooks_says(make: Engines) -> None:
    key = b"0123456789abcdef01234567"
    with serve(reply("204 No Content")) as host:
        webhook = {"kind": "webhook", "url": f"http://127.0.0.1:{host.port}/hook", "secret": "${secrets.HOOK}"}
        engine = make_webhook(make, webhook)
        pay(engine)
        pump_of(engine, "bus").send_next(1)

    head, _, body = host.requests[0].partition(b"\r\n\r\n")
    headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in head.decode().split("\r\n"))}
    event = json.loads(body)
    signed = f"{event['id']}.{headers['webhook-timestamp']}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-id"] == event["id"]
    assert headers["webhook-signature"] == f"v1,{signature}"
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert len(host.requests) == 2


def make_webhook(make: Engines, webhook: dict[str, Any]) -> Engine:
    """The options of a stream are none of a webhook."""
    engine = make({"stream": STREAM})
    assert engine.settings.sinks_file is not None
    file = write_sinks(engine.settings.sinks_file.parent, {"name": "bus", **webhook})
    engine.sinks.settings = read_sinks(file)
    return engine


@pytest.mark.parametrize(("status", "dead"), [("410 Gone", 2), ("429 Too Many Requests", 0), ("500 Oops", 0)])
def test_a_webhook_that_refuses_makes_dead_letters_and_one_in_trouble_is_tried_again(
    make: Engines, status: str, dead: int
) -> None:
    with serve(reply(status, b"sorry")) as host:
        engine = make_webhook(make, {"kind": "webhook", "url": f"http://127.0.0.1:{host.port}/"})
        pay(engine)

        pause = pump_of(engine, "bus").send_next(1)

        assert (engine.dead_letters.count("bus"), pause > 0) == (dead, dead == 0)


# -- the file


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[sink]]\nkind = 'valkey'", "a name of small letters"),
        ("[[sink]]\nname = 'a'\nkind = 'fax'", "the kind of sink 'a' to be one of"),
        ("[[sink]]\nname = 'a'\nkind = 'valkey'\nevents = 'x'", "a list of patterns as 'events'"),
        ("[[sink]]\nname = 'a'\nkind = 'valkey'\nstate = 1", "true or false as 'state'"),
        ("[[sink]]\nname = 'a'\nkind = 'valkey'\ngive_up_after = 'soon'", "a duration such as P3D"),
        ("[[sink]]\nname = 'a'\nkind = 'valkey'\n[[sink]]\nname = 'a'\nkind = 'valkey'", "sinks of different names"),
        ("[[drain]]", "tables [[sink]]"),
        ("[[sink", "Expected in the file"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "sinks.toml"
    file.write_text(text)

    with pytest.raises(WrongSetting) as refused:
        read_sinks(file)

    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "valkey", "url": "redis://x"}, "the option 'stream' is missing"),
        ({"kind": "webhook", "url": "http://x", "colour": "red"}, "there is no option 'colour'"),
        ({"kind": "webhook", "url": 7}, "the option 'url' is 7"),
        ({"kind": "webhook", "url": "http://x", "secret": "${secrets.NONE}"}, "Expected a secret 'NONE'"),
        ({"kind": "webhook", "url": "http://x", "timeout": 60}, "the option 'timeout' is not"),
        ({"kind": "webhook", "url": "http://x", "secret": "short"}, "the option 'secret' is not whsec_"),
    ],
)
def test_options_of_a_sink_that_cannot_be_are_refused(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    (settings,) = read_sinks(write_sinks(tmp_path, {"name": "a", **options}))

    with pytest.raises(WrongSetting) as refused:
        open_sink(settings, SECRETS)

    assert words in str(refused.value)


def test_the_key_of_captured_turns_is_in_the_slot_of_the_instance() -> None:
    assert keys.name_captured(keys.make_tag(3)) == "{p03}:captured"
