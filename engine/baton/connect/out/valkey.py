"""Events as entries of a stream of Valkey or Redis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import redis

from baton.connect.options import take_options
from baton.connect.out.sink import Sent, describe, to_bytes
from baton.service import OutgoingEvent


class ValkeySink:
    """Each entry has the fields ``id``, ``type``, ``source`` and ``event``, the CloudEvent as JSON."""

    at_once = 200

    def __init__(self, options: Mapping[str, Any]) -> None:
        given = take_options(options, {"url": str, "stream": str}, {"length": int})
        self._stream, self._length = given["stream"], given.get("length", 100_000)
        self._client: Any = _connect(given["url"])

    def send(self, events: Sequence[OutgoingEvent]) -> Sent:
        line = self._client.pipeline(transaction=False)
        for item in events:
            fields: dict[Any, Any] = {name: item.event[name] for name in ("id", "type", "source")}
            line.xadd(self._stream, {**fields, "event": to_bytes(item.event)}, maxlen=self._length, approximate=True)
        try:
            replies = line.execute(raise_on_error=False)
        except redis.RedisError as error:
            return Sent(0, describe(error))
        failed = next((i for i, reply in enumerate(replies) if isinstance(reply, Exception)), None)
        return Sent(len(events)) if failed is None else Sent(failed, describe(replies[failed]))

    def close(self) -> None:
        self._client.close()


def _connect(url: str) -> Any:
    client: Any = redis.Redis
    return client.from_url(url, socket_timeout=10, socket_connect_timeout=5)
