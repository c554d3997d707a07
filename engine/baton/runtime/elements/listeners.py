"""Listeners that a worker does: external tasks of their own before and after the work, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.attributes import ExternalWork
from baton.model.definition import Node
from baton.runtime.elements.external_work import WorkCode, open_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from baton.runtime.core.token import Token

START = frozenset({"start", "create", "creating"})
END = frozenset({"end", "complete", "completing"})


def compile_listeners(node: Node, events: frozenset[str]) -> tuple[WorkCode, ...]:
    """The listeners of a node for these events, in the order of the model."""
    return tuple(
        WorkCode(ExternalWork(topic=listener.topic))
        for listener in node.listeners
        if listener.topic is not None and listener.event in events
    )


def call(token: Token, listeners: Sequence[WorkCode]) -> bool:
    """Put the next listener on its topic; True when all have been called."""
    index = token.memory.heard or 0
    if index >= len(listeners):
        return True
    open_task(token, listeners[index])
    token.memory.hearing = True
    token.touch()
    return False


def finish_listener(token: Token) -> None:
    """A worker has completed the listener that was open; the next is its turn."""
    token.memory.hearing = None
    token.memory.heard = (token.memory.heard or 0) + 1
    token.touch()
