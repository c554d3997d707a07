"""Requests about jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias, cast

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema

from baton.model.errors import BadRequest
from baton.model.records import JobKind
from baton.model.times import Millis
from baton.service import JobQuery
from baton.web.jsons import name_type
from baton.web.models.base import Command, Query
from baton.web.models.fields import IgnoredFlag, Moment, Names, NotNegative, Whole
from baton.web.models.filtering import Page, choose_flag, list_tenants, merge_values, to_page, to_tuple
from baton.web.models.historic_instances import HistoricProcessInstanceQueryFilters
from baton.web.models.job_definition import read_job_definition_id
from baton.web.models.process_instance import ProcessInstanceQueryFilters, ProcessInstances
from baton.web.times import parse_millis

if TYPE_CHECKING:
    from baton.service import Engine


class Span(NamedTuple):
    """The moments after and before which; None where there is no bound."""

    after: Millis | None = None
    before: Millis | None = None


def _read_span(given: Any, info: ValidationInfo) -> Span:
    name = info.field_name or ""
    if isinstance(given, str):
        pairs = [(part.partition("_")[0], part.partition("_")[2]) for part in given.split(",") if part]
    elif isinstance(given, list):
        pairs = [_pair(item, name) for item in cast("list[Any]", given)]
    else:
        raise BadRequest(f"Expected a list of objects for '{name}', but found {name_type(given)}")
    found: dict[str, Millis] = {}
    for operator, text in pairs:
        if operator not in ("gt", "lt"):
            raise BadRequest(f"Expected gt or lt and a date for '{name}', but found '{operator}'")
        found[operator] = parse_millis(text, name)
    return Span(found.get("gt"), found.get("lt"))


def _pair(value: Any, name: str) -> tuple[str, str]:
    if not isinstance(value, dict):
        raise BadRequest(f"Expected operator and value in each of '{name}', but found {name_type(value)}")
    fields = cast("dict[str, Any]", value)
    return str(fields.get("operator")), str(fields.get("value"))


_DATE = {"type": "string", "format": "date-time"}
_SPAN = {
    "anyOf": [
        {"type": "string", "description": "gt_ or lt_ and a date, comma separated; a list of objects in a body"},
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"operator": {"type": "string", "enum": ["gt", "lt"]}, "value": _DATE},
                "required": ["operator", "value"],
            },
        },
    ]
}
TimeSpan: TypeAlias = Annotated[Span, PlainValidator(_read_span), WithJsonSchema(_SPAN)]


class JobFilters(Query):
    """Which jobs."""

    jobId: str | None = None
    jobDefinitionId: str | None = None
    processInstanceId: str | None = None
    executionId: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    activityId: str | None = None
    failedActivityId: str | None = None
    exceptionMessage: str | None = None
    jobIds: Names | None = None
    processInstanceIds: Names | None = None
    tenantIdIn: Names | None = None
    withRetriesLeft: bool | None = None
    noRetriesLeft: bool | None = None
    executable: bool | None = None
    timers: bool | None = None
    messages: bool | None = None
    withException: bool | None = None
    active: bool | None = None
    suspended: bool | None = None
    includeJobsWithoutTenantId: bool | None = None
    withoutTenantId: bool | None = None
    priorityLowerThanOrEquals: Whole | None = None
    priorityHigherThanOrEquals: Whole | None = None
    dueDates: TimeSpan | None = None
    createTimes: TimeSpan | None = None

    def to_query(self, page: Page | None = None) -> JobQuery:
        """The filters as a query of the service."""
        due, created = self.dueDates or Span(), self.createTimes or Span()
        return JobQuery(
            ids=merge_values(self.jobId, self.jobIds),
            instance_ids=merge_values(self.processInstanceId, self.processInstanceIds),
            execution_id=self.executionId,
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=to_tuple(self.processDefinitionKey),
            elements=to_tuple(self.activityId),
            failed_element=self.failedActivityId,
            kinds=self._kinds(),
            origin=None if self.jobDefinitionId is None else read_job_definition_id(self.jobDefinitionId),
            retries_left=choose_flag(self.withRetriesLeft, self.noRetriesLeft, "'withRetriesLeft' and 'noRetriesLeft'"),
            executable=self.executable or False,
            with_exception=self.withException or False,
            exception_message=self.exceptionMessage,
            suspended=choose_flag(self.suspended, self.active, "'suspended' and 'active'"),
            priority_min=self.priorityHigherThanOrEquals,
            priority_max=self.priorityLowerThanOrEquals,
            due_after=due.after,
            due_before=due.before,
            created_after=created.after,
            created_before=created.before,
            tenant_ids=list_tenants(self.tenantIdIn, self.includeJobsWithoutTenantId),
            without_tenant=self.withoutTenantId or False,
            **to_page(page),
        )

    def _kinds(self) -> tuple[JobKind, ...] | None:
        timers = choose_flag(self.timers, self.messages, "'timers' and 'messages'")
        if timers is None:
            return None
        return (JobKind.TIMER,) if timers else (JobKind.ASYNC, JobKind.RETRY)


class JobRetries(Command):
    """How often a job may fail still, and when it is due."""

    retries: NotNegative
    dueDate: Moment | None = None


class SetJobRetries(JobRetries):
    """The retries of many jobs, by ids and a query."""

    jobIds: Names | None = None
    jobQuery: JobFilters | None = None


class SetJobRetriesOfInstances(JobRetries):
    """The retries of all jobs of many instances."""

    processInstances: Names | None = None
    processInstanceQuery: ProcessInstanceQueryFilters | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceQueryFilters | None = None

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        chosen = ProcessInstances(
            processInstanceIds=self.processInstances,
            processInstanceQuery=self.processInstanceQuery,
            historicProcessInstanceQuery=self.historicProcessInstanceQuery,
        )
        return chosen.choose(engine)


class JobDueDate(Command):
    """When a job is due; null is now."""

    duedate: Moment | None = None
    cascade: IgnoredFlag = None


class SuspendJob(Command):
    """Whether one job is suspended."""

    suspended: bool


class SuspendJobs(SuspendJob):
    """Whether the jobs of an instance or of a definition are suspended; exactly one of the ids is given.

    Tenants are of what a key names.
    """

    jobDefinitionId: str | None = None
    processInstanceId: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processDefinitionTenantId: str | None = None
    processDefinitionWithoutTenantId: bool | None = None

    def to_query(self) -> JobQuery:
        """The jobs. Raises BadRequest unless one id is given, or a key."""
        of = (self.jobDefinitionId, self.processInstanceId, self.processDefinitionId, self.processDefinitionKey)
        if sum(map(bool, of)) != 1:
            names = "jobDefinitionId, processInstanceId, processDefinitionId, processDefinitionKey"
            raise BadRequest(f"Expected exactly one of {names}, but found {sum(map(bool, of))}")
        if not self.processDefinitionKey and (self.processDefinitionTenantId or self.processDefinitionWithoutTenantId):
            raise BadRequest("Expected a tenant only beside processDefinitionKey, but found one without it")
        return JobQuery(
            origin=read_job_definition_id(self.jobDefinitionId) if self.jobDefinitionId else None,
            instance_ids=to_tuple(self.processInstanceId or None),
            definition_ids=to_tuple(self.processDefinitionId or None),
            definition_keys=to_tuple(self.processDefinitionKey or None),
            tenant_ids=to_tuple(self.processDefinitionTenantId),
            without_tenant=self.processDefinitionWithoutTenantId or False,
        )


class JobPriority(Command):
    """Which jobs are run first: the highest."""

    priority: Whole


class RecalculateDueDate(Query):
    """From when on a timer counts."""

    creationDateBased: bool | None = Field(default=None, description="false: from now on; else from its creation on")
