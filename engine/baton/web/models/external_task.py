"""Requests about external tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le, MaxLen
from pydantic import Field

from baton.model.ids import get_instance_id
from baton.model.records import Progress
from baton.service import ExternalTaskQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import (
    Moment,
    Names,
    NotNegative,
    NotNegativeDuration,
    PositiveDuration,
    Variables,
    Whole,
)
from baton.web.models.filtering import Page, choose_flag, merge_values, to_page, to_tuple
from baton.web.models.historic_instances import HistoricProcessInstanceQueryFilters
from baton.web.models.process_instance import ProcessInstanceQueryFilters, ProcessInstances

if TYPE_CHECKING:
    from baton.service import Engine

LONGEST_PROGRESS = 200
"""Characters of the text in which a worker says how far it is."""
MOST_COMPLETIONS = 1_000
"""Tasks that one request may complete."""


class ExternalTaskFilters(Query):
    """Which external tasks."""

    externalTaskId: str | None = None
    topicName: str | None = None
    workerId: str | None = None
    activityId: str | None = None
    executionId: str | None = None
    processInstanceId: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processDefinitionKeyIn: Names | None = None
    externalTaskIdIn: Names | None = None
    activityIdIn: Names | None = None
    processInstanceIdIn: Names | None = None
    tenantIdIn: Names | None = None
    locked: bool | None = None
    notLocked: bool | None = None
    withRetriesLeft: bool | None = None
    noRetriesLeft: bool | None = None
    active: bool | None = None
    suspended: bool | None = None
    lockExpirationAfter: Moment | None = None
    lockExpirationBefore: Moment | None = None
    priorityHigherThanOrEquals: Whole | None = None
    priorityLowerThanOrEquals: Whole | None = None

    def to_query(self, page: Page | None = None) -> ExternalTaskQuery:
        """The filters as a query of the service."""
        instances = merge_values(self.processInstanceId, self.processInstanceIdIn)
        if self.executionId and instances is None:
            instances = (get_instance_id(self.executionId),)
        return ExternalTaskQuery(
            ids=merge_values(self.externalTaskId, self.externalTaskIdIn),
            topic=self.topicName,
            worker_id=self.workerId,
            locked=choose_flag(self.locked, self.notLocked, "'locked' and 'notLocked'"),
            retries_left=choose_flag(self.withRetriesLeft, self.noRetriesLeft, "'withRetriesLeft' and 'noRetriesLeft'"),
            elements=merge_values(self.activityId, self.activityIdIn),
            instance_ids=instances,
            execution_id=self.executionId,
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=merge_values(self.processDefinitionKey, self.processDefinitionKeyIn),
            suspended=choose_flag(self.suspended, self.active, "'suspended' and 'active'"),
            priority_min=self.priorityHigherThanOrEquals,
            priority_max=self.priorityLowerThanOrEquals,
            lock_expires_after=self.lockExpirationAfter,
            lock_expires_before=self.lockExpirationBefore,
            tenant_ids=self.tenantIdIn,
            **to_page(page),
        )


class TopicNameFilters(Query):
    """Which topics: those that have such tasks."""

    withLockedTasks: bool | None = None
    withUnlockedTasks: bool | None = None
    withRetriesLeft: bool | None = None


class CompleteExternalTask(Command):
    """The result of a task."""

    workerId: str
    variables: Variables | None = None
    localVariables: Variables | None = None


class ExternalTaskFailure(Command):
    """Why a task failed, and whether it is tried again."""

    workerId: str
    errorMessage: str | None = None
    errorDetails: str | None = None
    retries: NotNegative | None = None
    retryTimeout: NotNegativeDuration | None = Field(None, description="milliseconds until the task is offered again")
    variables: Variables | None = None
    localVariables: Variables | None = None


class ExternalTaskBpmnError(Command):
    """A modelled business error."""

    workerId: str
    errorCode: str
    errorMessage: str | None = None
    variables: Variables | None = None


class ExtendLock(Command):
    """For how long to hold a task, from now."""

    workerId: str
    newDuration: PositiveDuration
    progress: Annotated[float, Ge(0), Le(1)] | None = Field(None, description="how far the work is, from 0 to 1")
    progressText: Annotated[str, MaxLen(LONGEST_PROGRESS)] | None = Field(None, description="the same in a few words")

    def to_progress(self) -> Progress | None:
        """What the worker says of its progress; None when it says nothing."""
        if self.progress is None and self.progressText is None:
            return None
        return Progress(fraction=self.progress, text=self.progressText)


class RecordResults(Command):
    """What steps of a task gave, by keys of the worker's choice."""

    results: Variables


class LockExternalTask(Command):
    """For whom and how long to lock a task."""

    workerId: str
    lockDuration: PositiveDuration


class Retries(Command):
    """How often a task may fail still."""

    retries: NotNegative


class Priority(Command):
    """Which tasks are given first: the highest."""

    priority: Whole


class SetExternalTaskRetries(Retries):
    """The retries of many tasks: by ids and queries of tasks and instances."""

    externalTaskIds: Names | None = None
    processInstanceIds: Names | None = None
    externalTaskQuery: ExternalTaskFilters | None = None
    processInstanceQuery: ProcessInstanceQueryFilters | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceQueryFilters | None = None

    def is_about_instances(self) -> bool:
        """Whether there are instances by ids or by a query."""
        return bool(self.processInstanceIds or self.processInstanceQuery or self.historicProcessInstanceQuery)

    def list_instances(self, engine: Engine) -> list[str]:
        """The ids of the instances that are named, which may be none."""
        if not self.is_about_instances():
            return []
        chosen = ProcessInstances(
            processInstanceIds=self.processInstanceIds,
            processInstanceQuery=self.processInstanceQuery,
            historicProcessInstanceQuery=self.historicProcessInstanceQuery,
        )
        return chosen.choose(engine)


class CompleteOneOfMany(Command):
    """The result of one task."""

    id: str
    workerId: str | None = Field(None, description="if another than that of the request")
    variables: Variables | None = None
    localVariables: Variables | None = None


class CompleteExternalTasks(Command):
    """The results of many tasks."""

    workerId: str | None = None
    tasks: Annotated[list[CompleteOneOfMany], MaxLen(MOST_COMPLETIONS)]


class LimitTopic(Command):
    """How many locks of a topic are given."""

    locksPerSecond: float | None = Field(None, description="locks given in a second, on average; null: any number")
    locksAtOnce: Whole | None = Field(
        None, description="tasks of the topic that are locked at the same time; null: any number"
    )


class UseTopic(Command):
    """Which definitions may use a topic."""

    processDefinitionKeys: Names = Field(description="at least one")
