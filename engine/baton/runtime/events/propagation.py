"""Errors and escalations travel outward, scope by scope, to the first that catches them (§13.4.2, §10.5.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from baton.model.definition import EventKind
from baton.model.events import EventType
from baton.runtime import failures
from baton.runtime.data import variables
from baton.runtime.events import triggers
from baton.runtime.events.definitions import make_thrown

if TYPE_CHECKING:
    from baton.model.values import Value, Variables
    from baton.runtime.core.element import Element
    from baton.runtime.core.token import Token
    from baton.runtime.events.definitions import EventCode


class Catcher(NamedTuple):
    host: Token
    """The activity with the boundary event, or the scope with the event subprocess."""
    element: Element
    event: EventCode


def throw_error(token: Token, code: str | None, message: str | None, thrown: Variables | None = None) -> bool:
    """Throw a BPMN error from a token. Uncaught, it is an incident there and the token stays. True if caught."""
    catcher = _find(token, EventKind.ERROR, code)
    data: dict[str, Value] = {"code": code, "message": message, "caughtBy": catcher.element.name if catcher else None}
    token.workflow.journal.record(EventType.ERROR_THROWN, token.task_spec.name, token.id, data)
    if catcher is None:
        variables.set_visible(token, thrown or {})
        token.wait()
        failures.open_incident(
            token,
            "unhandledError",
            f"Expected an error event that catches '{code}', but found none around '{token.task_spec.name}'"
            + (f": {message}" if message else ""),
        )
        return False
    _leave_calls(token, catcher.host, thrown or {})
    _catch(catcher, {**(thrown or {}), **_make_facts(catcher.event, code, message)})
    return True


def throw_escalation(token: Token, code: str | None, thrown: Variables | None = None) -> bool:
    """Throw an escalation from a token. True if the catcher interrupts it; an uncaught one has no effect (§10.5.5)."""
    catcher = _find(token, EventKind.ESCALATION, code)
    data: dict[str, Value] = {"code": code, "caughtBy": catcher.element.name if catcher else None}
    token.workflow.journal.record(EventType.ESCALATION_THROWN, token.task_spec.name, token.id, data)
    if catcher is None:
        variables.set_visible(token, thrown or {})
        return False
    _leave_calls(token, catcher.host, thrown or {})
    _catch(catcher, {**(thrown or {}), **_make_facts(catcher.event, code, None)})
    return not token.is_alive


def _make_facts(event: EventCode, code: str | None, message: str | None) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    if event.definition.code_variable:
        facts[event.definition.code_variable] = code
    if event.definition.message_variable:
        facts[event.definition.message_variable] = message
    return facts


def _catch(catcher: Catcher, values: Variables) -> None:
    node = catcher.element.spec.model.nodes[catcher.element.name]
    if node.traits.is_boundary:
        triggers.fire_boundary(catcher.host, catcher.element, values)
    else:
        triggers.start_event_subprocess(catcher.host, catcher.element, {}, values)


def _find(token: Token, kind: EventKind, code: str | None) -> Catcher | None:
    """The library says who catches; of those in one place, one that names the code comes before one that takes all."""
    thrown = make_thrown(kind, code)
    for host, elements in _levels(token):
        catching = [
            Catcher(host, element, event) for element in elements for event in element.events if event.catches(thrown)
        ]
        if catching:
            return min(catching, key=lambda catcher: catcher.event.fixed_code is None)
    return None


def _levels(token: Token) -> Iterator[tuple[Token, list[Element]]]:
    """From the token outward: the boundary events of each activity, the event subprocesses of each scope.

    What is thrown inside an event subprocess is not for the event subprocesses of the same scope. A compensation
    handler throws where the compensation was thrown (rule 14); where an operator asked for it, nobody catches.
    """
    scope: Token | None = token
    while scope is not None:
        if not scope.memory.inner and scope.memory.undoes is None:
            spec = scope.spec
            yield scope, [spec.elements[node.id] for node in spec.model.boundaries.get(scope.task_spec.name, ())]
        inner = _find_thrower(scope)
        if inner.memory.then in ("rollback", "end"):
            return
        outer = inner.parent
        if outer is not None and not _is_event_subprocess(inner):
            yield outer, _starts(outer)
        scope = outer


def _leave_calls(token: Token, host: Token, thrown: Variables) -> None:
    """The calls on the way to ``host`` get their outputs before it catches, as in Camunda 7."""
    calls = [scope for scope in _list_around(token, host) if scope.task_spec.is_call]
    if calls:
        variables.set_visible(token, thrown)
    for call in calls:
        call.task_spec.on_passed(call)


def _list_around(token: Token, host: Token) -> Iterator[Token]:
    """The tokens around ``token``, from the innermost out to ``host``."""
    scope: Token | None = token
    while scope is not None and scope is not host:
        scope = _find_thrower(scope).parent
        if scope is not None:
            yield scope


def _find_thrower(scope: Token) -> Token:
    """Where a compensation handler throws: where the compensation was thrown (rule 14). Else the scope itself."""
    thrower = scope.memory.thrower
    return scope.workflow.tasks.get(thrower, scope) if thrower is not None else scope


def _starts(scope: Token) -> list[Element]:
    model = scope.spec.model
    return [
        scope.spec.elements[start.id]
        for node in model.event_subprocesses.get(scope.task_spec.name, ())
        for start in model.list_starts(node.id)
    ]


def _is_event_subprocess(token: Token) -> bool:
    node = token.spec.model.nodes.get(token.task_spec.name)
    return node is not None and node.traits.triggered_by_event
