"""A question to the store whose answer is not waited for longer than said, even when the store is frozen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from typing import Generic, TypeVar

from baton.model.errors import Overloaded

T = TypeVar("T")


class Probe(Generic[T]):
    """Asks in a thread of its own, one question at a time: all who come meanwhile wait for the same answer."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._asked: Future[T] | None = None
        self._lock = threading.Lock()

    def ask(self, patience_s: float) -> T:
        """The answer. Raises Overloaded when there is none in time, and what the question raises."""
        try:
            return self._get_asked().result(patience_s)
        except TooLate:
            raise Overloaded(f"Expected the store to answer within {patience_s:g} s, but it did not") from None

    def _get_asked(self) -> Future[T]:
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._answer, args=(self._asked,), name="baton-probe", daemon=True).start()
            return self._asked

    def _answer(self, asked: Future[T]) -> None:
        try:
            asked.set_result(self._question())
        except Exception as error:
            asked.set_exception(error)
