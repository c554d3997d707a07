"""Requests about process instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from baton.model.commands import Instruction, ModifyInstance
from baton.model.errors import BadRequest
from baton.model.records import InstanceState
from baton.service import DefinitionQuery, InstanceQuery
from baton.web.models.base import Command, Query
from baton.web.models.bodies import read_activity_id
from baton.web.models.fields import IgnoredFlag, Names, Unsupported
from baton.web.models.filtering import Page, merge_values, to_page, to_tuple
from baton.web.models.historic_instances import HistoricProcessInstanceQueryFilters
from baton.web.models.history import STATES
from baton.web.models.live import OverviewFilters
from baton.web.models.or_queries import OutsideOnly, split
from baton.web.models.variable_filters import Comparisons, make_variable_filters
from baton.web.scopes import parse_scope
from baton.web.variables import from_rest

if TYPE_CHECKING:
    from baton.service import Engine

LIVE = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
RELATIONS = ("superProcessInstance", "subProcessInstance", "rootProcessInstanceId")
"""Filters about who has called whom."""


def _name_all(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


class ProcessInstanceFilters(Query):
    """Which running instances."""

    businessKey: str | None = None
    businessKeyLike: str | None = None
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    deploymentId: str | None = None
    incidentId: str | None = None
    incidentType: str | None = None
    incidentMessage: str | None = None
    incidentMessageLike: str | None = None
    processInstanceIds: Names | None = None
    processDefinitionKeyIn: Names | None = None
    processDefinitionKeyNotIn: Names | None = None
    tenantIdIn: Names | None = None
    activityIdIn: Names | None = None
    active: bool | None = None
    suspended: bool | None = None
    withIncident: bool | None = None
    withoutTenantId: bool | None = None
    processDefinitionWithoutTenantId: bool | None = None
    rootProcessInstances: bool | None = None
    leafProcessInstances: bool | None = None
    superProcessInstance: str | None = Field(default=None, description="the called processes of this instance")
    subProcessInstance: str | None = Field(default=None, description="the instance that called this one")
    rootProcessInstanceId: str | None = Field(
        default=None, description="an instance that nothing has called, with all called processes in it; only in Baton"
    )
    variableNamesIgnoreCase: bool | None = None
    variableValuesIgnoreCase: bool | None = None
    variables: Comparisons | None = None

    def drop_relations(self) -> Self:
        """Without the filters that one instance answers."""
        return self.model_copy(update=dict.fromkeys(RELATIONS))

    def to_query(self, engine: Engine, page: Page | None = None) -> InstanceQuery:
        """The filters as a query of the service. Raises BadRequest for those about callers, which only lists have."""
        if self != self.drop_relations():
            raise BadRequest(f"Expected {_name_all(RELATIONS)} in lists of process instances only")
        states = frozenset({InstanceState.ACTIVE}) if self.active else LIVE
        return InstanceQuery(
            ids=self.processInstanceIds,
            definition_ids=self._definition_ids(engine),
            definition_keys=merge_values(self.processDefinitionKey, self.processDefinitionKeyIn),
            definition_keys_not=self.processDefinitionKeyNotIn,
            business_key=self.businessKey,
            business_key_like=self.businessKeyLike,
            states=states & {InstanceState.SUSPENDED} if self.suspended else states,
            elements=self.activityIdIn,
            roots=self.rootProcessInstances or None,
            leaves=self.leafProcessInstances or None,
            with_incident=self.withIncident or None,
            incident_ids=None if self.incidentId is None else frozenset((self.incidentId,)),
            incident_kind=self.incidentType,
            incident_message=self.incidentMessage,
            incident_message_like=self.incidentMessageLike,
            tenant_ids=self.tenantIdIn,
            without_tenant=self.withoutTenantId or False,
            variables=make_variable_filters(
                self.variables, self.variableNamesIgnoreCase, self.variableValuesIgnoreCase
            ),
            **to_page(page),
        )

    def _definition_ids(self, engine: Engine) -> tuple[str, ...] | None:
        found = to_tuple(self.processDefinitionId)
        if self.deploymentId is None and not self.processDefinitionWithoutTenantId:
            return found
        query = DefinitionQuery(
            deployment_id=self.deploymentId, without_tenant=self.processDefinitionWithoutTenantId or False
        )
        chosen = tuple(item.id for item in engine.definitions.find(query))
        return chosen if found is None else tuple(item for item in found if item in chosen)


class ProcessInstanceOrQuery(ProcessInstanceFilters):
    """Filters of which one is enough."""

    sorting: OutsideOnly = None
    orQueries: OutsideOnly = None

    def to_queries(self, engine: Engine) -> tuple[InstanceQuery, ...]:
        """One for each filter; without any filter one that finds all. Raises BadRequest for filters about callers."""
        found = tuple(alone.to_query(engine) for alone in split(self, _MODIFIERS, frozenset({"variables"})))
        return found or (InstanceQuery(states=LIVE),)


_MODIFIERS = frozenset({"variableNamesIgnoreCase", "variableValuesIgnoreCase"})


class ProcessInstanceQueryFilters(ProcessInstanceFilters):
    """Which running instances, in a body."""

    orQueries: list[ProcessInstanceOrQuery] | None = None

    def to_query(self, engine: Engine, page: Page | None = None) -> InstanceQuery:
        found = super().to_query(engine, page)
        if not self.orQueries:
            return found
        return replace(found, any_of=tuple(each.to_queries(engine) for each in self.orQueries))


class ProcessInstances(Command):
    """Which instances a request is about: by their ids, by queries, or both."""

    processInstanceIds: Names | None = None
    processInstanceQuery: ProcessInstanceQueryFilters | None = None
    historicProcessInstanceQuery: HistoricProcessInstanceQueryFilters | None = Field(
        default=None, description="the filters of /history/process-instance; of what they find, that which runs"
    )
    overviewQuery: OverviewFilters | None = Field(
        default=None,
        description="the filters of /process-instance/overview; of what they find, that which runs; only in Baton",
    )

    def list_queries(self) -> list[ProcessInstanceFilters]:
        """The queries that name instances."""
        return [] if self.processInstanceQuery is None else [self.processInstanceQuery]

    def choose(self, engine: Engine) -> list[str]:
        """The ids of the instances. Raises BadRequest when the request names none."""
        ids, queries = list(self.processInstanceIds or ()), self.list_queries()
        others = self._list_other_queries(engine)
        if not ids and not queries and not others:
            raise BadRequest(
                "Expected processInstanceIds, processInstanceQuery, historicProcessInstanceQuery, overviewQuery or a "
                "process definition, but found none"
            )
        for query in queries:
            ids += [item.id for item in engine.instances.find(query.to_query(engine))]
        for query in others:
            ids += [item.id for item in engine.instances.find(query.keep(STATES["unfinished"]))]
        return list(dict.fromkeys(ids))

    def _list_other_queries(self, engine: Engine) -> list[InstanceQuery]:
        """Those that find ended instances too, of which no request here means one."""
        found: list[InstanceQuery] = []
        if self.historicProcessInstanceQuery is not None:
            found.append(self.historicProcessInstanceQuery.to_query(engine))
        if self.overviewQuery is not None:
            if self.overviewQuery.called:
                raise BadRequest("Expected 'called' in lists only: what runs inside another instance goes with it")
            found.append(self.overviewQuery.to_query())
        return found


class Suspended(Command):
    """Whether it is to be suspended."""

    suspended: bool


class SuspendProcessInstances(ProcessInstances):
    """Which instances to suspend or activate."""

    suspended: bool
    processDefinitionId: str | None = None
    processDefinitionKey: str | None = None
    processDefinitionTenantId: str | None = Field(default=None, description="which of the definitions of the key")
    processDefinitionWithoutTenantId: bool | None = Field(
        default=None, description="of the definitions of the key those of no tenant"
    )

    def list_queries(self) -> list[ProcessInstanceFilters]:
        """The definition counts where neither ids nor a query are given."""
        if self._names_instances() or self._names_tenant():
            return super().list_queries()
        filters = (
            ProcessInstanceFilters(processDefinitionId=self.processDefinitionId),
            ProcessInstanceFilters(processDefinitionKey=self.processDefinitionKey),
        )
        return [item for item in filters if item != ProcessInstanceFilters()]

    def _list_other_queries(self, engine: Engine) -> list[InstanceQuery]:
        found = super()._list_other_queries(engine)
        if not self._names_tenant():
            return found
        if self._names_instances() or self.processDefinitionKey is None or self.processDefinitionId is not None:
            raise BadRequest(
                "Expected processDefinitionTenantId and processDefinitionWithoutTenantId beside a processDefinitionKey "
                "alone"
            )
        definitions = DefinitionQuery(
            keys=(self.processDefinitionKey,),
            tenant_ids=to_tuple(self.processDefinitionTenantId),
            without_tenant=self.processDefinitionWithoutTenantId or False,
        )
        return [*found, InstanceQuery(definition_ids=tuple(item.id for item in engine.definitions.find(definitions)))]

    def _names_instances(self) -> bool:
        return bool(self.processInstanceIds or self.processInstanceQuery or self.historicProcessInstanceQuery)

    def _names_tenant(self) -> bool:
        return self.processDefinitionTenantId is not None or bool(self.processDefinitionWithoutTenantId)


class DeleteProcessInstances(ProcessInstances):
    """Which instances to cancel. Called processes go with them."""

    deleteReason: str | None = None
    skipCustomListeners: IgnoredFlag = None
    skipSubprocesses: IgnoredFlag = None
    skipIoMappings: bool | None = Field(None, description="outputs are never mapped by a cancellation")
    failIfNotExists: bool | None = None


class DeleteProcessInstance(Query):
    """How to cancel an instance. Called processes go with it."""

    skipCustomListeners: IgnoredFlag = None
    skipIoMappings: bool | None = Field(None, description="outputs are never mapped by a cancellation")
    skipSubprocesses: IgnoredFlag = None
    failIfNotExists: bool | None = None


class ModificationInstruction(Command):
    """One step of a modification."""

    type: Literal["cancel", "startBeforeActivity", "startAfterActivity", "startTransition"]
    activityId: str | None = None
    transitionId: str | None = None
    activityInstanceId: str | None = None
    transitionInstanceId: str | None = None
    cancelCurrentActiveActivityInstances: bool | None = None
    variables: dict[str, Any] | None = None

    def to_instruction(self) -> Instruction:
        """The step as the runtime takes it. Raises BadRequest when it names nothing."""
        token = None
        if self.activityInstanceId is not None:
            token = parse_scope(self.activityInstanceId, "activity instance").token
        activity = None if self.activityId is None else read_activity_id(self.activityId)
        element = self.transitionId if self.type == "startTransition" else activity
        if token is None and element is None:
            raise BadRequest(
                f"Expected an activityId, transitionId or activityInstanceId for the instruction {self.type}"
            )
        given = self.variables or {}
        values = {name: from_rest(name, typed) for name, typed in given.items()}
        local = {name for name, typed in given.items() if typed.get("local") is True}
        return Instruction(
            kind=self.type,
            element=element,
            token=token,
            variables={name: value for name, value in values.items() if name not in local},
            local_variables={name: value for name, value in values.items() if name in local},
        )


class ModifyProcessInstance(Command):
    """The steps of a modification, in order."""

    instructions: list[ModificationInstruction]
    annotation: str | None = None
    skipCustomListeners: IgnoredFlag = None
    skipIoMappings: Unsupported = None

    def to_command(self, by: str | None) -> ModifyInstance:
        """The modification as the runtime takes it. Raises BadRequest when a step names nothing."""
        return ModifyInstance(instructions=tuple(item.to_instruction() for item in self.instructions), by=by)
