"""Takes events from a stream of Valkey or Redis, in a consumer group; what is done with is acknowledged."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Any, cast

import orjson
import redis
import structlog

from baton.connect.out.sink import WrongOption, take_options
from baton.model.errors import BadRequest, Overloaded
from baton.secrets import SecretMissing, SecretResolver, SecretUnavailable
from baton.service import Engine, SourceSettings
from baton.settings import WrongSetting

log = structlog.get_logger("baton.connect")

_WAIT_MS = 1_000
_AT_ONCE = 100
_PAUSE_S = 1.0
ORPHANED_MS = 60_000
"""Entries that a consumer has had for so long without acknowledging them are taken over: it has died."""
Entry = tuple[bytes, dict[bytes, bytes]]


class Intake:
    """Each entry has the CloudEvent as JSON in its field ``event``. At least once; repeats have no second effect."""

    def __init__(self, engine: Engine, settings: SourceSettings, options: Mapping[str, Any]) -> None:
        given = take_options(options, {"url": str, "stream": str}, {"group": str})
        client: Any = redis.Redis
        self._engine, self._name = engine, settings.name
        self._stream, self._group = given["stream"], given.get("group", "baton")
        self._client: Any = client.from_url(given["url"], socket_timeout=10, socket_connect_timeout=5)
        self._consumer = f"{socket.gethostname()}-{engine.ids.process}"
        self._is_ready = False

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.take_next()
            except (redis.RedisError, Overloaded) as error:
                log.warning("source interrupted", action="source.interrupted", source=self._name, reason=str(error))
                stop.wait(_PAUSE_S)
        self._client.close()

    def take_next(self, wait_ms: int = _WAIT_MS, orphaned_ms: int = ORPHANED_MS) -> int:
        """Take what there is, also what this consumer and dead ones have left; returns how many entries.

        Raises RedisError, and Overloaded when the entry is to be taken later.
        """
        self._make_ready()
        left: Any = self._client.xautoclaim(self._stream, self._group, self._consumer, orphaned_ms, count=_AT_ONCE)
        own: Any = self._client.xreadgroup(self._group, self._consumer, {self._stream: "0"}, count=_AT_ONCE)
        entries = [*left[1], *_flatten(own)]
        if not entries:
            fresh: Any = self._client.xreadgroup(
                self._group, self._consumer, {self._stream: ">"}, count=_AT_ONCE, block=wait_ms
            )
            entries = _flatten(fresh)
        for id_, fields in dict(entries).items():
            self._take(fields)
            self._client.xack(self._stream, self._group, id_)
        return len(entries)

    def _make_ready(self) -> None:
        if self._is_ready:
            return
        try:
            self._client.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):  # it is there already
                raise
        self._is_ready = True

    def _take(self, fields: Mapping[bytes, bytes]) -> None:
        """What is no event becomes a dead letter too. Raises Overloaded."""
        body = fields.get(b"event", b"")
        try:
            event = orjson.loads(body)
            self._engine.events_in.take(cast("dict[str, Any]", event) if isinstance(event, dict) else {}, self._name)
        except (orjson.JSONDecodeError, BadRequest) as error:
            broken = {"source": self._name, "id": body[:200].decode(errors="replace"), "type": "unreadable"}
            self._engine.dead_letters.add("in", self._name, broken, str(error))


def _flatten(reply: Any) -> list[Entry]:
    return [entry for _, entries in reply or () for entry in entries if entry[1]]


def open_intake(engine: Engine, settings: SourceSettings, secrets: SecretResolver) -> Intake:
    """Not connected yet. Raises WrongSetting."""
    try:
        options = {
            key: secrets.resolve(value) if isinstance(value, str) else value for key, value in settings.options.items()
        }
        return Intake(engine, settings, options)
    except (WrongOption, ValueError, SecretMissing, SecretUnavailable) as error:
        raise WrongSetting(f"Expected source '{settings.name}' of BATON_SINKS_FILE to be right, but {error}") from None
