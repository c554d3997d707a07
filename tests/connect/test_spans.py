"""Spans to a receiver of OTLP and to one of Zipkin's JSON: what they hold, once each, also when things fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from baton.connect.out import open_sink
from baton.model.traces import make_instance_span_id, make_token_span_id, make_trace_id
from baton.service import Engine, act_as, read_sinks
from baton.settings import WrongSetting
from baton.store import keys
from tests.connect.hosts import Host, reply, serve
from tests.connect.sinks import SECRETS, pump_of, write_sinks
from tests.service.fixtures.record import KEY
from tests.service.processes import MESSAGE, bpmn, deploy, external, fetch, line, receive

Engines = Callable[..., Engine]
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
THROW = '<intermediateThrowEvent id="t" name="Tell"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'
TELLING = bpmn(line(external("a"), THROW), key="telling", extra=MESSAGE)


@pytest.fixture
def make(engines: Engines, tmp_path: Path) -> Callable[..., Engine]:
    def make(host: Host, kind: str = "zipkin", **more: Any) -> Engine:
        url = f"http://127.0.0.1:{host.port}/spans"
        return engines(sinks_file=write_sinks(tmp_path, {"name": "spans", "kind": kind, "url": url, **more}))

    return make


def read_json(host: Host) -> list[dict[str, Any]]:
    return [span for request in host.requests for span in json.loads(request.partition(b"\r\n\r\n")[2])]


def start(engine: Engine, xml: bytes = TELLING, traceparent: str | None = None, **more: Any) -> str:
    with act_as(None, None, traceparent):
        return engine.starts.start(deploy(engine, xml).id, **more).id


def test_each_step_of_an_instance_is_a_span_under_what_it_was_in(host: Host, make: Callable[..., Engine]) -> None:
    engine = make(host, baton_url="https://baton.example.org/")
    id_ = start(engine, traceparent=f"00-{TRACE}-{SPAN}-01")
    (locked,) = fetch(engine)
    assert locked.traceparent == f"00-{TRACE}-{make_token_span_id(id_, locked.task.token)}-01"
    engine.external_tasks.fail(locked.task.id, "w", error_message="no luck", retries=1, retry_timeout=0)
    (again,) = fetch(engine)
    engine.external_tasks.complete(again.task.id, "w")

    pump_of(engine, "spans").send_next(1)

    spans = read_json(host)
    by_name = {span["name"]: span for span in spans}
    whole = by_name["telling"]
    assert (whole["traceId"], whole["id"], whole["parentId"]) == (TRACE, make_instance_span_id(id_), SPAN)
    assert {span["traceId"] for span in spans} == {TRACE}
    failed, done = (span for span in spans if span["name"] == "attempt work")
    assert {failed["parentId"], done["parentId"]} == {by_name["a"]["id"]}
    assert (failed["tags"]["error"], failed["tags"]["baton.worker"]) == ("no luck", "w")
    assert "error" not in done["tags"]
    assert (by_name["Tell"]["parentId"], by_name["send Paid"]["parentId"]) == (whole["id"], by_name["Tell"]["id"])
    assert by_name["send Paid"]["kind"] == "PRODUCER"
    assert by_name["a"]["tags"]["baton.url"] == f"https://baton.example.org/instances/{id_}"
    assert len({span["id"] for span in spans}) == len(spans)


def test_without_a_trace_of_its_own_the_id_of_an_instance_is_that_of_its_trace(
    host: Host, make: Callable[..., Engine]
) -> None:
    engine = make(host)
    id_ = start(engine)

    pump_of(engine, "spans").send_next(1)

    (span,) = read_json(host)  # the start event: all else has not ended
    assert (span["name"], span["traceId"], span["parentId"]) == ("s", make_trace_id(id_), make_instance_span_id(id_))


def test_traces_of_encrypted_instances_are_read_in_their_place(engines: Engines) -> None:
    engine = engines(encryption_keys=KEY)
    given = f"00-{TRACE}-{SPAN}-01"
    id_ = start(engine, traceparent=given)

    (locked,) = fetch(engine)

    assert (locked.traceparent, engine.tracing.find_trace_id(id_)) == (given, TRACE)
    (stored,) = engine.store.backend.read([("HGET", keys.name_state(id_), "w")])
    assert TRACE.encode() not in stored


def test_what_a_caller_does_not_record_has_no_spans(host: Host, make: Callable[..., Engine]) -> None:
    engine = make(host)
    start(engine, traceparent=f"00-{TRACE}-{SPAN}-00")

    pump_of(engine, "spans").send_next(1)

    assert (host.requests, engine.sinks.list()[0].lag_ms) == ([], 0)
    assert (fetch(engine)[0].traceparent or "").endswith("-00")


def test_a_message_links_to_what_has_sent_it(host: Host, make: Callable[..., Engine]) -> None:
    engine = make(host)
    id_ = start(engine, bpmn(line(receive("r")), key="waiting", extra=MESSAGE))
    sender = start(engine)
    engine.external_tasks.complete(fetch(engine)[0].task.id, "w")
    engine.outbox.dispatch()

    pump_of(engine, "spans").send_next(1)

    by_name = {span["name"]: span for span in read_json(host)}
    sent, received = by_name["send Paid"], by_name["receive Paid"]
    assert (sent["traceId"], received["traceId"]) == (make_trace_id(sender), make_trace_id(id_))
    assert received["tags"]["links"] == f"{sent['traceId']}-{sent['id']}"


def test_a_receiver_that_is_away_gets_each_span_later_also_from_another_process(
    host: Host, make: Callable[..., Engine], engines: Engines
) -> None:
    engine = make(host)
    start(engine)
    pump_of(engine, "spans").send_next(1)
    engine.external_tasks.complete(fetch(engine)[0].task.id, "w")
    with serve(reply("503 Busy")) as away:
        dying = pump_of(engine, "spans", open_sink(_settings_for(away, engine), SECRETS))
        assert [dying.send_next(1) for _ in range(2)] == [0.2, 0.4]
    dying._feed.release()

    other = engines(sinks_file=engine.settings.sinks_file)
    pump_of(other, "spans").send_next(1)

    spans = read_json(host)
    assert len({span["id"] for span in spans}) == len(spans)
    activity = next(span for span in spans if span["name"] == "a")
    assert activity["parentId"] == next(span for span in spans if span["name"] == "telling")["id"]
    assert activity["tags"]["baton.position.from"] != activity["tags"]["baton.position.to"]


def _settings_for(host: Host, engine: Engine) -> Any:
    (sink,) = engine.sinks.settings
    return replace(sink, options={**sink.options, "url": f"http://127.0.0.1:{host.port}/"})


def test_texts_of_failures_are_hidden_where_there_are_sensitive_variables(
    host: Host, make: Callable[..., Engine]
) -> None:
    engine = make(host)
    engine.sensitive = type(engine.sensitive)(engine.store, "iban")
    start(engine, variables={"iban": "DE1", "visible": "V1"})
    engine.external_tasks.fail(fetch(engine)[0].task.id, "w", error_message="DE1 is wrong", retries=0)

    pump_of(engine, "spans").send_next(1)

    assert b"***" in host.requests[0]
    assert not [word for word in (b"DE1", b"iban", b"V1", b"visible") if word in host.requests[0]]


def test_spans_go_out_by_otlp(make: Callable[..., Engine]) -> None:
    messages = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    with serve(reply(body=b"", content_type="application/x-protobuf")) as host:
        engine = make(host, "otlp", service="orders", headers={"x-key": "${secrets.HOOK}"})
        id_ = start(engine, traceparent=f"00-{TRACE}-{SPAN}-01")
        locked = fetch(engine)[0]
        engine.external_tasks.fail(locked.task.id, "w", error_message="no luck", retries=1, retry_timeout=0)
        engine.external_tasks.complete(fetch(engine)[0].task.id, "w")

        pump_of(engine, "spans").send_next(1)

    head, _, body = host.requests[0].partition(b"\r\n\r\n")
    assert b"application/x-protobuf" in head
    assert b"x-key: whsec_" in head
    (resource,) = messages.ExportTraceServiceRequest.FromString(body).resource_spans
    assert resource.resource.attributes[0].value.string_value == "orders"
    spans = {span.name: span for span in resource.scope_spans[0].spans}
    whole = spans["telling"]
    assert (whole.trace_id.hex(), whole.parent_span_id.hex()) == (TRACE, SPAN)
    assert spans["a"].parent_span_id == whole.span_id == bytes.fromhex(make_instance_span_id(id_))
    failed = next(span for span in resource.scope_spans[0].spans if span.status.message)
    assert (failed.name, failed.status.message, failed.status.code) == ("attempt work", "no luck", 2)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"life_cycle": True}, "which gets spans, but found 'life_cycle'"),
        ({"events": ["a"]}, "which gets spans, but found 'events'"),
        ({"stream": "s"}, "there is no option 'stream'"),
        ({"headers": {"x": 1}}, "which is no text"),
    ],
)
def test_what_a_sink_of_spans_cannot_be_told_is_refused(tmp_path: Path, more: dict[str, Any], message: str) -> None:
    options = {"name": "spans", "kind": "zipkin", "url": "http://127.0.0.1:1/", **more}
    with pytest.raises(WrongSetting, match=message):
        [open_sink(sink, SECRETS) for sink in read_sinks(write_sinks(tmp_path, options))]
