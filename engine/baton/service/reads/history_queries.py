"""The past, as lists: instances and element instances, running and ended, from headers and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from baton.model.events import Event, EventType
from baton.model.records import InstanceHeader
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.matching import fits, page
from baton.service.core.queries import InstanceQuery, Query, Texts
from baton.service.reads.history_reader import HistoryReader
from baton.service.reads.instance_queries import InstanceQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricElement:
    """One element instance, from its arrival to its end."""

    id: str
    instance_id: str
    definition_id: str
    definition_key: str
    element: str
    kind: str
    token: int
    parent: int
    started_at: Millis
    ended_at: Millis | None = None
    cancelled: bool = False
    tenant_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricVariable:
    """A variable with the value it has, or had when its scope ended."""

    instance_id: str
    definition_id: str
    definition_key: str
    scope: int
    name: str
    value: Value
    created_at: Millis
    changed_at: Millis
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricElementQuery(Query):
    """Without ``instance_ids`` every instance in reach is read: give them where you can."""

    instance_ids: Texts | None = None
    definition_ids: Texts | None = None
    definition_keys: Texts | None = None
    elements: Texts | None = None
    kinds: Texts | None = None
    finished: bool | None = None
    cancelled: bool | None = None
    started_before: Millis | None = None
    started_after: Millis | None = None
    ended_before: Millis | None = None
    ended_after: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricVariableQuery(Query):
    instance_ids: Texts | None = None
    definition_ids: Texts | None = None
    name: str | None = None
    name_like: str | None = None


class HistoryQueries:
    def __init__(self, history: HistoryReader, instances: InstanceQueries) -> None:
        self._history, self._instances = history, instances

    def find_elements(self, query: HistoricElementQuery) -> list[HistoricElement]:
        found = [
            one
            for header in self._headers(query.instance_ids, query.definition_ids)
            for one in element_instances(header, self._history.list_readable_events(header.id))
            if fits(one, query, {"finished": lambda one, wanted: (one.ended_at is not None) is wanted})
        ]
        return page(found, query)

    def count_elements(self, query: HistoricElementQuery) -> int:
        return len(self.find_elements(replace(query, first=0, limit=None, sort=())))

    def find_variables(self, query: HistoricVariableQuery) -> list[HistoricVariable]:
        found = [
            one
            for header in self._headers(query.instance_ids, query.definition_ids)
            for one in variable_instances(header, self._history.list_readable_events(header.id))
            if fits(one, query, {})
        ]
        return page(found, query)

    def count_variables(self, query: HistoricVariableQuery) -> int:
        return len(self.find_variables(replace(query, first=0, limit=None, sort=())))

    def _headers(self, instance_ids: Texts | None, definition_ids: Texts | None) -> list[InstanceHeader]:
        return self._instances.find(InstanceQuery(ids=instance_ids, definition_ids=definition_ids, include_ended=True))


_ENDS = (EventType.ELEMENT_COMPLETED, EventType.ELEMENT_CANCELLED, EventType.TOKEN_MERGED)


def element_instances(header: InstanceHeader, events: Iterable[Event]) -> list[HistoricElement]:
    """Each arrival of a token at an element with its departure, in the order of arrival."""
    found: dict[int, HistoricElement] = {}
    done: list[HistoricElement] = []
    for event in events:
        if event.token is None:
            continue
        if event.type is EventType.ELEMENT_ENTERED:
            found[event.token] = _entered(header, event)
        elif event.type in _ENDS and (one := found.pop(event.token, None)) is not None:
            cancelled = event.type is EventType.ELEMENT_CANCELLED
            done.append(replace(one, ended_at=event.at, cancelled=cancelled))
    return sorted([*done, *found.values()], key=lambda one: one.token)


def _entered(header: InstanceHeader, event: Event) -> HistoricElement:
    token, parent = event.token or 0, event.data.get("parent")
    return HistoricElement(
        id=f"{header.id}.{token}",
        instance_id=header.id,
        definition_id=header.definition_id,
        definition_key=header.definition_key,
        element=event.element or "",
        kind=str(event.data.get("kind", "")),
        token=token,
        parent=parent if isinstance(parent, int) else 0,
        started_at=event.at,
        tenant_id=header.tenant_id,
    )


def variable_instances(header: InstanceHeader, events: Iterable[Event]) -> list[HistoricVariable]:
    found: dict[tuple[int, str], HistoricVariable] = {}
    for event in events:
        if event.type is EventType.VARIABLES_CHANGED:
            for scope, name, value, removed in _changes(event):
                before = found.get((scope, name))
                if removed:
                    if before is not None:
                        found[scope, name] = replace(before, removed=True, changed_at=event.at)
                    continue
                found[scope, name] = HistoricVariable(
                    instance_id=header.id,
                    definition_id=header.definition_id,
                    definition_key=header.definition_key,
                    scope=scope,
                    name=name,
                    value=value,
                    created_at=before.created_at if before is not None else event.at,
                    changed_at=event.at,
                )
    return list(found.values())


def _changes(event: Event) -> Iterator[tuple[int, str, Value, bool]]:
    scope = event.data.get("scope", 0)
    number = scope if isinstance(scope, int) else 0
    changed, removed = event.data.get("set", {}), event.data.get("removed", [])
    if isinstance(changed, dict):
        for name, value in changed.items():
            yield number, name, value, False
    if isinstance(removed, list):
        for name in removed:
            yield number, str(name), None, True
