"""The variables of called processes that have ended: they have gone with their scopes, but the histories of their
callers have them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from baton.model.events import EventType
from baton.model.ids import get_instance_id, parse_record_id
from baton.model.records import InstanceHeader
from baton.model.values import Value
from baton.service.core.matching import match_variables
from baton.service.core.queries import InstanceQuery, VariableFilter
from baton.service.reads.history.folding import HistoryFolder
from baton.store.lists import Lists

Values = dict[str, Value]


class EndedVariables:
    """For one answer, in which each history is read once, and only what the query names is kept of it."""

    def __init__(self, lists: Lists, histories: HistoryFolder, query: InstanceQuery) -> None:
        self._lists, self._histories = lists, histories
        self._names = {item.name.lower() for item in query.iterate_variable_filters()}
        self._found: dict[str, dict[int, Values]] = {}

    @property
    def are_asked_for(self) -> bool:
        """Whether the query has filters by variables."""
        return bool(self._names)

    def list_unread(self, headers: Sequence[InstanceHeader]) -> list[InstanceHeader]:
        """Of called processes the first of each instance whose history has not been read."""
        first: dict[str, InstanceHeader] = {}
        for header in headers:
            first.setdefault(get_instance_id(header.id), header)
        return [header for instance_id, header in first.items() if instance_id not in self._found]

    def read(self, instance_ids: Collection[str]) -> None:
        """The histories of instances that have called something; one that is gone or damaged tells of nothing."""
        self._found.update({id_: {} for id_ in instance_ids})
        around = self._lists.get_headers(list(instance_ids)) if instance_ids else []
        for projection in self._histories.project_some(around, only=EventType.VARIABLES_CHANGED):
            found = self._found[projection.header.id]
            for item in projection.variables:
                if not item.deleted and item.name.lower() in self._names:
                    found.setdefault(item.scope, {})[item.name] = item.value

    def match(self, header: InstanceHeader, filters: Iterable[VariableFilter]) -> bool:
        """Whether the last values match of one whose caller's history was read."""
        record = parse_record_id(header.id)
        values = {} if record is None else self._found.get(get_instance_id(header.id), {}).get(record.number, {})
        return match_variables(values, filters)
