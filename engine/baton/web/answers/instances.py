"""Process instances: as lists show them, as the token tree, as Baton's header."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field, JsonValue

from baton.model import records
from baton.web.answers.common import Link, find_node, make_execution_id
from baton.web.models.base import Answer
from baton.web.models.bodies import BODY_TYPE, show_activity_id
from baton.web.models.fields import ShownVariables
from baton.web.times import format_iso
from baton.web.variables import to_rest_variables

if TYPE_CHECKING:
    from baton.service import Engine, TokenView, WaitState

WAITING: list[JsonValue] = ["work", "person", "timer", "async", "retry", "message", "signal", "conditional", "trigger"]


class ProcessInstance(Answer):
    """One run of a definition."""

    links: list[Link]
    id: str
    definitionId: str
    definitionKey: str
    businessKey: str | None
    caseInstanceId: None = None
    ended: bool
    suspended: bool
    tenantId: str | None


class StartedProcessInstance(ProcessInstance):
    """An instance that was begun; its variables only if they were asked for."""

    omitted = frozenset({"variables"})

    variables: ShownVariables | None = None


class ShortIncident(Answer):
    """An incident as the token tree names it."""

    id: str
    activityId: str


class ActivityInstance(Answer):
    """A token with those below it; the root is the instance."""

    id: str
    parentActivityInstanceId: str | None
    activityId: str
    activityName: str | None
    name: str | None
    activityType: str
    processInstanceId: str
    processDefinitionId: str
    childActivityInstances: list[ActivityInstance]
    childTransitionInstances: list[Any] = Field(default=[], description="always empty")
    executionIds: list[str]
    incidentIds: list[str]
    incidents: list[ShortIncident]


class InstanceHeader(Answer):
    """What there is to know about an instance without reading it."""

    id: str
    definitionId: str
    definitionKey: str
    businessKey: str | None
    state: records.InstanceState
    startedAt: str
    endedAt: str | None
    startElement: str | None
    endElement: str | None
    reason: str | None
    startedBy: str | None
    tokens: dict[str, int] = Field(description="tokens by element")
    incidents: int
    undoing: bool
    tenantId: str | None
    position: int
    waiting: records.WaitingFor | None = Field(description="what it waits for if no worker is to go on with it")
    undone: bool = Field(description="whether it has undone something and nothing that could be undone is left")
    archived: bool = Field(description="whether it has left the store for the archive")


class InstanceResult(Answer):
    """An instance after waiting for its end: with status 200 it has ended, with 202 it still runs."""

    id: str
    definitionId: str
    definitionKey: str
    businessKey: str | None
    tenantId: str | None
    ended: bool
    state: records.InstanceState
    endElement: str | None
    reason: str | None
    variables: ShownVariables | None = Field(description="those of the instance itself; null while it runs")


class Token(Answer):
    """A token, as the live view draws it."""

    number: int
    parent: int | None
    element: str
    kind: str
    state: str
    enteredAt: str | None
    definitionId: str
    undoes: int | None


class Awaited(Answer):
    """What an instance waits for: what happens next."""

    id: str
    token: int
    element: str
    kind: str = Field(json_schema_extra={"enum": WAITING})
    name: str | None = Field(description="the topic, the assignee, the name of the message or signal")
    due: str | None = Field(description="when a timer fires, or failed work is offered again")
    retries: int | None
    workerId: str | None = Field(description="who has the task")
    lockedUntil: str | None
    progress: float | None = Field(description="how far the worker says it is, from 0 to 1")
    progressText: str | None = Field(description="the same in a few words")


class LedgerEntry(Answer):
    """Something that completed and can be undone, and what became of it."""

    seq: int
    element: str
    token: int
    scope: int
    completedAt: str
    handler: str | None
    innerScope: int | None
    definitionId: str | None
    state: records.LedgerState
    undoneAt: str | None
    undoneBy: str | None


class ScopeVariables(Answer):
    """The variables of one scope."""

    scope: int
    variables: ShownVariables


def show_instance(header: records.InstanceHeader, root: str) -> ProcessInstance:
    return ProcessInstance(**show_instance_fields(header, root))


def show_instance_fields(header: records.InstanceHeader, root: str) -> dict[str, Any]:
    """The fields of an instance by name, for models that have more of them."""
    return {
        "links": [{"method": "GET", "href": f"{root}/process-instance/{header.id}", "rel": "self"}],
        "id": header.id,
        "definitionId": header.definition_id,
        "definitionKey": header.definition_key,
        "businessKey": header.business_key,
        "caseInstanceId": None,
        "ended": header.state.is_ended,
        "suspended": header.state is records.InstanceState.SUSPENDED,
        "tenantId": header.tenant_id,
    }


def show_result(header: records.InstanceHeader, variables: ShownVariables | None) -> InstanceResult:
    return InstanceResult(
        id=header.id,
        definitionId=header.definition_id,
        definitionKey=header.definition_key,
        businessKey=header.business_key,
        tenantId=header.tenant_id,
        ended=header.state.is_ended,
        state=header.state,
        endElement=header.end_element,
        reason=header.reason,
        variables=variables,
    )


def show_header(header: records.InstanceHeader, *, archived: bool = False) -> InstanceHeader:
    return InstanceHeader(
        id=header.id,
        definitionId=header.definition_id,
        definitionKey=header.definition_key,
        businessKey=header.business_key,
        state=header.state,
        startedAt=format_iso(header.started_at),
        endedAt=format_iso(header.ended_at),
        startElement=header.start_element,
        endElement=header.end_element,
        reason=header.reason,
        startedBy=header.started_by,
        tokens=dict(header.tokens),
        incidents=header.incidents,
        undoing=header.undoing,
        tenantId=header.tenant_id,
        position=header.position,
        waiting=header.waiting,
        undone=header.undone,
        archived=archived,
    )


def show_headers(engine: Engine, headers: Sequence[records.InstanceHeader]) -> list[InstanceHeader]:
    """Marked, if they are archived."""
    archived = engine.archiving.find_archived([header.id for header in headers if header.state.is_ended])
    return [show_header(header, archived=header.id in archived) for header in headers]


def show_token(token: TokenView, header: records.InstanceHeader) -> Token:
    return Token(
        number=token.number,
        parent=token.parent,
        element=token.element,
        kind=token.kind,
        state=token.state,
        enteredAt=format_iso(token.entered_at),
        definitionId=token.definition_id or header.definition_id,
        undoes=token.undoes,
    )


def show_ledger_entry(entry: records.LedgerEntry) -> LedgerEntry:
    return LedgerEntry(**show_ledger_fields(entry))


def show_ledger_fields(entry: records.LedgerEntry) -> dict[str, Any]:
    """The fields of an entry by name, for models that have more of them."""
    return {
        "seq": entry.seq,
        "element": entry.element,
        "token": entry.token,
        "scope": entry.scope,
        "completedAt": format_iso(entry.completed_at),
        "handler": entry.handler,
        "innerScope": entry.inner_scope,
        "definitionId": entry.definition_id,
        "state": entry.state,
        "undoneAt": format_iso(entry.undone_at),
        "undoneBy": entry.undone_by,
    }


def show_awaited(wait: WaitState) -> Awaited:
    return Awaited(
        id=wait.id,
        token=wait.token,
        element=wait.element,
        kind=wait.kind,
        name=wait.name,
        due=format_iso(wait.due),
        retries=wait.retries,
        workerId=wait.worker,
        lockedUntil=format_iso(wait.locked_until),
        progress=wait.progress.fraction if wait.progress else None,
        progressText=wait.progress.text if wait.progress else None,
    )


def show_ledger_snapshot(entry: records.LedgerEntry) -> list[ScopeVariables]:
    """The variables that a handler would see, innermost scope first."""
    return [ScopeVariables(scope=scope, variables=to_rest_variables(values)) for scope, values in entry.snapshot]


def show_tree(
    engine: Engine,
    header: records.InstanceHeader,
    tokens: Sequence[TokenView],
    incidents: Sequence[records.Incident],
) -> ActivityInstance:
    """The token tree in the shape of Camunda 7's activity instances; the root is the instance."""
    children: dict[int, list[TokenView]] = {}
    for token in tokens:
        children.setdefault(token.parent or 0, []).append(token)
    found: dict[int, list[records.Incident]] = {}
    for incident in incidents:
        found.setdefault(incident.token, []).append(incident)
    name = engine.definitions.get_model(header.definition_id).name
    return ActivityInstance(
        **_branch_fields(engine, header, children, found, 0),
        id=header.id,
        parentActivityInstanceId=None,
        activityId=header.definition_id,
        activityName=name,
        name=name,
        activityType="processDefinition",
        processDefinitionId=header.definition_id,
    )


