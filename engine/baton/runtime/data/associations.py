"""Data associations: values move between data objects, properties and an activity's own data (§10.4.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from baton.model.definition import DataAssociation
from baton.runtime.data import variables
from baton.runtime.data.expressions import Compiled

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.token import Token


def read(token: Token, associations: Sequence[DataAssociation]) -> None:
    """Input associations fill the activity's own scope."""
    variables.set_local(token, _evaluate_associations(token, associations))


def write(token: Token, associations: Sequence[DataAssociation]) -> None:
    """Output associations go to the scopes around."""
    variables.set_visible(token.scope, _evaluate_associations(token, associations))


def _evaluate_associations(token: Token, associations: Sequence[DataAssociation]) -> dict[str, Value]:
    moved: dict[str, Value] = {}
    seen = variables.collect_visible(token)
    for association in associations:
        if association.target is None:
            continue
        if association.transformation is not None:
            moved[association.target] = Compiled(association.transformation).evaluate_at(token)
        elif association.assignments:
            for source, target in association.assignments:
                moved[target.text] = Compiled(source).evaluate_at(token)
        elif association.sources and association.sources[0] in seen:
            moved[association.target] = seen[association.sources[0]]
    return moved
