"""What the watchdog finds, told to the sinks that want it: once when it begins, and once when it is over.

Several processes have a watchdog. What was told is noted in the store, so that one of them tells it; if that process
dies before the event is there for the sinks, another tells it again, with the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis, to_datetime
from baton.model.turn_result import Outgoing
from baton.service.connecting.sinks import ALERT
from baton.service.connecting.status import Sinks
from baton.service.core.clock import Clock
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.ports import iterate_pairs
from baton.store.store import Store

RAISED, RESOLVED = "io.baton.alert.raised", "io.baton.alert.resolved"
OVER_MS = 150_000
"""What no watchdog has found for so long is over: each looks every half a minute, and some see only their own part."""
MOST = 1_000
"""Alerts at a time; of more, nobody could read."""
_HEADER = InstanceHeader(id="watchdog", definition_id="", definition_key="", state=InstanceState.ACTIVE, started_at=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    rule: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class _Told:
    """``first``, ``last``: when it was found; ``told``: that its event is there for the sinks."""

    first: Millis
    last: Millis
    told: bool

    def write(self) -> str:
        return f"{self.first} {self.last} {int(self.told)}"


class Alerts:
    def __init__(self, store: Store, sinks: Sinks, clock: Clock) -> None:
        self._store, self._sinks, self._clock = store, sinks, clock

    def announce(self, found: Sequence[Alert]) -> None:
        """``found``: everything that is wrong now. Does nothing if no sink wants alerts. Raises Overloaded."""
        if not any(sink.alerts for sink in self._sinks.settings):
            return
        now, known = self._clock.now(), self._read()
        for alert in found[:MOST]:
            name = f"{alert.rule}{keys.SEPARATOR}{alert.subject}"
            before = known.pop(name, None)
            if before is None:
                self._raise(name, alert, "", _Told(now, now, False))
            elif not before.told and now - before.first > OVER_MS:
                self._raise(name, alert, before.write(), _Told(before.first, now, False))
            else:
                self._put(name, before.write(), _Told(before.first, now, before.told).write())
        for name, before in known.items():
            if now - before.last > OVER_MS:
                self._resolve(name, before)

    def _raise(self, name: str, alert: Alert, expected: str, told: _Told) -> None:
        if not self._put(name, expected, told.write()):
            return  # another process tells it
        self._send(RAISED, alert, told)
        self._put(name, told.write(), _Told(told.first, told.last, True).write())

    def _resolve(self, name: str, before: _Told) -> None:
        rule, _, subject = name.partition(keys.SEPARATOR)
        message = f"It was found last at {to_datetime(before.last).isoformat()}"
        self._send(RESOLVED, Alert(rule=rule, subject=subject, message=message), before)
        apply_ops(
            self._store.backend, keys.ALERTS, [["HDEL", keys.ALERTS, name]], [[keys.ALERTS, name, before.write()]]
        )

    def _send(self, type_: str, alert: Alert, told: _Told) -> None:
        """The id is the same if it is told again."""
        name = "\0".join((type_, alert.rule, alert.subject, str(told.first)))
        out = Outgoing(
            id=hashlib.sha256(name.encode()).hexdigest()[:32],
            kind=ALERT,
            name=type_,
            sender=_HEADER.id,
            element=f"{alert.rule}/{alert.subject}",
            variables={
                "rule": alert.rule,
                "subject": alert.subject,
                "message": alert.message,
                "since": to_datetime(told.first).isoformat(),
            },
        )
        self._store.captured.add(_HEADER, [out], self._clock.now())

    def _put(self, name: str, expected: str, value: str) -> bool:
        op = ["HSET", keys.ALERTS, name, value]
        return apply_ops(self._store.backend, keys.ALERTS, [op], [[keys.ALERTS, name, expected]])

    def _read(self) -> dict[str, _Told]:
        flat = self._store.backend.read([("HGETALL", keys.ALERTS)])[0]
        return {name.decode(): _read_told(value.decode()) for name, value in iterate_pairs(flat)}


def _read_told(text: str) -> _Told:
    first, last, told = text.split()
    return _Told(int(first), int(last), told == "1")
