"""What only histories tell of instances: what has happened in them, and the variables of called processes that have
ended, which have gone with their scopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from baton.model.events import EventType
from baton.model.ids import get_instance_id, parse_record_id
from baton.model.records import InstanceHeader
from baton.model.values import Value
from baton.service.core.matching import match_variables
from baton.service.core.queries import Happened, InstanceQuery, VariableFilter
from baton.service.reads.history.folding import HistoryFolder
from baton.service.reads.history.happened import TELLING, decide_by_header, find_places
from baton.service.reads.history.projection import HistoryProjection
from baton.store.lists import Lists

Values = dict[str, Value]


class Told(Protocol):
    """Whether an instance, or called process, is as a query wants it, where its history tells that."""

    def match_variables(self, header: InstanceHeader, filters: Iterable[VariableFilter]) -> bool:
        """Whether the last values of a called process match that has ended."""
        ...

    def match_happened(self, header: InstanceHeader, happened: Happened) -> bool:
        """Whether it has happened in it."""
        ...


class Assumed:
    """Every history that is not read says yes, or no."""

    def __init__(self, answer: bool) -> None:
        self._answer = answer

    def match_variables(self, header: InstanceHeader, filters: Iterable[VariableFilter]) -> bool:
        del header, filters
        return self._answer

    def match_happened(self, header: InstanceHeader, happened: Happened) -> bool:
        known = decide_by_header(happened, header)
        return self._answer if known is None else known


class ToldByHistories:
    """For one answer, in which each history is read once, and only what the queries ask for is kept of it."""

    def __init__(self, lists: Lists, histories: HistoryFolder, *queries: InstanceQuery) -> None:
        self._lists, self._histories = lists, histories
        self._names = {item.name.lower() for query in queries for item in query.iterate_variable_filters()}
        self._happened = {item for query in queries for item in query.list_happened()}
        self._values: dict[str, dict[int, Values]] = {}
        self._places: dict[str, dict[Happened, frozenset[int]]] = {}

    def needs(self, header: InstanceHeader) -> bool:
        """Whether the history may tell something of it that the queries ask for."""
        return bool(self._happened) or (bool(self._names) and header.is_called and header.state.is_ended)

    def list_unread(self, headers: Sequence[InstanceHeader]) -> list[InstanceHeader]:
        """The first header of each instance whose history has not been read."""
        first: dict[str, InstanceHeader] = {}
        for header in headers:
            first.setdefault(get_instance_id(header.id), header)
        return [header for instance_id, header in first.items() if instance_id not in self._values]

    def read(self, headers: Sequence[InstanceHeader]) -> None:
        """The histories of instances, or of those around called processes; one that is gone or damaged tells of
        nothing.
        """
        around = [header for header in headers if not header.is_called]
        called = [get_instance_id(header.id) for header in headers if header.is_called]
        around += self._lists.get_headers(called) if called else []
        for header in headers:
            self._values[get_instance_id(header.id)] = {}
        only = {EventType.VARIABLES_CHANGED} if self._names else set[EventType]()
        only |= TELLING if self._happened else set()
        for projection in self._histories.project_some(around, only=only):
            self._keep(projection)

    def _keep(self, projection: HistoryProjection) -> None:
        id_ = projection.header.id
        self._places[id_] = {happened: find_places(projection, happened) for happened in self._happened}
        found = self._values[id_]
        for item in projection.variables if self._names else ():
            if not item.deleted and item.name.lower() in self._names:
                found.setdefault(item.scope, {})[item.name] = item.value

    def match_variables(self, header: InstanceHeader, filters: Iterable[VariableFilter]) -> bool:
        values = self._values.get(get_instance_id(header.id), {}).get(_get_place(header), {})
        return match_variables(values, filters)

    def match_happened(self, header: InstanceHeader, happened: Happened) -> bool:
        known = decide_by_header(happened, header)
        if known is not None:
            return known
        return _get_place(header) in self._places.get(get_instance_id(header.id), {}).get(happened, ())


def _get_place(header: InstanceHeader) -> int:
    record = parse_record_id(header.id) if header.is_called else None
    return 0 if record is None else record.number
