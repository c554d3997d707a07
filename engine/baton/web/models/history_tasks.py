"""Requests about user tasks, done ones included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from baton.service import InstanceQuery, VariableFilter
from baton.web.models.fields import Moment, Names, Whole
from baton.web.models.filtering import merge_values, to_tuple
from baton.web.models.history import STATES, HistoryFilters
from baton.web.models.or_queries import OutsideOnly, split
from baton.web.models.variable_filters import Comparisons, make_variable_filters


class HistoricTaskFilters(HistoryFilters):
    """Which user tasks, done ones included."""

    rootProcessInstanceId: str | None = None
    processDefinitionName: str | None = None
    processInstanceBusinessKey: str | None = None
    processInstanceBusinessKeyLike: str | None = None
    processInstanceBusinessKeyIn: Names | None = None
    processFinished: bool | None = None
    processUnfinished: bool | None = None
    processVariables: Comparisons | None = None
    taskVariables: Comparisons | None = None
    variableNamesIgnoreCase: bool | None = None
    variableValuesIgnoreCase: bool | None = None
    taskId: str | None = None
    taskParentTaskId: str | None = None
    executionId: str | None = None
    taskName: str | None = None
    taskNameLike: str | None = None
    taskDescription: str | None = None
    taskDescriptionLike: str | None = None
    taskDefinitionKey: str | None = None
    taskDeleteReason: str | None = None
    taskDeleteReasonLike: str | None = None
    taskAssignee: str | None = None
    taskAssigneeLike: str | None = None
    taskOwner: str | None = None
    taskOwnerLike: str | None = None
    taskPriority: Whole | None = None
    taskInvolvedUser: str | None = None
    taskInvolvedGroup: str | None = None
    taskHadCandidateUser: str | None = None
    taskHadCandidateGroup: str | None = None
    activityInstanceIdIn: Names | None = None
    taskDefinitionKeyIn: Names | None = None
    assigned: bool | None = None
    unassigned: bool | None = None
    withCandidateGroups: bool | None = None
    withoutCandidateGroups: bool | None = None
    finished: bool | None = None
    unfinished: bool | None = None
    withoutTaskDueDate: bool | None = None
    taskDueDate: Moment | None = None
    taskDueDateBefore: Moment | None = None
    taskDueDateAfter: Moment | None = None
    taskFollowUpDate: Moment | None = None
    taskFollowUpDateBefore: Moment | None = None
    taskFollowUpDateAfter: Moment | None = None
    startedBefore: Moment | None = None
    startedAfter: Moment | None = None
    finishedBefore: Moment | None = None
    finishedAfter: Moment | None = None

    def to_instance_query(self) -> InstanceQuery:
        """The instances to look into: those of which the header, or an index, does not rule out that they match."""
        query = super().to_instance_query()
        states = query.states or frozenset()
        if self.processFinished:
            states &= STATES["finished"]
        if self.processUnfinished or self.unfinished:  # an open task is in an instance that runs
            states &= STATES["unfinished"]
        return replace(
            query,
            ids=to_tuple(self.rootProcessInstanceId) if query.ids is None else query.ids,
            business_keys=merge_values(self.processInstanceBusinessKey, self.processInstanceBusinessKeyIn),
            business_key_like=self.processInstanceBusinessKeyLike,
            states=states,
            variables=self.list_process_variables(),
        )

    def list_process_variables(self) -> tuple[VariableFilter, ...]:
        """Filters by variables of the instance, as the service takes them."""
        return make_variable_filters(self.processVariables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase)

    def list_task_variables(self) -> tuple[VariableFilter, ...]:
        """Those by the tasks' own."""
        return make_variable_filters(self.taskVariables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase)


class HistoricTaskOrQuery(HistoricTaskFilters):
    """Filters of which one is enough."""

    sorting: OutsideOnly = None
    orQueries: OutsideOnly = None

    def to_parts(self) -> tuple[HistoricTaskFilters, ...]:
        """Each filter alone; without any filter one that finds all."""
        found = tuple(split(self, _MODIFIERS, _LISTS))
        return found or (HistoricTaskFilters(),)


_MODIFIERS = frozenset({"variableNamesIgnoreCase", "variableValuesIgnoreCase"})
_LISTS = frozenset({"processVariables", "taskVariables"})


class HistoricTaskQueryFilters(HistoricTaskFilters):
    """Which user tasks, done ones included, in a body."""

    orQueries: list[HistoricTaskOrQuery] | None = None

    def list_or_groups(self) -> Sequence[Sequence[HistoryFilters]]:
        return [each.to_parts() for each in self.orQueries or ()]
