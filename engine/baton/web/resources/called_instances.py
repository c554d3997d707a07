"""Called processes as process instances: each is a scope in its caller's instance, with an id of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from baton.model.errors import Rejected
from baton.model.ids import parse_record_id
from baton.model.records import InstanceHeader, InstanceState
from baton.service import TokenView
from baton.web.answers.common import make_execution_id
from baton.web.answers.instances import ProcessInstance, show_instance
from baton.web.context import RequestContext
from baton.web.models.process_instance import ProcessInstanceFilters
from baton.web.scopes import Scope, parse_scope

CALLED = "process"
"""The kind of a token that is the scope of a called process."""


def list_related(context: RequestContext, filters: ProcessInstanceFilters) -> list[str] | None:
    """The ids of what the filters about callers ask for; None without such a filter."""
    found: list[str] | None = None
    if filters.superProcessInstance is not None:
        found = _list_called_by(context, filters.superProcessInstance)
    if filters.subProcessInstance is not None:
        callers = _list_callers_of(context, filters.subProcessInstance)
        found = callers if found is None else [id for id in callers if id in found]
    if filters.rootProcessInstanceId is not None:
        whole = _list_under(context, filters.rootProcessInstanceId)
        found = whole if found is None else [id for id in found if id in whole]
    return found


def is_called_id(id: str) -> bool:
    """Whether an id could be that of a called process: that of an instance with a token's number."""
    return parse_record_id(id) is not None


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


def list_callers(context: RequestContext, ids: Iterable[str]) -> dict[str, str]:
    """Ids of running called processes -> those of the instances that have called them."""
    found: dict[str, str] = {}
    whole: dict[str, dict[int, TokenView]] = {}
    for instance_id, number in (parse_scope(id) for id in ids):
        tokens = whole.get(instance_id)
        if tokens is None:
            listed = context.engine.instance_reader.list_readable_tokens(instance_id)
            whole[instance_id] = tokens = {token.number: token for token in listed}
        if number in tokens:
            caller = _find_caller(tokens, tokens[number])
            found[make_execution_id(instance_id, number)] = make_execution_id(instance_id, caller)
    return found


def _list_tokens(context: RequestContext, header: InstanceHeader) -> dict[int, TokenView]:
    if header.state.is_ended:
        return {}
    return {token.number: token for token in context.engine.instance_reader.list_readable_tokens(header.id)}


def _list_called_by(context: RequestContext, id: str) -> list[str]:
    found = _find_running(context, id)
    if found is None:
        return []
    header, scope = found
    tokens = _list_tokens(context, header)
    return [
        make_execution_id(header.id, token.number)
        for token in tokens.values()
        if token.kind == CALLED and _find_caller(tokens, token) == scope.token
    ]


def _list_callers_of(context: RequestContext, id: str) -> list[str]:
    found = _find_running(context, id)
    if found is None:
        return []
    header, scope = found
    tokens = _list_tokens(context, header)
    called = tokens.get(scope.token)
    if called is None or called.kind != CALLED:
        return []
    caller = _find_caller(tokens, called)
    return [make_execution_id(header.id, caller) if caller else header.id]


def _list_under(context: RequestContext, id: str) -> list[str]:
    """An instance that nothing has called, and all that has been called in it."""
    found = _find_running(context, id)
    if found is None or found[1].token:
        return []
    tokens = _list_tokens(context, found[0]).values()
    return [id, *(make_execution_id(id, token.number) for token in tokens if token.kind == CALLED)]


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
