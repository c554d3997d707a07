"""Spans to Zipkin, or what takes its JSON (https://zipkin.io/zipkin-api/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from baton.connect.out.spans_sink import Plain, SpansSink, read_service

_KINDS = {"producer": "PRODUCER", "consumer": "CONSUMER"}


class ZipkinSink(SpansSink):
    """``url``: of its endpoint, such as ``http://zipkin:9411/api/v2/spans``."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options, _JsonEncoder(read_service(options)))


class _JsonEncoder:
    media_type = "application/json"

    def __init__(self, service: str) -> None:
        self._service = service

    def encode(self, spans: Sequence[Plain]) -> bytes:
        return orjson.dumps([self._write(span) for span in spans])

    def count_rejected(self, answer: bytes) -> tuple[int, str]:
        """It takes all or none."""
        del answer
        return 0, ""

    def _write(self, span: Plain) -> dict[str, Any]:
        links = [f"{link['traceId']}-{link['spanId']}" for link in span["links"]]
        tags = {
            **{name: str(value) for name, value in span["attributes"].items()},
            **({"links": " ".join(links)} if links else {}),
            **({"error": span["error"]} if span["error"] is not None else {}),
        }
        return {
            "traceId": span["traceId"],
            "id": span["spanId"],
            **({"parentId": span["parentSpanId"]} if span["parentSpanId"] else {}),
            "name": span["name"],
            **({"kind": _KINDS[span["kind"]]} if span["kind"] in _KINDS else {}),
            "timestamp": span["begin"] * 1000,
            "duration": max(1, (span["end"] - span["begin"]) * 1000),
            "localEndpoint": {"serviceName": self._service},
            "annotations": [{"timestamp": note["at"] * 1000, "value": _say(note)} for note in span["notes"]],
            "tags": tags,
        }


def _say(note: Plain) -> str:
    facts = " ".join(f"{name.removeprefix('baton.')}={value}" for name, value in note["attributes"].items())
    return f"{note['name']} {facts}".strip()
