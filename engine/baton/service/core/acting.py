"""In whose name the work at hand is done: known to the commands that it submits, whichever way they take."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_ACTOR: ContextVar[str | None] = ContextVar("baton.actor", default=None)


@contextmanager
def act_as(name: str | None) -> Generator[None]:
    """What is done inside is done by the person or key of that name; by nobody who is known for None."""
    token = _ACTOR.set(name)
    try:
        yield
    finally:
        _ACTOR.reset(token)


def get_actor() -> str | None:
    """The name of the person or key, if it is known."""
    return _ACTOR.get()
