"""The state of all sinks, for the overview, the metrics and the watchdog; and what all of them have, which may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from baton.model.times import Millis
from baton.service.connecting import feed
from baton.service.connecting.dead_letters import DeadLetters
from baton.service.connecting.sinks import SinkSettings
from baton.service.core.clock import Clock
from baton.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkStatus:
    """``lag_ms``: the age of the oldest turn that it does not have yet. ``error``: why it gets nothing now."""

    name: str
    kind: str
    lag_ms: Millis
    dead_letters: int
    error: str
    failing_since: Millis | None


class Sinks:
    def __init__(self, store: Store, settings: Sequence[SinkSettings], letters: DeadLetters, clock: Clock) -> None:
        self.settings = tuple(settings)
        self._store, self._letters, self._clock = store, letters, clock

    def list(self) -> list[SinkStatus]:
        """In the order of the file. Raises StoreUnavailable."""
        return [self._read(sink) for sink in self.settings]

    def _read(self, sink: SinkSettings) -> SinkStatus:
        state = feed.read_state(self._store, sink.name)
        since = state.get(feed.TRIED, "")
        return SinkStatus(
            name=sink.name,
            kind=sink.kind,
            lag_ms=feed.measure_lag(self._store, state, self._clock.now()),
            dead_letters=self._letters.count(sink.name),
            error=state.get(feed.ERROR, ""),
            failing_since=int(since) if since else None,
        )

    def count_unfit(self) -> int:
        """Dead letters of events that came in."""
        return max(0, self._letters.count() - sum(self._letters.count(sink.name) for sink in self.settings))

    def trim(self) -> None:
        """Remove the turns that all sinks have."""
        found = [feed.read_cursors(feed.read_state(self._store, sink.name)) for sink in self.settings]
        shared = set(found[0]).intersection(*found[1:]) if found else set[int]()
        self._store.captured.trim({p: min((cursors[p] for cursors in found), key=_to_numbers) for p in shared})


def _to_numbers(entry_id: str) -> tuple[int, int]:
    moment, _, number = entry_id.partition("-")
    return int(moment), int(number or 0)
