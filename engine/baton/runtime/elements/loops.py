"""Standard loop and multi-instance (§13.3.6, §13.3.7): a body token, and an inner token for each time it is done.

The body owns the boundary events and the counters, each inner token a scope with its element and its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from baton.model.definition import EventKind, MultiInstance, Node, StandardLoop
from baton.model.events import EventType
from baton.runtime.core.errors import StepFailed
from baton.runtime.core.token_state import TokenState
from baton.runtime.data import variables
from baton.runtime.data.expressions import Compiled, compile_optional
from baton.runtime.elements import camunda8
from baton.runtime.elements.flow_node import FlowNode
from baton.runtime.events import signals
from baton.runtime.events.definitions import EventCode
from baton.runtime.events.propagation import throw_escalation

if TYPE_CHECKING:
    from baton.model.definition import EventDefinition
    from baton.model.values import Value
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token

NEXT = "next"


class LoopCode:
    """A standard loop with its expressions compiled."""

    def __init__(self, loop: StandardLoop) -> None:
        self.test_before = loop.test_before
        self.condition = compile_optional(loop.condition)
        self.maximum = compile_optional(loop.maximum)

    def has_more(self, body: Token, done: int) -> bool:
        """Whether to go on after ``done`` iterations."""
        if self.maximum is not None and done >= self._limit(body, self.maximum):
            return False
        if done == 0 and not self.test_before:
            return True
        return self.condition is None or self.condition.holds(body, {"loopCounter": done})

    def _limit(self, body: Token, maximum: Compiled) -> int:
        limit = maximum.evaluate_integer(body, "the loop maximum")
        if limit < 0:
            raise StepFailed("failedJob", f"Expected a loop maximum of at least 0, but '{maximum.text}' is {limit}")
        return limit


class MultiCode:
    """A multi-instance marker with its expressions compiled."""

    def __init__(self, loop: MultiInstance) -> None:
        self.loop = loop
        self.cardinality = compile_optional(loop.cardinality)
        self.collection = compile_optional(loop.collection)
        self.output_element = compile_optional(loop.output_element)
        self.completion = compile_optional(loop.completion_condition)
        self.keeps_ended = loop.zeebe and self.completion is not None
        self.behavior_event = None if loop.behavior_event is None else EventCode(loop.behavior_event)
        self.complex: list[tuple[Compiled, EventDefinition | None]] = [
            (Compiled(behavior.condition), behavior.event) for behavior in loop.complex_behavior
        ]

    def list_items(self, body: Token) -> list[Value]:
        """The collection, or one None for each instance of the cardinality."""
        if self.collection is not None:
            found = _collection(self.collection, body)
            _check_count(body, len(found))
            return found
        if self.cardinality is None:
            raise StepFailed(
                "failedJob", f"Expected a cardinality or a collection at '{body.task_spec.name}', but found none"
            )
        count = self.cardinality.evaluate_integer(body, "the loop cardinality")
        if count < 0:
            raise StepFailed(
                "failedJob", f"Expected a loop cardinality of at least 0, but '{self.cardinality.text}' is {count}"
            )
        _check_count(body, count)
        return [None] * count


def _check_count(body: Token, count: int) -> None:
    """All instances begin in one step: what data could ask for must fit into the memory of a process."""
    most = body.workflow.ports.max_loop_instances
    if count > most:
        raise StepFailed(
            "limitExceeded",
            f"Expected at most {most} instances of '{body.task_spec.name}', but found {count}: give it less at once "
            "(setting BATON_MAX_LOOP_INSTANCES)",
        )


def compile_marker(node: Node) -> LoopCode | MultiCode | None:
    if isinstance(node.loop, StandardLoop):
        return LoopCode(node.loop)
    return MultiCode(node.loop) if isinstance(node.loop, MultiInstance) else None


class Repeatable(FlowNode):
    """A node that may carry a loop or multi-instance marker."""

    def __init__(self, spec: Spec, node: Node, **kwargs: object) -> None:
        super().__init__(spec, node, **kwargs)
        self.loop = compile_marker(node)
        self.boundaries = tuple(boundary.id for boundary in self.model.boundaries.get(node.id, ()))


def begin(activity: Repeatable, body: Token) -> bool:
    """Start the first iterations; True when there is nothing to do at all."""
    body.workflow.hide(body)
    body.memory.body = True
    body.touch()
    loop = activity.loop
    if isinstance(loop, LoopCode):
        return _iterate(activity, loop, body, 0)
    return _begin_instances(activity, loop, body) if isinstance(loop, MultiCode) else True


def complete_iteration(activity: Repeatable, token: Token) -> None:
    """One iteration has completed; the body handles it before anything else runs."""
    body, workflow, loop = token.scope, token.workflow, activity.loop
    if isinstance(loop, MultiCode) and loop.output_element is not None:
        workflow.set_value(body, f"output{token.memory.index}", loop.output_element.evaluate_at(token))
        camunda8.show_results(loop.loop, body)
    workflow.journal.record(EventType.ELEMENT_COMPLETED, activity.name, token.id)
    local = dict(token.data)
    workflow.remove(token)
    count_next(body, local)


def count_next(body: Token, local: dict[str, Value] | None = None) -> None:
    """An iteration has ended: the body counts it before anything else runs. ``local``: what it saw, if it completed."""
    loop = getattr(body.task_spec, "loop", None)
    if isinstance(loop, MultiCode) and loop.keeps_ended:
        camunda8.remember_ended(body, local)
    body.memory.at = NEXT
    body.memory.pending += 1
    body.touch()
    body.make_ready(first=True)


def proceed(activity: Repeatable, body: Token) -> bool:
    """Count the iterations that have completed, one by one; True when the body is complete."""
    while body.is_alive and body.memory.pending > 0:
        done = body.memory.done + 1
        finished = _count_one(activity, body, done)
        if finished or not body.is_alive:
            return finished and body.is_alive
        body.memory.done = done
        body.memory.pending = body.memory.pending - 1
        camunda8.forget_first_ended(body)
        body.touch()
    return False


def _count_one(activity: Repeatable, body: Token, done: int) -> bool:
    loop = activity.loop
    if isinstance(loop, LoopCode):
        return _iterate(activity, loop, body, done)
    return _instance_done(activity, loop, body, done) if isinstance(loop, MultiCode) else True


def _iterate(activity: Repeatable, loop: LoopCode, body: Token, done: int) -> bool:
    if not loop.has_more(body, done):
        return True
    token = body.spawn(activity, TokenState(inner=True, index=done))
    variables.set_local(token, {"loopCounter": done + 1})
    return False


def _begin_instances(activity: Repeatable, loop: MultiCode, body: Token) -> bool:
    items = loop.list_items(body)
    at_once = 1 if loop.loop.sequential else len(items)
    variables.set_local(body, _counters(len(items), min(at_once, len(items)), 0))
    if loop.loop.sequential and loop.collection is not None:
        body.workflow.set_value(body, "items", items)
    camunda8.show_results(loop.loop, body)
    for index in range(min(at_once, len(items))):
        _spawn(activity, loop, body, index, items[index])
    if not items:
        _collect(loop, body)
    return not items


def _spawn(activity: Repeatable, loop: MultiCode, body: Token, index: int, item: Value) -> None:
    token = body.spawn(activity, TokenState(inner=True, index=index))
    local: dict[str, Value] = {"loopCounter": index + 1 if loop.loop.zeebe else index}
    if loop.collection is not None and loop.loop.element_variable:
        local[loop.loop.element_variable] = item
    variables.set_local(token, local)


def _instance_done(activity: Repeatable, loop: MultiCode, body: Token, done: int) -> bool:
    total = camunda8.get_total(body)
    running = min(1, total - done) if loop.loop.sequential else total - done
    variables.set_local(body, _counters(total, running, done))
    _throw(activity, loop, body, done)
    if not body.is_alive:
        return False
    if done < total and not _is_complete(loop, body, running, done):
        if loop.loop.sequential:
            _spawn(activity, loop, body, done, _item(body, loop, done))
        return False
    body.workflow.cancel_children(body)
    _collect(loop, body)
    return True


def _is_complete(loop: MultiCode, body: Token, running: int, done: int) -> bool:
    if loop.completion is None:
        return False
    return loop.completion.holds(body, camunda8.see(loop.loop, body, running, done) if loop.loop.zeebe else None)


def _item(body: Token, loop: MultiCode, index: int) -> Value:
    if loop.collection is None:
        return None
    items = body.workflow.get_value(body, "items")
    return items[index] if isinstance(items, list) else None


def _counters(total: int, active: int, completed: int) -> dict[str, Value]:
    return {"nrOfInstances": total, "nrOfActiveInstances": active, "nrOfCompletedInstances": completed}


def _collect(loop: MultiCode, body: Token) -> None:
    """Hand the results to the scope around, in the order of the instances; one that did not complete gives None."""
    name = loop.loop.output_collection
    if name:
        variables.set_visible(body.scope, {name: camunda8.list_results(body)})


def _throw(activity: Repeatable, loop: MultiCode, body: Token, completed: int) -> None:
    """The event that an instance throws when it completes: ``behavior`` none, one, all or complex.

    A boundary event that catches it lets a token out and interrupts nothing: the instances that are left go on, else
    ``none`` would mean the same as ``one`` (§13.3.7).
    """
    behavior = loop.loop.behavior
    if behavior == "none" or (behavior == "one" and completed == 1):
        _throw_event(activity, body, loop.loop.behavior_event)
    elif behavior == "complex":
        for condition, event in loop.complex:
            if body.is_alive and condition.holds(body):
                _throw_event(activity, body, event)


def _throw_event(activity: Repeatable, body: Token, event: EventDefinition | None) -> None:
    if event is None:
        return
    thrown = EventCode(event)
    for boundary in activity.boundaries:
        element = activity.spec.elements[boundary]
        if body.is_alive and any(_same(thrown, caught, body) for caught in element.events):
            body.scope.spawn(element)
            return
    if event.kind is EventKind.SIGNAL and thrown.name is not None:
        signals.broadcast(body, str(thrown.name.evaluate_at(body)), {})
    elif event.kind is EventKind.ESCALATION:
        throw_escalation(body, None if thrown.code is None else thrown.code.evaluate_text(body))


def _same(thrown: EventCode, caught: EventCode, body: Token) -> bool:
    """Whether a boundary event catches what a multi-instance behaviour throws: the same kind and the same reference."""

    def read_reference(code: EventCode) -> Any:
        expression = code.name or code.code or code.value
        return None if expression is None else expression.evaluate_at(body)

    return thrown.kind is caught.kind and read_reference(thrown) == read_reference(caught)


def _collection(collection: Compiled, body: Token) -> list[Value]:
    value: Any = collection.evaluate_at(body)
    if isinstance(value, dict):
        value = list(value)  # type: ignore[arg-type]
    if not isinstance(value, list):
        raise StepFailed("failedJob", f"Expected a list for the collection '{collection.text}', but found {value!r}")
    return cast("list[Value]", value)
