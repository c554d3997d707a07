"""Callers that wait for another's turn: woken in this process, by a hint from another process, or by polling."""

from __future__ import annotations

import threading
from collections.abc import Callable

from baton.model.commands import Answer
from baton.store import channels
from baton.store.ports import Backend, Listener


class Waiter:
    """A command that a caller waits for."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self._event = threading.Event()

    def settle(self, answer: Answer | None) -> None:
        self.answer = answer
        self._event.set()

    def wait(self, timeout_ms: int) -> bool:
        """True when there is an answer, or a hint that there is one in the store."""
        woken = self._event.wait(timeout_ms / 1000)
        self._event.clear()
        return woken


class HintListener:
    """One connection per process: callbacks by channel, in the order of subscription. Hints may be lost."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._listener: Listener | None = None
        self._callbacks: dict[str, dict[Callable[[bytes], None], None]] = {}
        self._lock = threading.Lock()

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> None:
        with self._lock:
            if self._listener is None:
                self._listener = self._backend.listen(self._hear)
            self._callbacks.setdefault(channel, {})[callback] = None
            self._listener.add(channel)

    def unsubscribe(self, channel: str, callback: Callable[[bytes], None]) -> None:
        """The channel stays subscribed: a topic that was waited for will be waited for again."""
        with self._lock:
            self._callbacks.get(channel, {}).pop(callback, None)

    def _hear(self, channel: str, message: bytes) -> None:
        with self._lock:
            found = list(self._callbacks.get(channel, ()))
        for callback in found:
            callback(message)

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()


class Waiters:
    """Commands that callers of this process wait for."""

    def __init__(self, hints: HintListener, process: str) -> None:
        self._hints = hints
        self._channel = channels.name_answers_channel(process)
        self._waiting: dict[str, list[Waiter]] = {}
        self._lock = threading.Lock()
        self._listening = False

    def expect(self, command_id: str) -> Waiter:
        waiter = Waiter()
        with self._lock:
            self._waiting.setdefault(command_id, []).append(waiter)
        return waiter

    def listen(self) -> None:
        """Let other processes wake callers from now on; called when a caller really has to wait."""
        if not self._listening:
            self._listening = True
            self._hints.subscribe(self._channel, self._hear)

    def forget(self, command_id: str, waiter: Waiter) -> None:
        with self._lock:
            left = [item for item in self._waiting.get(command_id, ()) if item is not waiter]
            if left:
                self._waiting[command_id] = left
            else:
                self._waiting.pop(command_id, None)

    def settle(self, command_id: str, answer: Answer | None) -> None:
        with self._lock:
            found = list(self._waiting.get(command_id, ()))
        for waiter in found:
            waiter.settle(answer)

    def _hear(self, message: bytes) -> None:
        self.settle(message.decode(), None)
