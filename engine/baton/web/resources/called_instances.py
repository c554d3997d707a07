"""Called processes as process instances: each is a scope in its caller's instance, with an id of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from baton.model.errors import BadRequest, Rejected
from baton.model.ids import parse_record_id
from baton.model.records import InstanceHeader, InstanceState
from baton.service import TokenView
from baton.web.answers.common import make_execution_id
from baton.web.answers.instances import ProcessInstance, show_instance
from baton.web.context import RequestContext
from baton.web.models.process_instance import ProcessInstanceFilters, ProcessInstanceQueryFilters
from baton.web.scopes import Scope, parse_scope

CALLED = "process"
"""The kind of a token that is the scope of a called process."""
COMBINED = frozenset(
    {"superProcessInstance", "subProcessInstance", "processDefinitionId", "processDefinitionKey", "businessKey"}
    | {"processDefinitionKeyIn", "active", "suspended", "processInstanceIds"}
)
"""Filters that may be given together with those about callers."""


def find_related(context: RequestContext, filters: ProcessInstanceFilters) -> list[ProcessInstance] | None:
    """The instances that a filter about callers asks for, or that are named by ids of called processes; None without
    such a filter.

    Raises BadRequest for a filter that is not known of called processes.
    """
    called_by, caller_of = filters.superProcessInstance, filters.subProcessInstance
    named = [id for id in filters.processInstanceIds or () if is_called_id(id)]
    if called_by is None and caller_of is None and not named:
        return None
    given = {name for name in ProcessInstanceQueryFilters.model_fields if getattr(filters, name, None) is not None}
    if not given <= COMBINED:
        unknown = ", ".join(sorted(given - COMBINED))
        raise BadRequest(f"Expected no filter {unknown} beside those about called processes")
    if called_by is None and caller_of is None:
        return _list_named(context, filters, named)
    found = list(_list_called_by(context, called_by)) if called_by is not None else None
    if caller_of is not None:
        callers = _list_callers_of(context, caller_of)
        found = callers if found is None else [each for each in callers if each in found]
    return [each for each in found or () if _fits(each, filters)]


def is_called_id(id: str) -> bool:
    """Whether an id could be that of a called process: that of an instance with a token's number."""
    return parse_record_id(id) is not None


def _list_named(context: RequestContext, filters: ProcessInstanceFilters, called: list[str]) -> list[ProcessInstance]:
    """Those with the ids: instances and called processes."""
    others = tuple(id for id in filters.processInstanceIds or () if not is_called_id(id))
    query = filters.model_copy(update={"processInstanceIds": others}).to_query(context.engine)
    plain = [show_instance(header, context.root) for header in context.engine.instances.find(query)]
    found = [each for id in called if (each := find_known(context, id)) is not None and _fits(each, filters)]
    return [*plain, *found]


def find_known(context: RequestContext, id: str) -> ProcessInstance | None:
    """The called process with this id; None if there is none, or its caller is out of reach."""
    try:
        return find_called(context, id)
    except Rejected:
        return None


def find_call(context: RequestContext, id: str) -> int | None:
    """The token of the activity that has called the running process with this id; None for an id of anything else."""
    scope = parse_scope(id, "process instance")
    if scope.token == 0:
        return None
    token = _list_tokens(context, context.engine.instances.get(scope.instance_id)).get(scope.token)
    return None if token is None or token.kind != CALLED else token.parent


def list_owners(context: RequestContext, instance_id: str) -> dict[str, str]:
    """Execution id of each token of a running instance -> the process around it: the instance or a called one."""
    tokens = _list_tokens(context, context.engine.instances.get(instance_id))
    owners = {
        number: number if token.kind == CALLED else _find_caller(tokens, token) for number, token in tokens.items()
    }
    found = {
        make_execution_id(instance_id, number): make_execution_id(instance_id, at) for number, at in owners.items()
    }
    return {instance_id: instance_id, **found}


def list_executions(context: RequestContext, ids: Iterable[str]) -> tuple[str, ...]:
    """Of processes by their ids, called ones among them: an instance has those of all that it has called too."""
    found: list[str] = []
    for id in ids:
        try:
            owners = list_owners(context, parse_scope(id).instance_id)
        except Rejected:
            continue
        found += [execution for execution, owner in owners.items() if owner == id or not is_called_id(id)]
    return tuple(found)


def find_called(context: RequestContext, id: str) -> ProcessInstance | None:
    """The called process with this id; None for an id of anything else."""
    scope = parse_scope(id, "process instance")
    if scope.token == 0:
        return None
    header = context.engine.instances.get(scope.instance_id)
    token = _list_tokens(context, header).get(scope.token)
    return None if token is None or token.kind != CALLED else _show(context, header, token)


def _list_tokens(context: RequestContext, header: InstanceHeader) -> dict[int, TokenView]:
    if header.state.is_ended:
        return {}
    return {token.number: token for token in context.engine.instance_reader.list_readable_tokens(header.id)}


def _list_called_by(context: RequestContext, id: str) -> Iterator[ProcessInstance]:
    found = _find_running(context, id)
    if found is None:
        return
    header, scope = found
    tokens = _list_tokens(context, header)
    for token in tokens.values():
        if token.kind == CALLED and _find_caller(tokens, token) == scope.token:
            yield _show(context, header, token)


def _list_callers_of(context: RequestContext, id: str) -> list[ProcessInstance]:
    found = _find_running(context, id)
    if found is None:
        return []
    header, scope = found
    tokens = _list_tokens(context, header)
    called = tokens.get(scope.token)
    if called is None or called.kind != CALLED:
        return []
    caller = _find_caller(tokens, called)
    return [show_instance(header, context.root) if caller == 0 else _show(context, header, tokens[caller])]


def _find_running(context: RequestContext, id: str) -> tuple[InstanceHeader, Scope] | None:
    """None where there is no such instance: a filter then finds nothing."""
    try:
        scope = parse_scope(id, "process instance")
        return context.engine.instances.get(scope.instance_id), scope
    except Rejected:
        return None


def _find_caller(tokens: dict[int, TokenView], called: TokenView) -> int:
    """The number of the scope of the process around a call; 0 is the instance itself."""
    at = tokens.get(called.parent or 0)
    while at is not None and at.kind != CALLED:
        at = tokens.get(at.parent or 0)
    return 0 if at is None else at.number


def _show(context: RequestContext, header: InstanceHeader, token: TokenView) -> ProcessInstance:
    definition = context.engine.definitions.get(token.definition_id)
    id = make_execution_id(header.id, token.number)
    shown = show_instance(header, context.root).model_dump()
    changed: dict[str, Any] = {
        "id": id,
        "links": [{"method": "GET", "href": f"{context.root}/process-instance/{id}", "rel": "self"}],
        "definitionId": definition.id,
        "definitionKey": definition.key,
        "businessKey": token.business_key,
        "suspended": header.state is InstanceState.SUSPENDED,
    }
    return ProcessInstance(**{**shown, **changed})


def _fits(each: ProcessInstance, filters: ProcessInstanceFilters) -> bool:
    keys = filters.processDefinitionKeyIn
    return (
        filters.processDefinitionId in (None, each.definitionId)
        and filters.processDefinitionKey in (None, each.definitionKey)
        and (filters.processInstanceIds is None or each.id in filters.processInstanceIds)
        and (keys is None or each.definitionKey in keys)
        and filters.businessKey in (None, each.businessKey)
        and not (filters.active and each.suspended)
        and not (filters.suspended and not each.suspended)
    )
