"""Every expression of a model, with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, cast

from baton.model.attributes import Expression, Script
from baton.model.definition import ProcessModel


@dataclass(frozen=True, slots=True)
class Place:
    """``what`` says which attribute: ``condition``, ``inputs`` …"""

    element: str
    what: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class ScriptPlace:
    element: str
    what: str
    script: Script


def find_expressions(model: ProcessModel) -> Iterator[Place]:
    """All expressions of nodes and flows, however deep inside."""
    for element, what, value in _list_leaves(model):
        if isinstance(value, Expression):
            yield Place(element, what, value)


def find_scripts(model: ProcessModel) -> Iterator[ScriptPlace]:
    """All scripts of nodes, those in mappings included."""
    for element, what, value in _list_leaves(model):
        if isinstance(value, Script):
            yield ScriptPlace(element, what, value)


@lru_cache(maxsize=2)
def _list_leaves(model: ProcessModel) -> tuple[tuple[str, str, Expression | Script], ...]:
    """Kept for the last models: several rules ask in a row."""
    owners: list[tuple[str, object]] = [(owner.id, owner) for owner in (*model.nodes.values(), *model.flows.values())]
    owners += [(model.id, listener) for listener in model.listeners]
    return tuple((owner_id, name, leaf) for owner_id, owner in owners for name, leaf in _walk_inside(owner))


def _walk_inside(owner: object) -> Iterator[tuple[str, Expression | Script]]:
    """The expressions and scripts in a dataclass, each with the field that holds it, without recursion."""
    pending: list[tuple[str, object]] = [("", owner)]
    while pending:
        name, at = pending.pop()
        if isinstance(at, (Expression, Script)):
            yield name, at
        elif isinstance(at, tuple):
            pending.extend((name, item) for item in reversed(cast("tuple[object, ...]", at)))
        elif not isinstance(at, (str, int, StrEnum, dict)) and is_dataclass(at) and not isinstance(at, type):
            for item in _names(type(at)):
                value = getattr(at, item)
                if value:
                    pending.append((item, value))


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Names of the fields that may hold an expression, last first (they are taken from the end of a list)."""
    return tuple(
        field.name
        for field in reversed(fields(cast("Any", kind)))
        if field.init and field.name not in ("id", "scope", "line")
    )
