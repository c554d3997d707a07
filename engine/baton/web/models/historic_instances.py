"""Requests about process instances, ended ones included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.model.times import Millis
from baton.service import DefinitionQuery, InstanceQuery, VariableFilter
from baton.web.models.fields import Moment, Names
from baton.web.models.filtering import Page, merge_values, to_page, to_tuple
from baton.web.models.happened import PAIRS, HappenedFilters
from baton.web.models.history import STATES
from baton.web.models.or_queries import OutsideOnly, split
from baton.web.models.variable_filters import Comparisons, make_variable_filters

if TYPE_CHECKING:
    from baton.service import Engine


class HistoricProcessInstanceFilters(HappenedFilters):
    """Which instances, ended ones included."""

    processInstanceId: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processInstanceBusinessKey: str | None = None
    processInstanceBusinessKeyLike: str | None = None
    processDefinitionName: str | None = None
    processDefinitionNameLike: str | None = None
    startedBy: str | None = None
    superProcessInstanceId: str | None = Field(default=None, description="the called processes of this instance")
    subProcessInstanceId: str | None = Field(default=None, description="the caller of this called process")
    processInstanceIds: Names | None = None
    processInstanceIdNotIn: Names | None = None
    processDefinitionKeyIn: Names | None = None
    processDefinitionKeyNotIn: Names | None = None
    tenantIdIn: Names | None = None
    processInstanceBusinessKeyIn: Names | None = None
    activeActivityIdIn: Names | None = None
    activityIdIn: Names | None = None
    finished: bool | None = None
    unfinished: bool | None = None
    withJobsRetrying: bool | None = None
    active: bool | None = None
    suspended: bool | None = None
    completed: bool | None = None
    externallyTerminated: bool | None = None
    internallyTerminated: bool | None = None
    withoutTenantId: bool | None = None
    rootProcessInstances: bool | None = None
    variableNamesIgnoreCase: bool | None = None
    variableValuesIgnoreCase: bool | None = None
    startedBefore: Moment | None = None
    startedAfter: Moment | None = None
    finishedBefore: Moment | None = None
    finishedAfter: Moment | None = None
    variables: Comparisons | None = None

    def to_query(self, engine: Engine, page: Page | None = None) -> InstanceQuery:
        """The filters as a query of the service."""
        if self.superProcessInstanceId is not None or self.subProcessInstanceId is not None:
            raise BadRequest("Expected superProcessInstanceId and subProcessInstanceId in lists of instances only")
        states = frozenset(InstanceState)
        for name, allowed in STATES.items():
            states = states & allowed if getattr(self, name) else states
        last_start = self.find_last_start()
        first_end = self.find_first_end() if states <= STATES["finished"] else None
        return InstanceQuery(
            ids=merge_values(self.processInstanceId, self.processInstanceIds),
            ids_not=self.processInstanceIdNotIn,
            definition_ids=self._list_definition_ids(engine),
            definition_keys=merge_values(self.processDefinitionKey, self.processDefinitionKeyIn),
            definition_keys_not=self.processDefinitionKeyNotIn,
            business_keys=merge_values(self.processInstanceBusinessKey, self.processInstanceBusinessKeyIn),
            business_key_like=self.processInstanceBusinessKeyLike,
            states=states,
            roots=self.rootProcessInstances or None,
            elements=_keep_common(self.activeActivityIdIn, self.activityIdIn),
            retrying=self.withJobsRetrying or None,
            started_by=self.startedBy,
            started_before=_find_first(self.startedBefore, None if last_start is None else last_start + 1),
            started_after=self.startedAfter,
            ended_before=self.finishedBefore,
            ended_after=self.finishedAfter if first_end is None else max(self.finishedAfter or 0, first_end - 1),
            tenant_ids=self.tenantIdIn,
            without_tenant=self.withoutTenantId or False,
            variables=self.list_variable_filters(),
            **self.ask(),
            **to_page(page),
        )

    def list_variable_filters(self) -> tuple[VariableFilter, ...]:
        """Those by variables, as the service takes them."""
        return make_variable_filters(self.variables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase)

    def _list_definition_ids(self, engine: Engine) -> tuple[str, ...] | None:
        found = to_tuple(self.processDefinitionId)
        if self.processDefinitionName is None and self.processDefinitionNameLike is None:
            return found
        query = DefinitionQuery(name=self.processDefinitionName, name_like=self.processDefinitionNameLike)
        named = tuple(item.id for item in engine.definitions.find(query))
        return named if found is None else tuple(item for item in found if item in named)


class HistoricProcessInstanceOrQuery(HistoricProcessInstanceFilters):
    """Filters of which one is enough."""

    sorting: OutsideOnly = None
    orQueries: OutsideOnly = None

    def to_queries(self, engine: Engine) -> tuple[InstanceQuery, ...]:
        """One for each filter; without any filter one that finds all. Raises BadRequest for filters about callers."""
        found = tuple(alone.to_query(engine) for alone in split(self, _MODIFIERS, frozenset({"variables"}), PAIRS))
        return found or (InstanceQuery(include_ended=True),)


_MODIFIERS = frozenset({"variableNamesIgnoreCase", "variableValuesIgnoreCase"})


class HistoricProcessInstanceQueryFilters(HistoricProcessInstanceFilters):
    """Which instances, ended ones included, in a body."""

    orQueries: list[HistoricProcessInstanceOrQuery] | None = None

    def to_query(self, engine: Engine, page: Page | None = None) -> InstanceQuery:
        found = super().to_query(engine, page)
        if not self.orQueries:
            return found
        return replace(found, any_of=tuple(each.to_queries(engine) for each in self.orQueries))

    def list_ids(self, engine: Engine, which: Literal["finished", "unfinished"]) -> list[str]:
        """The ids of those it finds that have ended, or have not."""
        query = self.to_query(engine)
        return [item.id for item in engine.instances.find(query.keep(STATES[which]))]


def _find_first(*moments: Millis | None) -> Millis | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _keep_common(first: Names | None, second: Names | None) -> Names | None:
    """What both of two lists have, of which either may not be given."""
    if first is None or second is None:
        return second if first is None else first
    return tuple(item for item in first if item in second)
