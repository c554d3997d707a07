"""In whose name the work at hand is done, and what becomes of it if it fails: known to the commands that it submits."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from baton.model.commands import OnFailure

Acting = tuple[str | None, OnFailure | None]
"""The name of the person or key, if it is known; what becomes of commands that fail, None: as usual."""
_ACTING: ContextVar[Acting] = ContextVar("baton.acting", default=(None, "incident"))


@contextmanager
def act_as(name: str | None, on_failure: OnFailure | None = "incident") -> Generator[None]:
    """What is done inside is done by the person or key of that name; by nobody who is known for None.

    ``on_failure``: ``incident`` where nobody waits who could be told; None where the process or the setting says.
    """
    token = _ACTING.set((name, on_failure))
    try:
        yield
    finally:
        _ACTING.reset(token)


def get_acting() -> Acting:
    """Who acts, and what becomes of commands that fail."""
    return _ACTING.get()


def get_actor() -> str | None:
    """The name of the person or key, if it is known."""
    return _ACTING.get()[0]
