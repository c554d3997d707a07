"""Spans by OTLP over HTTP, in protobuf (https://opentelemetry.io/docs/specs/otlp/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from baton import __version__
from baton.connect.out.spans_sink import Plain, SpansSink, read_service

_KINDS = {
    "internal": Span.SPAN_KIND_INTERNAL,
    "producer": Span.SPAN_KIND_PRODUCER,
    "consumer": Span.SPAN_KIND_CONSUMER,
}
_NANOS = 1_000_000


class OtlpSink(SpansSink):
    """``url``: of the endpoint for traces, such as ``http://collector:4318/v1/traces``."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options, _ProtobufEncoder(read_service(options)))


class _ProtobufEncoder:
    media_type = "application/x-protobuf"

    def __init__(self, service: str) -> None:
        self._resource = Resource(attributes=_write_attributes({"service.name": service}))

    def encode(self, spans: Sequence[Plain]) -> bytes:
        scope = ScopeSpans(
            scope=InstrumentationScope(name="baton", version=__version__), spans=[_write(span) for span in spans]
        )
        whole = ResourceSpans(resource=self._resource, scope_spans=[scope])
        return ExportTraceServiceRequest(resource_spans=[whole]).SerializeToString()

    def count_rejected(self, answer: bytes) -> tuple[int, str]:
        """A receiver may answer in another form, and says nothing then."""
        try:
            found = ExportTraceServiceResponse.FromString(answer).partial_success
        except DecodeError:
            return 0, ""
        return found.rejected_spans, found.error_message


def _write(span: Plain) -> Span:
    parent, error = span["parentSpanId"], span["error"]
    return Span(
        trace_id=bytes.fromhex(span["traceId"]),
        span_id=bytes.fromhex(span["spanId"]),
        parent_span_id=bytes.fromhex(parent) if parent else b"",
        name=span["name"],
        kind=_KINDS[span["kind"]],
        start_time_unix_nano=span["begin"] * _NANOS,
        end_time_unix_nano=span["end"] * _NANOS,
        attributes=_write_attributes(span["attributes"]),
        events=[
            Span.Event(
                time_unix_nano=note["at"] * _NANOS,
                name=note["name"],
                attributes=_write_attributes(note["attributes"]),
            )
            for note in span["notes"]
        ],
        dropped_events_count=span["droppedNotes"],
        links=[
            Span.Link(trace_id=bytes.fromhex(link["traceId"]), span_id=bytes.fromhex(link["spanId"]))
            for link in span["links"]
        ],
        status=Status() if error is None else Status(code=Status.STATUS_CODE_ERROR, message=error),
    )


def _write_attributes(given: Mapping[str, str | int]) -> list[KeyValue]:
    return [
        KeyValue(key=name, value=AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value))
        for name, value in given.items()
    ]
