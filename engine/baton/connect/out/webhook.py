"""Events to a URL, signed as Standard Webhooks says (https://www.standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from baton.connect.options import WrongOption, take_options
from baton.connect.out.posting import OPTIONS, UNREACHED, Poster
from baton.connect.out.sink import Sent, describe, to_bytes
from baton.service import OutgoingEvent

_PREFIX = "whsec_"
_LATER = frozenset({408, 425, 429})
"""Statuses below 500 after which a further try may help."""


class WebhookSink:
    """One request for each event, one after the other; structured mode of CloudEvents over HTTP."""

    at_once = 1

    def __init__(self, options: Mapping[str, Any], read_time: Callable[[], float] = time.time) -> None:
        given = take_options(options, {"url": str}, {**OPTIONS, "secret": str})
        self._read_time = read_time
        self._key = read_key(given["secret"]) if "secret" in given else None
        self._poster = Poster(given["url"], given)

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        for count, item in enumerate(events):
            try:
                status, text = self._post(str(item.event["id"]), to_bytes(item.event))
            except UNREACHED as error:
                return Sent(count, describe(error))
            if not 200 <= status < 300:
                return Sent(count, f"answered with {status}: {text}", status < 500 and status not in _LATER)
        return Sent(len(events))

    def _post(self, event_id: str, body: bytes) -> tuple[int, str]:
        headers = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
        if self._key is not None:
            headers |= sign(self._key, event_id, int(self._read_time()), body)
        status, answer = self._poster.post(body, headers)
        return status, answer.decode(errors="replace")

    def close(self) -> None:
        self._poster.close()


def read_key(secret: str) -> bytes:
    """Of ``whsec_`` and base64. Raises WrongOption."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if len(key) < 24:
        raise WrongOption("the option 'secret' is not whsec_ and at least 24 bytes in base64")
    return key


def sign(key: bytes, event_id: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks; ``at`` in seconds since 1970."""
    signed = b".".join((event_id.encode(), str(at).encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": event_id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}
