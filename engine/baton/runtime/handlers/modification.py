"""Moving tokens by hand: process instance modification, and elements of ad-hoc subprocesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from baton.model.commands import Instruction, ModifyInstance, StartAdHoc
from baton.model.errors import BadRequest
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import inputs, variables
from baton.runtime.elements.ad_hoc import AdHocSubProcess

if TYPE_CHECKING:
    from baton.runtime.core.token import Token
    from baton.runtime.handlers.context import Turn


def modify(turn: Turn, command: ModifyInstance) -> None:
    turn.require_alive()
    for instruction in command.instructions:
        _check(turn, instruction)
    scopes: list[Token] = []
    for instruction in command.instructions:
        if instruction.kind == "cancel":
            scopes.extend(_cancel(turn, instruction))
        else:
            _start(turn, instruction)
    for scope in scopes:
        if scope.is_alive and not scope.inside:
            scope.task_spec.on_child_ended(scope)


def start_ad_hoc(turn: Turn, command: StartAdHoc) -> None:
    turn.require_running()
    token = turn.get_token(command.token)
    element = token.task_spec
    if not isinstance(element, AdHocSubProcess):
        raise BadRequest(f"Expected token {command.token} to be at an ad-hoc subprocess, but it is at '{element.name}'")
    unknown = [name for name in command.elements if name not in element.list_startable()]
    if unknown:
        raise BadRequest(
            f"Expected elements of '{element.name}' that can be started ({', '.join(element.list_startable())}), "
            f"but found {', '.join(unknown)}"
        )
    element.start(token, command.elements)


def _check(turn: Turn, instruction: Instruction) -> None:
    model = turn.workflow.root.spec.model
    if instruction.kind == "cancel" and instruction.token is not None:
        if turn.get_token(instruction.token).memory.undoes is not None:
            raise BadRequest(
                f"Expected a token that is not a compensation handler's, but {instruction.token} is; "
                "retry, skip or mark the ledger entry as undone instead"
            )
        return
    known = model.flows if instruction.kind == "startTransition" else model.nodes
    if instruction.element not in known:
        raise BadRequest(
            f"Expected an element of process '{model.id}' for '{instruction.kind}', but found '{instruction.element}'"
        )
    if instruction.kind != "cancel":
        scope = _scope(turn, _node_of(turn, instruction))
        inputs.check_set(scope, instruction.variables)
        inputs.check_set(scope, instruction.local_variables, local=True)


def _node_of(turn: Turn, instruction: Instruction) -> str:
    model = turn.workflow.root.spec.model
    name = instruction.element or ""
    return model.flows[name].target if instruction.kind == "startTransition" else name


def _cancel(turn: Turn, instruction: Instruction) -> list[Token]:
    workflow = turn.workflow
    chosen = [
        token
        for token in list(workflow.tasks.values())
        if token.id != 0 and token.memory.undoes is None and _is_meant(token, instruction)
    ]
    scopes: list[Token] = []
    for found in chosen:
        token = found.scope if found.task_spec.is_process else found  # a called process goes with its call
        if not token.is_alive or (token.memory.inner and instruction.token is None):
            continue  # iterations of an element that is named go with what holds them
        workflow.cancel_token(token)
        if token.memory.inner:
            token.scope.task_spec.on_iteration_ended(token.scope)
        else:
            scopes.append(token.scope)
    return scopes


def _is_meant(token: Token, instruction: Instruction) -> bool:
    if instruction.token is not None:
        return token.id == instruction.token
    return token.task_spec.name == instruction.element and not token.task_spec.is_process


def _start(turn: Turn, instruction: Instruction) -> None:
    model = turn.workflow.root.spec.model
    scope = _scope(turn, _node_of(turn, instruction))
    variables.set_visible(scope, instruction.variables)
    variables.set_local(scope, instruction.local_variables)
    if instruction.kind == "startBeforeActivity":
        scope.spawn(scope.spec.elements[instruction.element or ""])
        return
    flows = (
        [instruction.element]
        if instruction.kind == "startTransition"
        else model.nodes[instruction.element or ""].outgoing
    )
    for flow in flows:
        scope.spawn(scope.spec.elements[model.flows[flow or ""].target], TokenState(via=flow))
    if not flows:
        scope.task_spec.on_child_ended(scope)


def _scope(turn: Turn, element: str) -> Token:
    """The live scope for a node, the one last started. Raises BadRequest if its subprocess is not running."""
    workflow = turn.workflow
    wanted = workflow.root.spec.model.nodes[element].scope
    for token in reversed(list(workflow.tasks.values())):
        if token.task_spec.name == wanted and not token.memory.body:
            return token
    raise BadRequest(f"Expected subprocess '{wanted}' to be running so that '{element}' can start in it, but it is not")