def show_branch(tree: ActivityInstance, id: str) -> ActivityInstance:
    """A called process of the tree as the root of its own; the whole tree for an id of anything else."""
    for branch in _walk(tree):
        if branch.id == id and branch.activityType == "process":
            named = {"activityType": "processDefinition", "activityId": branch.processDefinitionId}
            return _rename(branch.model_copy(update={**named, "parentActivityInstanceId": None}), id)
    return tree


def _rename(branch: ActivityInstance, id: str) -> ActivityInstance:
    """With the id of the process instance that it belongs to; what that has called is an instance of its own."""
    inside = [
        child if child.activityType == "process" else _rename(child, id) for child in branch.childActivityInstances
    ]
    return branch.model_copy(update={"processInstanceId": id, "childActivityInstances": inside})


def _walk(branch: ActivityInstance) -> Iterator[ActivityInstance]:
    yield branch
    for child in branch.childActivityInstances:
        yield from _walk(child)


def _branch_fields(
    engine: Engine,
    header: records.InstanceHeader,
    children: Mapping[int, list[TokenView]],
    incidents: Mapping[int, list[records.Incident]],
    number: int,
) -> dict[str, Any]:
    here = incidents.get(number, [])
    return {
        "processInstanceId": header.id,
        "childActivityInstances": [
            _branch(engine, header, token, _branch_fields(engine, header, children, incidents, token.number))
            for token in children.get(number, [])
        ],
        "executionIds": [make_execution_id(header.id, number)],
        "incidentIds": [item.id for item in here],
        "incidents": [ShortIncident(id=item.id, activityId=item.element) for item in here],
    }


def _branch(
    engine: Engine, header: records.InstanceHeader, token: TokenView, below: dict[str, Any]
) -> ActivityInstance:
    definition_id = token.definition_id or header.definition_id
    node = find_node(engine, definition_id, token.element)
    name = node.name if node else None
    return ActivityInstance(
        **below,
        id=make_execution_id(header.id, token.number),
        parentActivityInstanceId=make_execution_id(header.id, token.parent or 0),
        activityId=show_activity_id(token.element, body=token.body),
        activityName=name,
        name=name,
        activityType=BODY_TYPE if token.body else token.kind,
        processDefinitionId=definition_id,
    )
