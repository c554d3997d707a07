"""User tasks, by their assignee and candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

from baton.model.errors import NotFound
from baton.model.ids import get_instance_id
from baton.model.records import UserTask
from baton.model.times import Millis
from baton.model.values import Value
from baton.service.core.ids import Ids
from baton.service.core.matching import (
    Predicate,
    accept,
    get_execution_id,
    make_test,
    match_variables,
    matches_like,
    take_page,
)
from baton.service.core.queries import UserTaskQuery, VariableSort
from baton.service.reads.instance_reader import InstanceReader
from baton.service.reads.open_records import OpenRecords
from baton.service.reads.urgent_page import is_by_urgency, take_urgent_page
from baton.store.lists import TaskSet
from baton.store.scanning import Scored
from baton.store.store import Store

CHANGED_AT = "changed_at"
"""Sorts by when a task was last changed, or created and not changed since."""


class UserTasks(OpenRecords[UserTask, UserTaskQuery]):
    kind = UserTask
    letter = "u"
    name = "task"

    def __init__(self, store: Store, reader: InstanceReader, ids: Ids) -> None:
        super().__init__(store)
        self._reader, self._ids = reader, ids

    def get(self, id_: str) -> UserTask:
        """By the id that is shown of it. Raises NotFound."""
        found = self._store.lists.get_record(UserTask, self._ids.find_task(id_))
        if found is None or found.shown_id != id_:
            raise NotFound(f"Expected an open task with id '{id_}', but there is none (any more)")
        return found

    def find_instance_id(self, task_id: str) -> str:
        """The instance that a task would be of, by the id that is shown of it."""
        return get_instance_id(self._ids.find_task(task_id))

    def count(self, query: UserTaskQuery) -> int:
        if query == UserTaskQuery():
            return self._store.lists.count_user_tasks()
        if query.not_put_off_at is not None and query == UserTaskQuery(not_put_off_at=query.not_put_off_at):
            put_off = self._store.urgent_tasks.count_put_off(query.not_put_off_at)
            if put_off is not None:
                return self._store.lists.count_user_tasks() - put_off
        return super().count(query)

    def find(self, query: UserTaskQuery) -> list[UserTask]:
        by_change = any(name == CHANGED_AT for name, _ in query.sort)
        if not query.variable_sorts and not by_change:
            page = self._find_urgent(query) if is_by_urgency(query) else None
            return super().find(query) if page is None else page
        sorts, read = {f"variable {at}": sort for at, sort in enumerate(query.variable_sorts)}, self._make_reader()
        found = self._find_all(query)
        changes = self.read_changes(found) if by_change else {}

        def get_value(task: UserTask, name: str) -> Any:
            if name == CHANGED_AT:
                return changes.get(task.id, task.created_at)
            sort = sorts.get(name)
            if sort is None:
                return getattr(task, name)
            return _choose_value(read(task).get(task.token if sort.local else 0, {}), sort)

        return take_page(found, query, get_value)

    def read_changes(self, tasks: Sequence[UserTask]) -> dict[str, Millis]:
        """When those of the tasks that were changed were last changed, by their ``id``."""
        return self._store.task_changes.read([task.id for task in tasks])

    def _find_urgent(self, query: UserTaskQuery) -> list[UserTask] | None:
        """A page in the order in which people take tasks; None where the index does not have it."""
        _, descending = query.sort[0]
        parts = self._store.urgent_tasks.scan(_choose_sets(query), descending=descending)
        if parts is None:
            return None
        return take_urgent_page(parts, self._read_tasks, lambda rows: self._select(rows, query), query)

    def _read_tasks(self, ids: Sequence[str]) -> list[UserTask]:
        return self._store.lists.get_records(UserTask, ids)

    def _make_reader(self) -> Callable[[UserTask], dict[int, dict[str, Value]]]:
        """Reads the variables of a task's instance, each instance once."""
        known: dict[str, dict[int, dict[str, Value]]] = {}

        def read(task: UserTask) -> dict[int, dict[str, Value]]:
            if task.instance_id not in known:
                known[task.instance_id] = self._reader.list_readable_variables(task.instance_id)
            return known[task.instance_id]

        return read

    def count_by_group(self) -> dict[str | None, int]:
        """How many open tasks each candidate group has; under None those without any."""
        found = Counter[str | None]()
        for task in self.find(UserTaskQuery()):
            found.update(task.candidate_groups or (None,))
        return dict(found)

    def _find_all(self, query: UserTaskQuery) -> list[UserTask]:
        if query.ids is None:
            return super()._find_all(query)
        records = self._store.lists.get_records(UserTask, [self._ids.find_task(id_) for id_ in query.ids])
        return self._select(sorted(records, key=lambda task: (task.created_at, task.id)), query)

    def _list_aged(self) -> Scored:
        return self._store.lists.list_user_task_ids()

    def _list_ids(self, query: UserTaskQuery) -> Sequence[str]:
        if query.updated_after is not None and _choose_sets(query) == [TaskSet()]:
            return self._store.task_changes.list_recent(query.updated_after)
        return [id_ for _, id_ in self._list_scored(query)]

    def _list_scored(self, query: UserTaskQuery) -> list[tuple[int, str]]:
        found = [
            self._store.lists.list_user_task_ids(assignee=each.assignee, groups=each.groups, candidate=each.candidate)
            for each in _choose_sets(query)
        ]
        return [item for part in found for item in part]

    def _build_predicates(
        self, query: UserTaskQuery, read: Callable[[UserTask], dict[int, dict[str, Value]]] | None = None
    ) -> dict[str, Predicate]:
        read = read or self._make_reader()
        tests = self._build_own_predicates(query, read)
        # Each query of a group has its own idea of which tasks are open.
        groups = [[make_test(each, self._build_predicates(each, read)) for each in group] for group in query.any_of]
        tests["any_of"] = lambda task, _: all(any(fits(task) for fits in group) for group in groups)
        return tests

    def _build_own_predicates(
        self, query: UserTaskQuery, read: Callable[[UserTask], dict[int, dict[str, Value]]]
    ) -> dict[str, Predicate]:
        def is_open(task: UserTask) -> bool:
            return query.include_assigned or task.assignee is None

        @cache
        def list_names() -> dict[str, str]:
            return {item.id: item.name or "" for item in self._store.library.get_definitions()}

        @cache
        def list_changed(moment: Millis) -> frozenset[str]:
            return frozenset(self._store.task_changes.list_after(moment))

        return {
            "ids": lambda task, wanted: task.shown_id in wanted,
            "execution_ids": lambda task, wanted: get_execution_id(task) in wanted,
            "definition_name": lambda task, wanted: list_names().get(task.definition_id) == wanted,
            "definition_name_like": lambda task, pattern: matches_like(
                list_names().get(task.definition_id, ""), pattern
            ),
            "elements_not": lambda task, unwanted: task.element not in unwanted,
            "name_not": lambda task, unwanted: task.name != unwanted,
            "name_unlike": lambda task, pattern: not matches_like(task.name or "", pattern),
            "assignees_not": lambda task, unwanted: task.assignee not in unwanted,
            "not_put_off_at": lambda task, moment: task.follow_up is None or task.follow_up < moment,
            "updated_after": lambda task, moment: task.created_at > moment or task.id in list_changed(moment),
            "assigned": lambda task, wanted: (task.assignee is not None) is wanted,
            "unassigned": lambda task, _: task.assignee is None,
            "candidate_user": lambda task, wanted: wanted in task.candidate_users and is_open(task),
            "candidate_group": lambda task, wanted: wanted in task.candidate_groups and is_open(task),
            "candidate_groups": lambda task, wanted: bool(set(wanted) & set(task.candidate_groups)) and is_open(task),
            "include_assigned": accept,
            "has_candidate_groups": lambda task, wanted: bool(task.candidate_groups) is wanted,
            "has_candidate_users": lambda task, wanted: bool(task.candidate_users) is wanted,
            "involved_user": lambda task, wanted: wanted in (task.assignee, task.owner, *task.candidate_users),
            "text": lambda task, wanted: _has_text(task, wanted.casefold()),
            "without_due": lambda task, _: task.due is None,
            "variables": lambda task, wanted: match_variables(read(task).get(0, {}), wanted),
            "local_variables": lambda task, wanted: match_variables(read(task).get(task.token, {}), wanted),
            "candidate_group_like": lambda task, pattern: (
                any(matches_like(group, pattern) for group in task.candidate_groups) and is_open(task)
            ),
        }


def _choose_sets(query: UserTaskQuery) -> list[TaskSet]:
    """The narrowest that have all that match and perhaps others."""
    if query.assignee is not None:
        return [TaskSet(assignee=query.assignee)]
    if query.assignees is not None:
        return [TaskSet(assignee=user) for user in query.assignees]
    groups = query.candidate_groups or ((query.candidate_group,) if query.candidate_group else ())
    if groups:
        return [TaskSet(groups=groups)]
    return [TaskSet(candidate=query.candidate_user)]


_KINDS: dict[str, type[Any]] = {"Boolean": bool, "Date": date, "Double": float, "String": str}
"""The others are whole numbers."""


def _choose_value(values: dict[str, Value], sort: VariableSort) -> Value:
    """None for a value of another kind."""
    value = values.get(sort.name)
    kind = _KINDS.get(sort.kind, int)
    return value if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) else None


def _has_text(task: UserTask, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (task.name, task.description, task.business_key) if text)
