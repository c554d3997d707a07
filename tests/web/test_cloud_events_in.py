"""Events from outside: by mappings they become messages or start instances, each once."""

from __future__ import annotations

import json
from typing import Any

import pytest
import redis

from baton.connect.into import Intake
from baton.connect.into.valkey import ValkeySource
from baton.service import Engine, InstanceQuery, Resource
from tests.service.processes import MESSAGE, bpmn, line, receive
from tests.web.conftest import Api

PAID = {"type": "payment.*", "message": "Paid", "businessKey": "=data.order", "variables": {"total": "=data.total"}}
ORDERED = {
    "type": "ordered",
    "source": "/shop*",
    "start": "shop",
    "businessKey": "=subject",
    "variables": {"item": "=data.item"},
}
SHOP = bpmn(line(receive("wait")), key="shop", extra=MESSAGE)


def make_event(type_: str, id_: str = "e1", **more: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": id_, "source": "/shop/1", "type": type_, **more}


ORDER = make_event("ordered", subject="o-1", data={"item": "piano"})
PAYMENT = make_event("payment.received", "e2", data={"order": "o-1", "total": 7})


def deploy(engine: Engine, *mappings: dict[str, Any], file: str = "shop.events.json") -> None:
    content = json.dumps({"version": 1, "events": mappings}).encode()
    engine.deployments.deploy("shop", [Resource("shop.bpmn", SHOP), Resource(file, content)])


def test_an_event_starts_a_process_and_another_reaches_it_each_once(api: Api, engine: Engine) -> None:
    deploy(engine, PAID, ORDERED)

    started = api.post("/event", ORDER)
    again = api.post("/event", ORDER)
    assert (started["deadLetter"], again["instances"]) == (None, started["instances"])

    for _ in range(2):
        reached = api.post("/event", PAYMENT)
        assert reached["instances"] == started["instances"]
    (id_,) = started["instances"]
    assert engine.instances.get(id_).state.is_ended
    assert engine.instances.get(id_).business_key == "o-1"
    found = {item["name"]: item["value"] for item in api.get("/history/variable-instance", processInstanceId=id_)}
    assert found == {"item": "piano", "total": 7}


def test_an_event_may_come_in_binary_mode(api: Api, engine: Engine) -> None:
    deploy(engine, ORDERED)

    headers = {
        "ce-specversion": "1.0",
        "ce-id": "e10",
        "ce-source": "/shop",
        "ce-type": "ordered",
        "ce-subject": "o%203",
    }
    taken = api.post("/event", {"item": "flute"}, headers=headers)
    assert engine.instances.get(taken["instances"][0]).business_key == "o 3"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (make_event("unknown"), "Expected a mapping for events 'unknown'"),
        (PAYMENT, "Cannot correlate message 'Paid'"),
    ],
)
def test_an_event_that_fits_nothing_is_a_dead_letter(
    api: Api,
    engine: Engine,
    event: dict[str, Any],
    words: str,
) -> None:
    deploy(engine, PAID, ORDERED)

    taken = api.post("/event", event)

    letter = api.get(f"/dead-letter/{taken['deadLetter']}")
    assert (letter["direction"], letter["place"], letter["event"]) == ("in", "http", event)
    assert words in letter["error"]


