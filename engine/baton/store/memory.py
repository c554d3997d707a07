"""The in-memory twin of the server: the same store, for tests and simulation. Nothing survives the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from baton.store import memory_scripts
from baton.store.ports import Arg, Listener, Read, StoreUnavailable
from baton.store.tables import Tables


class MemoryBackend:
    """Passes the contract tests that the real server passes."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._changed = threading.Condition(threading.RLock())
        self._listeners: list[_MemoryListener] = []

    def read(self, commands: Sequence[Read]) -> list[Any]:
        with self._changed:
            return [self._tables.call(*command) for command in commands]

    def run(self, script: str, keys: Sequence[str], args: Sequence[Arg]) -> Any:
        with self._changed:
            reply = memory_scripts.run(self._tables, script, keys, args)
            published, self._tables.published = self._tables.published, []
            self._changed.notify_all()
        for channel, message in published:
            for listener in list(self._listeners):
                listener.hear(channel.decode(), message)
        return reply

    def run_each(self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]) -> list[Any]:
        return [self.run(script, *call) for call in calls]

    def ask_each(
        self, script: str, calls: Sequence[tuple[Sequence[str], Sequence[Arg]]]
    ) -> list[Any | StoreUnavailable]:
        return self.run_each(script, calls)

    def groups(self, prefixes: Sequence[str]) -> list[list[str]]:
        return [list(prefixes)] if prefixes else []

    def listen(self, on_message: Callable[[str, bytes], None]) -> Listener:
        listener = _MemoryListener(on_message, self._listeners.remove)
        self._listeners.append(listener)
        return listener

    def wait_for_streams(
        self, positions: Mapping[str, str], timeout_ms: int
    ) -> list[tuple[str, str, dict[bytes, bytes]]]:
        with self._changed:
            found = self._behind(positions)
            if not found and self._changed.wait(timeout_ms / 1000):
                found = self._behind(positions)
            return found

    def _behind(self, positions: Mapping[str, str]) -> list[tuple[str, str, dict[bytes, bytes]]]:
        found: list[tuple[str, str, dict[bytes, bytes]]] = []
        for key, position in positions.items():
            for id_, flat in self._tables.call("XRANGE", key, "(" + position, "+"):
                found.append((key, id_.decode(), dict(zip(flat[::2], flat[1::2], strict=True))))
        return found

    def memory(self) -> tuple[int, int]:
        return 0, 0

    def close(self) -> None:
        self._listeners.clear()


class _MemoryListener:
    def __init__(self, on_message: Callable[[str, bytes], None], leave: Callable[[_MemoryListener], None]) -> None:
        self._on_message, self._leave = on_message, leave
        self._channels: set[str] = set()

    def add(self, channel: str) -> None:
        self._channels.add(channel)

    def remove(self, channel: str) -> None:
        self._channels.discard(channel)

    def hear(self, channel: str, message: bytes) -> None:
        if channel in self._channels:
            self._on_message(channel, message)

    def close(self) -> None:
        self._leave(self)
