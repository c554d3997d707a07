"""What the sinks of spans have in common: requests with many spans each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

import structlog

from baton.connect.options import WrongOption, take_options
from baton.connect.out.posting import OPTIONS, UNREACHED, Poster
from baton.connect.out.sink import Sent, describe
from baton.service import OutgoingEvent

log = structlog.get_logger("baton.connect")
AT_ONCE = 200
_NEVER = frozenset({400, 413, 422})
"""Statuses with which a receiver says that it will not take these spans later either."""
_MOST_ANSWERED = 10_000
Plain = Mapping[str, Any]
"""A span as the feed of the engine gives it."""


class Encoder(Protocol):
    """One way of writing spans."""

    media_type: str

    def encode(self, spans: Sequence[Plain]) -> bytes: ...

    def count_rejected(self, answer: bytes) -> tuple[int, str]:
        """How many of the spans were not wanted, and why, by an answer that says nothing is wrong."""
        ...


class SpansSink:
    """``encode`` gets spans with the address of their instance, if the operator has said where Baton is."""

    at_once = AT_ONCE

    def __init__(self, options: Mapping[str, Any], encoder: Encoder) -> None:
        given = take_options(options, {"url": str}, {**OPTIONS, "headers": dict, "service": str, "baton_url": str})
        self._headers = {**_read_headers(given.get("headers", {})), "Content-Type": encoder.media_type}
        self._baton_url = str(given.get("baton_url", "")).rstrip("/")
        self._poster, self._encoder = Poster(given["url"], given), encoder

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        spans = [self._add_address(item.event["data"]) for item in events]
        try:
            status, answer = self._poster.post(self._encoder.encode(spans), self._headers, _MOST_ANSWERED)
        except UNREACHED as error:
            return Sent(0, describe(error))
        if not 200 <= status < 300:
            text = answer[:300].decode(errors="replace")
            return Sent(0, f"answered with {status}: {text}", status in _NEVER)
        rejected, why = self._encoder.count_rejected(answer)
        if rejected:
            log.warning("spans rejected", action="sink.spans_rejected", spans=rejected, reason=why)
        return Sent(len(events))

    def _add_address(self, span: Plain) -> Plain:
        if not self._baton_url:
            return span
        address = f"{self._baton_url}/instances/{span['attributes']['baton.instance.id']}"
        return {**span, "attributes": {**span["attributes"], "baton.url": address}}

    def close(self) -> None:
        self._poster.close()


def read_service(options: Mapping[str, Any]) -> str:
    """Under which name Baton is in traces."""
    return str(options.get("service", "baton"))


def _read_headers(given: object) -> dict[str, str]:
    """Such as the key of an account. Raises WrongOption."""
    headers = cast("dict[str, Any]", given)
    for name, value in headers.items():
        if not isinstance(value, str):
            raise WrongOption(f"the header '{name}' is {value!r}, which is no text")
    return headers
