"""Requests about user tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from baton.model.errors import BadRequest
from baton.service import UserTaskQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names, Variables, Whole
from baton.web.models.filtering import Page, choose_flag, merge_values, to_page, to_tuple
from baton.web.models.names import Reading
from baton.web.models.or_queries import OutsideOnly, split
from baton.web.models.variable_filters import Comparisons, make_variable_filters


class TaskFilters(Query):
    """Which user tasks."""

    taskId: str | None = None
    processInstanceId: str | None = None
    processInstanceBusinessKey: str | None = None
    processInstanceBusinessKeyLike: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processDefinitionName: str | None = None
    processDefinitionNameLike: str | None = None
    executionId: str | None = None
    parentTaskId: str | None = None
    assignee: str | None = None
    assigneeLike: str | None = None
    owner: str | None = None
    candidateGroup: str | None = None
    candidateUser: str | None = None
    involvedUser: str | None = None
    taskDefinitionKey: str | None = None
    taskDefinitionKeyLike: str | None = None
    name: str | None = None
    nameLike: str | None = None
    nameNotEqual: str | None = None
    nameNotLike: str | None = None
    description: str | None = None
    descriptionLike: str | None = None
    delegationState: Literal["PENDING", "RESOLVED"] | None = None
    taskIdIn: Names | None = None
    processInstanceIdIn: Names | None = None
    processInstanceBusinessKeyIn: Names | None = None
    processDefinitionKeyIn: Names | None = None
    activityInstanceIdIn: Names | None = None
    assigneeIn: Names | None = None
    assigneeNotIn: Names | None = None
    taskDefinitionKeyIn: Names | None = None
    taskDefinitionKeyNotIn: Names | None = None
    candidateGroups: Names | None = None
    tenantIdIn: Names | None = None
    assigned: bool | None = None
    unassigned: bool | None = None
    includeAssignedTasks: bool | None = None
    active: bool | None = None
    suspended: bool | None = None
    withoutDueDate: bool | None = None
    withCandidateGroups: bool | None = None
    withoutCandidateGroups: bool | None = None
    withCandidateUsers: bool | None = None
    withoutCandidateUsers: bool | None = None
    withoutTenantId: bool | None = None
    variableNamesIgnoreCase: bool | None = None
    variableValuesIgnoreCase: bool | None = None
    priority: Whole | None = None
    minPriority: Whole | None = None
    maxPriority: Whole | None = None
    dueDate: Moment | None = None
    dueBefore: Moment | None = None
    dueAfter: Moment | None = None
    followUpDate: Moment | None = None
    followUpBefore: Moment | None = None
    followUpAfter: Moment | None = None
    followUpBeforeOrNotExistent: Moment | None = None
    createdOn: Moment | None = None
    createdBefore: Moment | None = None
    createdAfter: Moment | None = None
    updatedAfter: Moment | None = Field(None, description="changed after it, or created after it and not changed since")
    processVariables: Comparisons | None = None
    taskVariables: Comparisons | None = None
    candidateGroupLike: str | None = None
    text: str | None = Field(
        None,
        description="only in Baton: in the name, the description or the business key, in upper or lower case",
    )

    def meet_unknown(self, names: list[str], reading: Reading) -> None:
        expressions = [name for name in names if name.removesuffix("Expression") in type(self).model_fields]
        if expressions:
            raise BadRequest(
                f"Expected no expression in a query that is not saved, but found '{expressions[0]}': a saved filter "
                "(POST /filter/create) may use expressions, as ${currentUser()}"
            )
        super().meet_unknown(names, reading)

    def to_query(self, page: Page | None = None) -> UserTaskQuery:
        """The filters as a query of the service."""
        return UserTaskQuery(
            ids=merge_values(self.taskId, self.taskIdIn),
            instance_ids=merge_values(self.processInstanceId, self.processInstanceIdIn),
            execution_ids=merge_values(self.executionId, self.activityInstanceIdIn),
            business_keys=merge_values(self.processInstanceBusinessKey, self.processInstanceBusinessKeyIn),
            business_key_like=self.processInstanceBusinessKeyLike,
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=merge_values(self.processDefinitionKey, self.processDefinitionKeyIn),
            definition_name=self.processDefinitionName,
            definition_name_like=self.processDefinitionNameLike,
            elements=merge_values(self.taskDefinitionKey, self.taskDefinitionKeyIn),
            elements_not=self.taskDefinitionKeyNotIn,
            element_like=self.taskDefinitionKeyLike,
            name=self.name,
            name_like=self.nameLike,
            name_not=self.nameNotEqual,
            name_unlike=self.nameNotLike,
            description=self.description,
            description_like=self.descriptionLike,
            assignees=merge_values(self.assignee, self.assigneeIn),
            assignees_not=self.assigneeNotIn,
            assignee_like=self.assigneeLike,
            assigned=choose_flag(self.assigned, self.unassigned, "'assigned' and 'unassigned'"),
            owner=self.owner,
            candidate_user=self.candidateUser,
            candidate_groups=merge_values(self.candidateGroup, self.candidateGroups),
            include_assigned=self.includeAssignedTasks or False,
            has_candidate_groups=choose_flag(
                self.withCandidateGroups,
                self.withoutCandidateGroups,
                "'withCandidateGroups' and 'withoutCandidateGroups'",
            ),
            has_candidate_users=choose_flag(
                self.withCandidateUsers, self.withoutCandidateUsers, "with and without candidate users"
            ),
            involved_user=self.involvedUser,
            delegation_state=self.delegationState,
            suspended=choose_flag(self.suspended, self.active, "'suspended' and 'active'"),
            priority_min=self.priority if self.minPriority is None else self.minPriority,
            priority_max=self.priority if self.maxPriority is None else self.maxPriority,
            without_due=self.withoutDueDate or False,
            due=self.dueDate,
            due_before=self.dueBefore,
            due_after=self.dueAfter,
            follow_up=self.followUpDate,
            follow_up_before=self.followUpBefore,
            follow_up_after=self.followUpAfter,
            not_put_off_at=self.followUpBeforeOrNotExistent,
            created=self.createdOn,
            created_before=self.createdBefore,
            created_after=self.createdAfter,
            updated_after=self.updatedAfter,
            text=self.text or None,
            tenant_ids=self.tenantIdIn,
            without_tenant=self.withoutTenantId or False,
            variables=make_variable_filters(
                self.processVariables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase
            ),
            local_variables=make_variable_filters(
                self.taskVariables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase
            ),
            candidate_group_like=self.candidateGroupLike,
            parent=self.parentTaskId,
            **to_page(page),
        )


class TaskOrQuery(TaskFilters):
    """Filters of which one is enough."""

    sorting: OutsideOnly = None
    orQueries: OutsideOnly = None

    def to_queries(self) -> tuple[UserTaskQuery, ...]:
        """One for each filter; without any filter one that finds all."""
        found = tuple(alone.to_query() for alone in split(self, _MODIFIERS, _LISTS))
        return found or (UserTaskQuery(),)


_MODIFIERS = frozenset({"variableNamesIgnoreCase", "variableValuesIgnoreCase", "includeAssignedTasks"})
_LISTS = frozenset({"processVariables", "taskVariables"})


class TaskListFilters(TaskFilters):
    """Which user tasks, and what is told of them."""

    withCommentAttachmentInfo: bool | None = Field(None, description="whether each has comments, or attachments")


class TaskQueryFilters(TaskListFilters):
    """Which user tasks, in a body."""

    orQueries: list[TaskOrQuery] | None = None

    def to_query(self, page: Page | None = None) -> UserTaskQuery:
        found = super().to_query(page)
        if not self.orQueries:
            return found
        return replace(found, any_of=tuple(each.to_queries() for each in self.orQueries))


class CreateTask(Command):
    """A task that belongs to no process. Clients send a whole task: what is not said here is not theirs to say."""

    id: str | None = Field(None, description="chosen by the client; without it Baton makes one")
    name: str | None = None
    description: str | None = None
    assignee: str | None = None
    owner: str | None = None
    delegationState: Literal["PENDING", "RESOLVED"] | None = None
    due: Moment | None = None
    followUp: Moment | None = None
    priority: Whole | None = None
    parentTaskId: str | None = Field(None, description="an open task that this one is a part of")
    tenantId: str | None = None
    caseInstanceId: None = Field(None, description="there are no cases")
    created: Moment | None = None
    lastUpdated: Moment | None = None
    taskState: str | None = None


class TaskQuery(Query):
    """What is told of a task."""

    withCommentAttachmentInfo: bool | None = Field(None, description="whether it has comments, or attachments")


class LinkQuery(Query):
    """Which links of a task."""

    type: str | None = None


class UserId(Command):
    """Who; null is nobody."""

    userId: str | None = None


class CompleteTask(Command):
    """The result of a task."""

    variables: Variables | None = None
    withVariablesInReturn: bool | None = None


class TaskBpmnError(Command):
    """A modelled business error."""

    errorCode: str
    errorMessage: str | None = None
    variables: Variables | None = None


class TaskEscalation(Command):
    """A modelled escalation."""

    escalationCode: str
    variables: Variables | None = None


class ChangeIdentityLink(Command):
    """A person or a group, and what they are to the task."""

    userId: str | None = None
    groupId: str | None = None
    type: str


class _WholeComment(Command):
    """Clients send a whole comment: these fields are the engine's."""

    message: str | None = None
    processInstanceId: str | None = None
    userId: str | None = None
    taskId: str | None = None
    time: Moment | None = None
    removalTime: Moment | None = None
    rootProcessInstanceId: str | None = None


class CreateComment(_WholeComment):
    """What is written about a task."""

    id: str | None = None


class UpdateComment(_WholeComment):
    """The new text of a comment."""

    id: str


class AttachmentForm(Command):
    """What is attached to a task: the form part ``content`` is a file, or ``url`` is an address."""

    name: str | None = Field(None, alias="attachment-name")
    description: str | None = Field(None, alias="attachment-description")
    type: str | None = Field(None, alias="attachment-type", description="what it is, in words of the client")
    url: str | None = Field(None, description="http or https")


class UpdateTask(Command):
    """What a task is changed to. What is not given is emptied, but for the priority.

    Clients send a whole task back: its id, its parent, and when it was created and changed are not changed by that.
    """

    id: str | None = None
    parentTaskId: str | None = None
    created: Moment | None = None
    lastUpdated: Moment | None = None
    taskState: str | None = None
    name: str | None = None
    description: str | None = None
    assignee: str | None = None
    owner: str | None = None
    delegationState: str | None = None
    priority: Whole | None = None
    due: Moment | None = None
    followUp: Moment | None = None
