"""In whose name the work at hand is done, what becomes of it if it fails, and which trace it belongs to: known to the
commands that it submits.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from baton.model.commands import OnFailure


class Acting(NamedTuple):
    """``by``: the name of the person or key, if it is known. ``on_failure``: what becomes of commands that fail, None:
    as usual. ``traceparent``: the span that the work belongs to, if there is one.
    """

    by: str | None = None
    on_failure: OnFailure | None = "incident"
    traceparent: str | None = None


_ACTING: ContextVar[Acting] = ContextVar("baton.acting", default=Acting())  # noqa: B039 - it cannot be changed


@contextmanager
def act_as(
    name: str | None, on_failure: OnFailure | None = "incident", traceparent: str | None = None
) -> Generator[None]:
    """What is done inside is done by the person or key of that name; by nobody who is known for None.

    ``on_failure``: ``incident`` where nobody waits who could be told; None where the process or the setting says.
    ``traceparent``: of the request, if it has a valid one.
    """
    token = _ACTING.set(Acting(name, on_failure, traceparent))
    try:
        yield
    finally:
        _ACTING.reset(token)


@contextmanager
def act_within(traceparent: str | None) -> Generator[None]:
    """What is done inside belongs to this span; None: to the one that it belongs to already."""
    now = _ACTING.get()
    token = _ACTING.set(now if traceparent is None else now._replace(traceparent=traceparent))
    try:
        yield
    finally:
        _ACTING.reset(token)


def get_acting() -> Acting:
    """Who acts, what becomes of commands that fail, and which span they belong to."""
    return _ACTING.get()


def get_actor() -> str | None:
    """The name of the person or key, if it is known."""
    return _ACTING.get().by
