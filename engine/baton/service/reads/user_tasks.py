"""User tasks, by their assignee and candidates."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.records import UserTask
from baton.service.core.matching import Predicate, accept, get_execution_id, match_variables
from baton.service.core.queries import UserTaskQuery
from baton.service.reads.instance_reader import InstanceReader
from baton.service.reads.open_records import OpenRecords
from baton.store.store import Store


class UserTasks(OpenRecords[UserTask, UserTaskQuery]):
    kind = UserTask
    letter = "u"
    name = "task"

    def __init__(self, store: Store, reader: InstanceReader) -> None:
        super().__init__(store)
        self._reader = reader

    def _list_ids(self, query: UserTaskQuery) -> Sequence[str]:
        return [id_ for _, id_ in self._list_scored(query)]

    def _list_scored(self, query: UserTaskQuery) -> list[tuple[int, str]]:
        lists = self._store.lists
        if query.assignee is not None:
            return lists.list_user_task_ids(assignee=query.assignee)
        groups = query.candidate_groups or ((query.candidate_group,) if query.candidate_group else ())
        if groups:
            return lists.list_user_task_ids(groups=groups)
        if query.candidate_user is not None:
            return lists.list_user_task_ids(candidate=query.candidate_user)
        return lists.list_user_task_ids()

    def _build_predicates(self, query: UserTaskQuery) -> dict[str, Predicate]:
        def is_open(one: UserTask) -> bool:
            return query.include_assigned or one.assignee is None

        return {
            "execution_ids": lambda one, wanted: get_execution_id(one) in wanted,
            "assigned": lambda one, wanted: (one.assignee is not None) is wanted,
            "unassigned": lambda one, _: one.assignee is None,
            "candidate_user": lambda one, wanted: wanted in one.candidate_users and is_open(one),
            "candidate_group": lambda one, wanted: wanted in one.candidate_groups and is_open(one),
            "candidate_groups": lambda one, wanted: bool(set(wanted) & set(one.candidate_groups)) and is_open(one),
            "include_assigned": accept,
            "has_candidate_groups": lambda one, wanted: bool(one.candidate_groups) is wanted,
            "has_candidate_users": lambda one, wanted: bool(one.candidate_users) is wanted,
            "involved_user": lambda one, wanted: wanted in (one.assignee, one.owner, *one.candidate_users),
            "without_due": lambda one, _: one.due is None,
            "variables": lambda one, wanted: match_variables(self._reader.get_variables(one.instance_id), wanted),
        }
