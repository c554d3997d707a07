"""How far a sink is, and what comes next for it. One process at a time serves a sink: the one that holds its lease."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from baton.model.times import Millis
from baton.service.connecting.cloud_events import OutgoingEvent, make_events
from baton.service.connecting.dead_letters import OUT, DeadLetters
from baton.service.connecting.sinks import ALERT, SinkSettings
from baton.service.connecting.span_feed import SpanFeed
from baton.service.core.clock import Clock
from baton.service.core.tracing import Tracing
from baton.service.deployments.sensitive import SensitiveNames, SensitiveVariables
from baton.store import keys
from baton.store.operations import Op, apply_ops
from baton.store.ports import iterate_pairs
from baton.store.store import Store

LEASE_MS = 20_000
OWNER, UNTIL, ERROR, TRIED = "~owner", "~until", "~error", "~tried"
"""Fields beside the cursors, which are under the numbers of their partitions."""
_NO_NAMES = SensitiveNames(())


class Lost(Exception):
    """Another process serves the sink now."""


class SinkFeed:
    """Raises Lost wherever the lease is another's. ``spans``: of a sink that gets those in place of events."""

    def __init__(
        self,
        store: Store,
        sink: SinkSettings,
        letters: DeadLetters,
        sensitive: SensitiveVariables,
        clock: Clock,
        owner: str,
        find_versions: Callable[[str], Mapping[str, str]],
        tracing: Tracing,
        spans: SpanFeed | None = None,
    ) -> None:
        self._tracing, self._spans = tracing, spans
        self._find_versions = find_versions
        self.sink, self.letters = sink, letters
        self._store, self._sensitive, self._clock, self._owner = store, sensitive, clock, owner
        self._key = keys.name_sink(sink.name)
        self._cursors: dict[int, str] = {}

    def take(self) -> bool:
        """Take the lease, and find out how far the sink is; False when another process has it."""
        state = read_state(self._store, self.sink.name)
        owner, until = state.get(OWNER, ""), int(state.get(UNTIL, "0"))
        if owner not in ("", self._owner) and until > self._clock.now():
            return False
        lease: Op = ["HSET", self._key, OWNER, self._owner, UNTIL, str(self._clock.now() + LEASE_MS)]
        if not apply_ops(self._store.backend, self._key, [lease], [[self._key, OWNER, owner]]):
            return False
        self._cursors = read_cursors(state)
        return True

    def wait(self, timeout_ms: int) -> list[tuple[tuple[int, str], list[OutgoingEvent]]]:
        """Turns that come next, each by its cursor, with those of their events that the sink wants."""
        hidden = _NO_NAMES if self.sink.sensitive else self._sensitive.read()
        found = self._store.captured.wait(self._cursors, timeout_ms)
        if self._spans is not None:
            cursors = [(turn.partition, turn.id) for turn in found]
            return list(zip(cursors, self._spans.make(found, hides=bool(hidden)), strict=True))
        traces = self._tracing.find_of_messages([out for turn in found for out in turn.outgoing if out.kind != ALERT])
        return [
            (
                (turn.partition, turn.id),
                make_events(turn, self.sink, hidden, self._find_versions(turn.header.definition_id), traces),
            )
            for turn in found
        ]

    def advance(self, sent: Sequence[tuple[int, str]], dead: Sequence[tuple[dict[str, Any], str]] = ()) -> None:
        """These turns are done with; ``dead``: events that could not be sent, with the reason."""
        cursors = dict(sent)
        fields = [text for partition, id_ in cursors.items() for text in (str(partition), id_)]
        ops = [op for event, error in dead for op in self.letters.make_ops(OUT, self.sink.name, event, error)]
        self._write([*ops, ["HSET", self._key, *fields, ERROR, "", TRIED, ""]] if fields else ops)
        self._cursors |= cursors

    def keep(self, error: str = "") -> None:
        """Renew the lease while nothing goes on, and note why. The first failure of a row has its moment."""
        since = read_state(self._store, self.sink.name).get(TRIED) or str(self._clock.now())
        self._write([["HSET", self._key, ERROR, error[:500], TRIED, since]] if error else [])

    def _write(self, ops: Sequence[Op]) -> None:
        lease: Op = ["HSET", self._key, UNTIL, str(self._clock.now() + LEASE_MS)]
        if not apply_ops(self._store.backend, self._key, [lease, *ops], [[self._key, OWNER, self._owner]]):
            raise Lost(self.sink.name)

    def release(self) -> None:
        """Another process may take it at once."""
        ops = [["HSET", self._key, OWNER, "", UNTIL, "0"]]
        apply_ops(self._store.backend, self._key, ops, [[self._key, OWNER, self._owner]])


def read_state(store: Store, name: str) -> dict[str, str]:
    flat = store.backend.read([("HGETALL", keys.name_sink(name))])[0]
    return {field.decode(): value.decode() for field, value in iterate_pairs(flat)}


def read_cursors(state: Mapping[str, str]) -> dict[int, str]:
    return {int(name): value for name, value in state.items() if name.isdigit()}


def measure_lag(store: Store, state: Mapping[str, str], now: Millis) -> Millis:
    """The age of the oldest turn that a sink does not have yet; 0 for none."""
    oldest = store.captured.find_oldest(read_cursors(state))
    return 0 if oldest is None else max(0, now - oldest)