def test_a_dead_letter_that_came_in_is_tried_again_when_it_fits(api: Api, engine: Engine) -> None:
    deploy(engine, PAID)
    taken = api.post("/event", ORDER)
    api.post(f"/dead-letter/{taken['deadLetter']}/send")
    assert api.get("/dead-letter/count") == {"count": 1}

    deploy(engine, PAID, ORDERED)
    api.post(f"/dead-letter/{taken['deadLetter']}/send")
    assert api.get("/dead-letter/count") == {"count": 0}
    assert api.get("/process-instance/count") == {"count": 1}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"id": "e1"}, "Expected an event with specversion"),
        ({**ORDER, "id": ""}, "Expected an event with a text as 'id'"),
        ({**ORDER, "data_base64": "eA=="}, "Expected an event with JSON as data"),
        ([1], "Expected a JSON object"),
    ],
)
def test_what_is_no_cloud_event_is_refused(api: Api, event: Any, words: str) -> None:
    assert words in api.post("/event", event, expect=400)["message"]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"type": "a"}, "Expected either a message or a process to start"),
        ({"type": "a", "message": "m", "start": "p"}, "Expected either a message or a process to start"),
        ({"message": "m"}, "with a type"),
        ({"type": "a", "message": "m", "colour": "red"}, "but found 'colour'"),
        ({"type": "a", "message": "m", "variables": {"x": "=1 +"}}, "Expected"),
        ({"type": "a", "message": "m", "variables": {"x": 1}}, "Expected expressions by name"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_not_deployed(engine: Engine, mapping: dict[str, Any], words: str) -> None:
    content = json.dumps({"version": 1, "events": [mapping]}).encode()

    (problem,) = engine.deployments.check([Resource("shop.bpmn", SHOP), Resource("a.events.json", content)])

    assert (problem.rule, problem.resource, problem.is_error) == ("event-mapping", "a.events.json", True)
    assert words in problem.message


def test_a_stream_is_read_in_a_group_and_what_a_dead_consumer_left_is_taken_over(engine: Engine, valkey: str) -> None:
    deploy(engine, ORDERED)
    options = {"url": valkey, "stream": "orders", "exclusive": False}
    client: Any = redis.Redis
    with client.from_url(valkey) as bus:
        for number in range(3):
            bus.xadd("orders", {"event": json.dumps({**ORDER, "id": f"e{number}"})})
        bus.xadd("orders", {"event": "no JSON"})
        bus.xgroup_create("orders", "baton", id="0")
        bus.xreadgroup("baton", "dead consumer", {"orders": ">"}, count=2)

        intake = Intake(engine, "orders", lambda: ValkeySource(options, "living consumer", orphaned_ms=0))
        while intake.take_next(1):
            pass

        assert bus.xpending("orders", "baton")["pending"] == 0
    assert engine.instances.count(InstanceQuery()) == 3
    assert [letter.place for letter in engine.dead_letters.list()] == ["orders"]


def test_what_a_dead_reader_of_a_stream_left_comes_before_what_is_newer(valkey: str) -> None:
    client: Any = redis.Redis
    with client.from_url(valkey) as bus:
        bus.xgroup_create("orders", "baton", id="0", mkstream=True)
        for number in range(3):
            bus.xadd("orders", {"event": f"e{number}"})
        bus.xreadgroup("baton", "dead consumer", {"orders": ">"}, count=2)

    source = ValkeySource({"url": valkey, "stream": "orders"}, "living consumer")

    assert read_all(source) == [b"e0", b"e1", b"e2"]
    source.close()


def test_one_reads_a_stream_at_a_time_and_the_next_begins_with_what_is_not_done(valkey: str) -> None:
    options = {"url": valkey, "stream": "orders"}
    first, second = ValkeySource(options, "first"), ValkeySource(options, "second")
    client: Any = redis.Redis
    with client.from_url(valkey) as bus:
        for number in range(3):
            bus.xadd("orders", {"event": f"e{number}"})

        received = first.receive(1)
        first.confirm(received[:1])
        assert list(second.receive(1)) == []
        assert [item.body for item in first.receive(1)] == [b"e1", b"e2"]
        first.close()

        bus.xadd("orders", {"event": "e3"})
        assert read_all(second) == [b"e1", b"e2", b"e3"]
    second.close()


def test_a_reader_that_has_slept_longer_than_its_right_lasts_leaves_the_stream_to_the_other(valkey: str) -> None:
    options = {"url": valkey, "stream": "orders"}
    first, second = ValkeySource(options, "first"), ValkeySource(options, "second")
    client: Any = redis.Redis
    with client.from_url(valkey) as bus:
        bus.xadd("orders", {"event": "e0"})
        assert first.receive(1)
        bus.delete("orders:baton:reader")  # as it does when nobody renews it

        assert read_all(second) == [b"e0"]
        assert list(first.receive(1)) == []
    first.close()
    second.close()


def read_all(source: ValkeySource) -> list[bytes]:
    bodies: list[bytes] = []
    while received := source.receive(1):
        bodies.extend(item.body for item in received)
        source.confirm(received)
    return bodies
