"""Requests about incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from baton.model.errors import BadRequest
from baton.service import IncidentQuery
from baton.web.models.base import Command, Query
from baton.web.models.fields import Moment, Names, Variables
from baton.web.models.filtering import Page, to_page, to_tuple
from baton.web.models.job_definition import read_job_definition_id
from baton.web.models.process_instance import ProcessInstances
from baton.web.scopes import parse_scope

if TYPE_CHECKING:
    from baton.service import Engine


class IncidentFilters(Query):
    """Which open incidents."""

    incidentId: str | None = None
    incidentType: str | None = None
    incidentMessage: str | None = None
    incidentMessageLike: str | None = None
    processDefinitionId: str | None = None
    processInstanceId: str | None = None
    executionId: str | None = None
    activityId: str | None = None
    failedActivityId: str | None = None
    causeIncidentId: str | None = None
    rootCauseIncidentId: str | None = None
    configuration: str | None = None
    processDefinitionKeyIn: Names | None = None
    tenantIdIn: Names | None = None
    jobDefinitionIdIn: Names | None = Field(None, description="failed jobs of the elements of these")
    incidentTimestampBefore: Moment | None = None
    incidentTimestampAfter: Moment | None = None

    def to_query(self, page: Page | None = None) -> IncidentQuery:
        """The filters as a query of the service; names that contradict each other find nothing."""
        instance = self.processInstanceId or (parse_scope(self.executionId).instance_id if self.executionId else None)
        return IncidentQuery(
            ids=_all_the_same(self.incidentId, self.causeIncidentId, self.rootCauseIncidentId),
            instance_ids=to_tuple(instance),
            execution_id=self.executionId,
            definition_ids=to_tuple(self.processDefinitionId),
            definition_keys=self.processDefinitionKeyIn,
            elements=_all_the_same(self.activityId, self.failedActivityId),
            kind=self.incidentType,
            message=self.incidentMessage,
            message_like=self.incidentMessageLike,
            configuration=self.configuration,
            failed_at=None
            if self.jobDefinitionIdIn is None
            else tuple(read_job_definition_id(id)[:2] for id in self.jobDefinitionIdIn),
            created_before=self.incidentTimestampBefore,
            created_after=self.incidentTimestampAfter,
            tenant_ids=self.tenantIdIn,
            **to_page(page),
        )


def _all_the_same(*names: str | None) -> tuple[str, ...] | None:
    given = {name for name in names if name is not None}
    return None if not given else tuple(given) if len(given) == 1 else ()


class Annotation(Command):
    """A note; null removes it."""

    annotation: str | None = None


class CreateIncident(Command):
    """An incident of somebody's own."""

    incidentType: str
    configuration: str | None = None
    message: str | None = None


class SkipIncident(Command):
    """What the work that is skipped would have given."""

    variables: Variables | None = None


class ResolveIncidents(ProcessInstances):
    """Which incidents: by ids, by a query, and all of the chosen instances."""

    incidentIds: Names | None = None
    incidentQuery: IncidentFilters | None = None

    def choose_incidents(self, engine: Engine) -> list[str]:
        """The ids of the incidents. Raises BadRequest when the request names none."""
        ids = list(self.incidentIds or ())
        names_instances = any(
            (
                self.processInstanceIds,
                self.processInstanceQuery,
                self.historicProcessInstanceQuery,
                self.overviewQuery,
            )
        )
        if not ids and self.incidentQuery is None and not names_instances:
            raise BadRequest("Expected incidentIds, incidentQuery or process instances, but found none of them")
        if self.incidentQuery is not None:
            ids += [item.id for item in engine.incidents.find(self.incidentQuery.to_query())]
        if names_instances:
            chosen = IncidentQuery(instance_ids=tuple(self.choose(engine)))
            ids += [item.id for item in engine.incidents.find(chosen)]
        return ids
