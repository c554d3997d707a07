"""What lists can be asked for. Every field is optional; all that are given must hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from baton.model.records import InstanceState, JobKind, SubscriptionKind
from baton.model.times import Millis
from baton.model.values import Value

Sort: TypeAlias = "tuple[tuple[str, bool], ...]"
"""Field of the record, and whether it descends; the first is the most significant."""
Texts: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableFilter:
    """A variable compared with a value; ``like`` takes SQL's ``%``."""

    name: str
    operator: Literal["eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike"]
    value: Value
    fold_name: bool = False
    fold_value: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSort:
    """Sort by a variable of the instance, or of the task's own (``local``); values that are no ``kind`` come first."""

    name: str
    kind: Literal["Boolean", "Date", "Double", "Integer", "Long", "Short", "String"]
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Paging and sorting; without ``sort`` the oldest come first."""

    ids: Texts | None = None
    tenant_ids: tuple[str | None, ...] | None = None
    """None among them: what belongs to no tenant."""
    without_tenant: bool = False
    sort: Sort = ()
    first: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastIncident:
    """An incident that is open or was: all that is given must be true of one. ``own``: not of what was called."""

    ids: frozenset[str] | None = None
    kind: str | None = None
    message: str | None = None
    message_like: str | None = None
    open: bool | None = None
    own: bool = False


Between: TypeAlias = "tuple[Millis | None, Millis | None]"
"""From one moment up to another, both included; None: any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What has to have happened in an instance, or in what it has called; its history tells it."""

    incident: PastIncident | None = None
    executed: frozenset[tuple[str, bool]] | None = None
    """A token has left one of these elements; with True the body of its loop or multi-instance."""
    acted: Between | None = None
    """A token was at an element between two moments."""
    jobs: Between | None = None
    """A timer has fired between two moments."""

    def list_bounds(self) -> list[Between]:
        """Between which moments something has happened."""
        return [bounds for bounds in (self.acted, self.jobs) if bounds is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceQuery(Query):
    """``states`` None: those that have not ended, or all with ``include_ended``."""

    definition_ids: Texts | None = None
    definition_keys: Texts | None = None
    definition_keys_not: Texts | None = None
    ids_not: Texts | None = None
    business_key: str | None = None
    business_keys: Texts | None = None
    business_key_like: str | None = None
    states: frozenset[InstanceState] | None = None
    elements: Texts | None = None
    """Instances that have a token at one of these."""
    with_incident: bool | None = None
    incident_ids: frozenset[str] | None = None
    incident_own: bool = False
    """Not one of what the instance has called."""
    incident_kind: str | None = None
    incident_message: str | None = None
    incident_message_like: str | None = None
    started_before: Millis | None = None
    started_after: Millis | None = None
    ended_before: Millis | None = None
    ended_after: Millis | None = None
    started_by: str | None = None
    variables: tuple[VariableFilter, ...] = ()
    include_ended: bool = False
    retrying: bool | None = None
    """Whether a job has failed and is to be tried again."""
    waiting: bool | None = None
    """Whether a person, a message or a timer is to come next."""
    happened: Happened | None = None
    undone: bool | None = None
    """Whether all that could be undone has been undone."""
    any_of: tuple[tuple[InstanceQuery, ...], ...] = ()
    """Of each group at least one query must match; their pages do not count."""
    with_tasks: bool = False
    """Also those that only hold a task of no process."""
    roots: bool | None = None
    """Whether nothing has called them."""
    leaves: bool | None = None
    """Whether they have called nothing that runs."""
    called: bool = False
    """Also called processes, in the states asked for. For lists alone: no command is for one."""

    def keep(self, states: frozenset[InstanceState]) -> InstanceQuery:
        """Only those in some of the states."""
        return replace(self, states=states if self.states is None else self.states & states)

    def iterate_parts(self) -> Iterator[InstanceQuery]:
        """The query, and those of its groups."""
        yield self
        for group in self.any_of:
            for each in group:
                yield from each.iterate_parts()

    def iterate_variable_filters(self) -> Iterator[VariableFilter]:
        """Those of groups too."""
        for part in self.iterate_parts():
            yield from part.variables

    def list_happened(self) -> set[Happened]:
        """What has to have happened, those of groups too."""
        return {part.happened for part in self.iterate_parts() if part.happened is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery(Query):
    instance_ids: Texts | None = None
    execution_id: str | None = None
    definition_ids: Texts | None = None
    definition_keys: Texts | None = None
    elements: Texts | None = None
    created_before: Millis | None = None
    created_after: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalTaskQuery(RecordQuery):
    topic: str | None = None
    worker_id: str | None = None
    locked: bool | None = None
    retries_left: bool | None = None
    suspended: bool | None = None
    priority_min: int | None = None
    priority_max: int | None = None
    lock_expires_before: Millis | None = None
    lock_expires_after: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskQuery(RecordQuery):
    execution_ids: Texts | None = None
    definition_name: str | None = None
    definition_name_like: str | None = None
    business_key: str | None = None
    business_keys: Texts | None = None
    business_key_like: str | None = None
    elements_not: Texts | None = None
    element_like: str | None = None
    name: str | None = None
    name_like: str | None = None
    name_not: str | None = None
    name_unlike: str | None = None
    description: str | None = None
    description_like: str | None = None
    assignee: str | None = None
    assignees: Texts | None = None
    assignees_not: Texts | None = None
    assignee_like: str | None = None
    assigned: bool | None = None
    unassigned: bool = False
    owner: str | None = None
    candidate_user: str | None = None
    candidate_group: str | None = None
    candidate_groups: Texts | None = None
    include_assigned: bool = False
    """Candidate filters find assigned tasks as well."""
    has_candidate_groups: bool | None = None
    has_candidate_users: bool | None = None
    involved_user: str | None = None
    delegation_state: str | None = None
    suspended: bool | None = None
    priority_min: int | None = None
    priority_max: int | None = None
    without_due: bool = False
    due: Millis | None = None
    due_before: Millis | None = None
    due_after: Millis | None = None
    follow_up: Millis | None = None
    follow_up_before: Millis | None = None
    follow_up_after: Millis | None = None
    not_put_off_at: Millis | None = None
    """Nobody has put the task off until this moment or later."""
    created: Millis | None = None
    updated_after: Millis | None = None
    """Last changed, or created and not changed since."""
    text: str | None = None
    """In the task's name or description, or in the business key of its instance; upper and lower case are the same."""
    variables: tuple[VariableFilter, ...] = ()
    local_variables: tuple[VariableFilter, ...] = ()
    """Of the task's own."""
    candidate_group_like: str | None = None
    parent: str | None = None
    any_of: tuple[tuple[UserTaskQuery, ...], ...] = ()
    """Of each group at least one query must match; their pages do not count."""
    variable_sorts: tuple[VariableSort, ...] = ()
    """What ``sort`` means by ``variable 0``, ``variable 1`` and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery(RecordQuery):
    kinds: tuple[JobKind, ...] | None = None
    origin: tuple[str, str, bool] | None = None
    """The definition and the element that the job is of, and whether it is a timer."""
    failed_element: str | None = None
    retries_left: bool | None = None
    executable: bool = False
    """With retries left, and due."""
    with_exception: bool = False
    exception_message: str | None = None
    suspended: bool | None = None
    priority_min: int | None = None
    priority_max: int | None = None
    due_before: Millis | None = None
    due_after: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentQuery(RecordQuery):
    kind: str | None = None
    message: str | None = None
    message_like: str | None = None
    configuration: str | None = None
    failed_at: tuple[tuple[str, str], ...] | None = None
    """Failed jobs of these definitions and elements."""


EVENT_KINDS = (SubscriptionKind.MESSAGE, SubscriptionKind.SIGNAL, SubscriptionKind.CONDITIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionQuery(RecordQuery):
    kinds: tuple[SubscriptionKind, ...] = EVENT_KINDS
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionQuery(Query):
    """What versions of processes and of decisions have in common."""

    keys: Texts | None = None
    key_like: str | None = None
    name: str | None = None
    name_like: str | None = None
    category: str | None = None
    """The namespace that its file gives to what is in it."""
    category_like: str | None = None
    deployment_id: str | None = None
    version: int | None = None
    latest: bool = False
    resource_name: str | None = None
    resource_name_like: str | None = None
    version_tag: str | None = None
    version_tag_like: str | None = None
    deployed_before: Millis | None = None
    deployed_after: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionQuery(VersionQuery):
    without_version_tag: bool = False
    suspended: bool | None = None
    startable: bool | None = None
    startable_by: str | None = None
    """A user whom the process names as a candidate starter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionQuery(VersionQuery):
    requirements_id: str | None = None
    """The definition of its file, where the file has several decisions."""
    requirements_key: str | None = None
    without_requirements: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentQuery(Query):
    name: str | None = None
    name_like: str | None = None
    source: str | None = None
    without_source: bool = False
    before: Millis | None = None
    after: Millis | None = None
