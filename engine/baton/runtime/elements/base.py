"""The life of a token at a flow node: arrive, execute, leave. Elements override what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from SpiffWorkflow.specs.base import TaskSpec

from baton.model.definition import Flow, Node
from baton.model.events import EventType
from baton.model.records import Job, JobKind
from baton.runtime import data, variables
from baton.runtime.expressions import Compiled, CompiledMapping, compiled, maybe
from baton.runtime.failures import identity

if TYPE_CHECKING:
    from baton.model.definition import ProcessModel
    from baton.model.records import Record
    from baton.model.values import Value, Variables
    from baton.runtime.spec import Spec
    from baton.runtime.token import Token

BEFORE, AFTER = "before", "after"


class Element(TaskSpec):
    """A SpiffWorkflow task spec whose tasks are tokens.

    SpiffWorkflow drives it: ``_update`` when a token arrives, ``_run`` when it is ready, ``_on_complete`` when it is
    done. Predicting futures, inheriting data and the signals of the library are left out: they cost a copy of
    everything at every step.
    """

    is_process: ClassVar[bool] = False
    is_eager: ClassVar[bool] = False
    """Whether a token that arrives runs before all others: what waits for something is ready before that is thrown."""
    is_place: ClassVar[bool] = True
    """Whether «where is the instance?» is answered with this element."""

    def __init__(self, spec: Spec, name: str) -> None:
        super().__init__(spec, name)
        self.spec = spec
        self.model: ProcessModel = spec.model

    @property
    def label(self) -> str | None:
        return None

    def is_body(self, token: Token) -> bool:  # noqa: ARG002
        """Whether the token holds the iterations of a loop or multi-instance marker."""
        return False

    def arrive(self, token: Token) -> bool:  # noqa: ARG002
        """Whether the token may run now; joins say no until all are there."""
        return True

    def execute(self, token: Token) -> bool | None:  # noqa: ARG002
        """Do the element's work: True when it is done, None when the token has to wait."""
        return True

    def leave(self, token: Token) -> None:
        """The work is done: move on."""
        raise NotImplementedError

    def child_ended(self, scope: Token) -> None:
        """A token inside ``scope`` has gone for good."""
        raise NotImplementedError

    def undone(self, token: Token) -> None:
        """What the token asked to be undone is undone."""
        raise NotImplementedError(f"{type(self).__name__} at '{self.name}' undoes nothing")

    def settle(self, token: Token) -> bool:  # noqa: ARG002
        """Nothing else is ready: may a parked token go on now? Returns whether anything became ready."""
        return False

    def triggered(self, token: Token, record: Record, variables: Variables) -> None:
        """Something that ``token`` waits for has happened; ``record.element`` says where."""
        raise NotImplementedError(
            f"{type(self).__name__} at '{self.name}' waits for nothing, but {record} was triggered"
        )

    def _update(self, my_task: Token) -> None:
        if self.arrive(my_task):
            my_task.make_ready(first=self.is_eager)

    def _run(self, my_task: Token) -> bool | None:
        return self.execute(my_task)

    def _on_complete(self, my_task: Token) -> None:
        self.leave(my_task)


class FlowNode(Element):
    """A node of the diagram, with its flows and expressions compiled once per definition."""

    def __init__(self, spec: Spec, node: Node) -> None:
        super().__init__(spec, node.id)
        self.node = node
        flows = self.model.flows
        self.outgoing: tuple[Flow, ...] = tuple(flows[flow] for flow in node.outgoing)
        self.conditions: dict[str, Compiled] = {
            flow.id: compiled(flow.condition) for flow in self.outgoing if flow.condition is not None
        }

        self.output_mappings = [(mapping.name, CompiledMapping(mapping.value)) for mapping in node.outputs]
        self.job_priority = maybe(node.job_priority)

    @property
    def label(self) -> str | None:
        return self.node.name

    def _run(self, my_task: Token) -> bool | None:
        """Execute, with a job before and after if the model asks for one; ``job`` remembers how far that is."""
        job = my_task.recall("job")
        if job == AFTER:
            return True
        if job is None and self.node.async_before:
            self.postpone(my_task, job=BEFORE)
            return None
        done = self.execute(my_task)
        if done and self.node.async_after:
            self.postpone(my_task, job=AFTER)
            return None
        return done

    def postpone(self, token: Token, **memory: object) -> None:
        """Let a job stand before what comes next (``camunda:asyncBefore``, ``asyncAfter``)."""
        token.remember(**memory)
        workflow = token.workflow
        priority = self.job_priority.integer(token, "the job priority") if self.job_priority is not None else 0
        now = workflow.journal.now
        workflow.waits.put(Job(**identity(token), kind=JobKind.ASYNC, due=now, created_at=now, priority=priority))
        token.wait()

    def map_outputs(self, token: Token) -> None:
        """Output mappings and data associations of events write to the scopes around."""
        data.write(token, self.node.output_data)
        mapped: dict[str, Value] = {}
        for name, code in self.output_mappings:
            mapped[name] = code.value(token, mapped)
        if mapped:
            variables.set_visible(token.scope, mapped)

    def leave(self, token: Token) -> None:
        self.take(token, self.select(token))

    def select(self, token: Token) -> Sequence[Flow]:
        """The flows that the token leaves by: those without a condition, those whose condition holds, and the default
        if no condition does (§13.2.1).
        """
        if not self.conditions:
            return self.outgoing
        free = [flow for flow in self.outgoing if flow.id not in self.conditions and flow.id != self.node.default]
        met = [flow for flow in self.outgoing if flow.id in self.conditions and self.conditions[flow.id].holds(token)]
        if met or (free and self.node.default is None):
            return [flow for flow in self.outgoing if flow in free or flow in met]
        return [*free, *self.default_flow()]

    def default_flow(self) -> Sequence[Flow]:
        from baton.runtime.failures import StepFailed

        for flow in self.outgoing:
            if flow.id == self.node.default:
                return (flow,)
        raise StepFailed(
            "expression",
            f"Expected a condition that holds or a default flow at '{self.name}', but no outgoing flow can be taken; "
            "change the variables and retry, or add a default flow in a new version",
        )

    def take(self, token: Token, flows: Sequence[Flow], quantity: int = 1) -> None:
        """Complete the token and send one along each flow (``quantity`` of them, §13.3.2)."""
        workflow, scope = token.workflow, token.scope
        facts: dict[str, Value] = {"body": True} if token.recall("body") else {}
        workflow.journal.event(EventType.ELEMENT_COMPLETED, self.name, token.id, facts)
        for flow in flows:
            workflow.journal.event(EventType.FLOW_TAKEN, flow.id, token.id, {"flow": flow.id})
        workflow.remove(token)
        for flow in flows:
            for _ in range(quantity):
                if scope.is_alive:
                    scope.spawn(self.spec.elements[flow.target], via=flow.id)
        if not flows:
            scope.task_spec.child_ended(scope)
