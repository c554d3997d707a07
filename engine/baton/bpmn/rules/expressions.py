"""Every expression of a model, with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast

from baton.model.definition import Expression, ProcessModel, Script


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


def places(model: ProcessModel) -> Iterator[Place]:
    """All expressions of nodes and flows, however deep inside."""
    for element, what, value in _leaves(model):
        if isinstance(value, Expression):
            yield Place(element, what, value)


def scripts(model: ProcessModel) -> Iterator[ScriptPlace]:
    """All scripts of nodes, those in mappings included."""
    for element, what, value in _leaves(model):
        if isinstance(value, Script):
            yield ScriptPlace(element, what, value)


def _leaves(model: ProcessModel) -> Iterator[tuple[str, str, Expression | Script]]:
    for owner in (*model.nodes.values(), *model.flows.values()):
        for one in fields(owner):
            value = getattr(owner, one.name)
            if value is not None and value != () and not isinstance(value, (str, int)):
                yield from ((owner.id, one.name, leaf) for leaf in _inside(value))


def _inside(value: object) -> Iterator[Expression | Script]:
    pending: list[object] = [value]
    while pending:
        at = pending.pop(0)
        if isinstance(at, (Expression, Script)):
            yield at
        elif isinstance(at, tuple):
            pending.extend(cast("tuple[object, ...]", at))
        elif is_dataclass(at) and not isinstance(at, type):
            pending.extend(getattr(at, one.name) for one in fields(cast("Any", at)))
