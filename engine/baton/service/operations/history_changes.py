"""Changes of what is written in a history: values are taken out of it, people's notes are added."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from baton.model.errors import BadRequest, NotFound
from baton.model.events import Event, EventType
from baton.model.values import Value
from baton.service.deployments.library import DefinitionLibrary
from baton.service.operations.computed_texts import TEXTS, find_computed, remove_texts
from baton.service.reads.history.projection import HistoryProjection, is_operation
from baton.service.reads.instance_queries import InstanceQueries
from baton.store.holds import make_held
from baton.store.store import Store

LONGEST_ANNOTATION = 4_000
"""Characters, as in Camunda 7."""


class HistoryChanges:
    """The positions of a history stay; values of variables that are there now are not touched."""

    def __init__(self, store: Store, instances: InstanceQueries, definitions: DefinitionLibrary) -> None:
        self._store, self._instances, self._definitions = store, instances, definitions

    def delete_variable(self, instance_id: str, scope: int, name: str) -> None:
        """Take every value of a variable out of the history, and what names of tasks tell of it. Raises NotFound,
        Conflict for one under legal hold.
        """
        computed = find_computed(self._definitions, self._project(instance_id), scope, name)

        def forget(event: Event) -> Event:
            data: dict[str, Any] = dict(event.data)
            if event.type is EventType.USER_TASK_CREATED:
                return remove_texts(event, computed.get(str(data.get("id")), frozenset()))
            if event.type is not EventType.VARIABLES_CHANGED or int(data.get("scope") or 0) != scope:
                return event
            return replace(event, data=_drop_variable(data, name))

        if not self._replace(instance_id, forget):
            raise NotFound(f"Expected a historic variable '{name}' of '{instance_id}', but there is none")

    def delete_variables(self, instance_id: str) -> None:
        """Take all values of variables out of the history, and what names of tasks tell of them. Raises NotFound,
        Conflict for one under legal hold.
        """

        def forget(event: Event) -> Event:
            if event.type is EventType.USER_TASK_CREATED:
                return remove_texts(event, TEXTS)
            if event.type is not EventType.VARIABLES_CHANGED:
                return event
            kept = {name: value for name, value in event.data.items() if name not in ("set", "types", "removed")}
            return replace(event, data=kept)

        self._replace(instance_id, forget)

    def annotate(self, instance_id: str, position: int, text: str | None) -> None:
        """Write a note on what somebody did, or take it away. Raises BadRequest."""
        if text is not None and len(text) > LONGEST_ANNOTATION:
            raise BadRequest(f"Expected at most {LONGEST_ANNOTATION} characters, but found {len(text)}")
        there = False

        def note(event: Event) -> Event:
            nonlocal there
            if event.position != position or not is_operation(event):
                return event
            there = True
            data: dict[str, Value] = {name: value for name, value in event.data.items() if name != "annotation"}
            return replace(event, data=data if text is None else {**data, "annotation": text})

        self._instances.get_any(instance_id)
        self._store.history.replace_events(instance_id, note, position, position)
        if not there:
            raise BadRequest(
                f"Expected what somebody did, but the history of '{instance_id}' has nothing at {position}"
            )

    def _project(self, instance_id: str) -> HistoryProjection:
        projection = HistoryProjection(self._instances.get(instance_id))
        for event in self._store.history.iterate(instance_id):
            projection.apply(event)
        return projection

    def _replace(self, instance_id: str, change: Any) -> int:
        self._instances.get(instance_id)
        if self._store.holds.list_held([instance_id]):
            raise make_held(instance_id)
        return self._store.history.replace_events(instance_id, change)


def _drop_variable(data: dict[str, Any], name: str) -> dict[str, Any]:
    kept = dict(data)
    for part in ("set", "types"):
        if name in (values := cast("dict[str, Any]", data.get(part) or {})):
            kept[part] = {other: value for other, value in values.items() if other != name}
    if name in (removed := cast("list[str]", data.get("removed") or [])):
        kept["removed"] = [other for other in removed if other != name]
    return kept
