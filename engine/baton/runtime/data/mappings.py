"""``camunda:in`` and ``camunda:out``: which variables go into a call, come back from it, or go with a signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from baton.model.attributes import CallMapping
from baton.runtime.data.expressions import Compiled, compile_optional

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.token import Token

Mappings = list[tuple[CallMapping, Compiled | None]]


def compile_mappings(mappings: Sequence[CallMapping]) -> Mappings:
    return [(mapping, compile_optional(mapping.expression)) for mapping in mappings]


def evaluate_mappings(token: Token, mappings: Mappings, seen: Mapping[str, Value]) -> dict[str, Value]:
    """What the mappings make of the variables seen; a source that does not exist gives None, as in Camunda 7.

    ``local`` uses only the token's own variables.
    """
    found: dict[str, Value] = {}
    for mapping, expression in mappings:
        source = token.data if mapping.local else seen
        if mapping.all:
            found.update(source)
        elif expression is not None and mapping.target:
            found[mapping.target] = expression.evaluate_at(token)
        elif mapping.source and mapping.target:
            found[mapping.target] = source.get(mapping.source)
    return found
