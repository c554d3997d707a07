"""Requests about what models have jobs for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from baton.model.errors import BadRequest
from baton.model.times import Millis
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names, NotNegative, Whole
from baton.web.models.filtering import choose_flag

ASYNC = "async-continuation"
"""What the types begin with whose jobs are no timers."""


def read_job_definition_id(id: str) -> tuple[str, str, bool]:
    """The definition and the element of a job definition, and whether its jobs are timers; empty of any other id."""
    definition, _, rest = id.partition("~")
    element, _, kind = rest.partition("~")
    return definition, element, not kind.startswith(ASYNC)


class JobDefinitionFilters(Query):
    """Which job definitions."""

    jobDefinitionId: str | None = None
    activityIdIn: Names | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    jobType: str | None = None
    jobConfiguration: str | None = None
    active: bool | None = None
    suspended: bool | None = None
    withOverridingJobPriority: bool | None = Field(None, description="a priority is set at jobs: none matches")
    tenantIdIn: Names | None = None
    withoutTenantId: bool | None = None
    includeJobDefinitionsWithoutTenantId: bool | None = None

    def choose_state(self) -> bool | None:
        """Whether only suspended ones, only others, or all match. Raises BadRequest for both flags."""
        return choose_flag(self.suspended, self.active, "'suspended' and 'active'")


class SetDefinitionRetries(Command):
    """How often the jobs of a definition that have failed may fail still."""

    retries: NotNegative
    dueDate: Moment | None = None


class SetDefinitionPriority(Command):
    """The priority of the jobs that are there."""

    priority: Whole | None = None
    includeJobs: Literal[True] = Field(
        description="a priority is set at jobs; later ones have that of the model (camunda:jobPriority)"
    )

    def get_priority(self) -> int:
        """Raises BadRequest where it is to be taken away: jobs have no other."""
        if self.priority is None:
            raise BadRequest("Expected a number for 'priority', but found null: a job has no other priority")
        return self.priority


class SuspendJobDefinition(Command):
    """Whether the jobs that are there are suspended."""

    suspended: bool
    includeJobs: Literal[True] = Field(description="jobs are suspended, not what later ones are made from")
    executionDate: None = None


class SuspendJobDefinitions(SuspendJobDefinition):
    """The same of a process definition."""

    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processDefinitionTenantId: str | None = None
    processDefinitionWithoutTenantId: bool | None = None

    def check(self) -> None:
        """Raises BadRequest unless exactly one of id and key is given."""
        if (self.processDefinitionId is None) == (self.processDefinitionKey is None):
            raise BadRequest("Expected exactly one of processDefinitionId and processDefinitionKey")


def describe_due(due: Millis | None) -> dict[str, Millis]:
    """When the jobs are due, as the field of a command; nothing where it stays."""
    return {} if due is None else {"due": due}
