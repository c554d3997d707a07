"""Names and descriptions of tasks in a history that expressions have computed from variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from baton.expression import ExpressionError, compile_expression
from baton.model.attributes import Expression
from baton.model.errors import NotFound
from baton.model.events import Event, EventType
from baton.service.deployments.library import DefinitionLibrary
from baton.service.reads.history.projection import HistoryProjection
from baton.service.reads.history.rows import ActivityInstance

TEXTS = frozenset({"name", "description"})
Computed = Mapping[str, Collection[str]]
"""By the id of a task which of its texts were computed."""


def find_computed(
    definitions: DefinitionLibrary, projection: HistoryProjection, scope: int, variable: str
) -> dict[str, frozenset[str]]:
    """The texts that name the variable of a scope. Where the model is gone, any may."""
    scopes = {activity.token: activity for activity in projection.activities}
    seeing = [
        activity
        for activity in projection.activities
        if activity.task_id is not None and scope in _list_seen(scopes, activity.token)
    ]
    return {str(each.task_id): frozenset(_list_texts(definitions, each, variable)) for each in seeing}


def remove_texts(event: Event, texts: Collection[str]) -> Event:
    """The event of a new task without some texts: it then has those of its element."""
    if event.type is not EventType.USER_TASK_CREATED or not texts & event.data.keys():
        return event
    return replace(event, data={name: value for name, value in event.data.items() if name not in texts})


def _list_seen(scopes: Mapping[int, ActivityInstance], token: int) -> Iterator[int]:
    """The scopes whose variables a token sees: those around it, in its own process."""
    at = scopes.get(token)
    while at is not None:
        yield at.token
        if at.called is not None:
            return
        at = scopes.get(at.parent)
    yield 0


def _list_texts(definitions: DefinitionLibrary, activity: ActivityInstance, variable: str) -> Iterator[str]:
    try:
        node = definitions.get_model(activity.definition_id).nodes.get(activity.element)
    except NotFound:
        node = None
    if node is None:
        yield from TEXTS
        return
    work = node.user
    for name, expression in (("name", work and work.name), ("description", work and work.description)):
        if expression is not None and _has_name(expression, variable):
            yield name


def _has_name(expression: Expression, variable: str) -> bool:
    try:
        return variable in compile_expression(expression.text, expression.dialect).names
    except ExpressionError:
        return True
