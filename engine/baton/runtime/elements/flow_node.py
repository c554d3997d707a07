"""The life of a token at a flow node, by SpiffWorkflow's hooks. Elements override what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from SpiffWorkflow.specs import MultiChoice

from baton.model.definition import Flow, Node
from baton.model.events import EventType
from baton.model.records import Job, JobKind
from baton.runtime.core.element import Element
from baton.runtime.core.errors import StepFailed
from baton.runtime.core.token import Passage
from baton.runtime.data import associations, variables
from baton.runtime.data.expressions import CompiledMapping, Condition, compile_optional
from baton.runtime.elements import inline_listeners
from baton.runtime.failures import make_identity

if TYPE_CHECKING:
    from baton.model.values import Value
    from baton.runtime.core.sequence_flow import SequenceFlow
    from baton.runtime.core.spec import Spec
    from baton.runtime.core.token import Token

BEFORE, AFTER = "before", "after"


class FlowNode(Element, MultiChoice):
    """A node of the diagram, with its flows and expressions compiled once per definition."""

    is_node: ClassVar[bool] = True

    def __init__(self, spec: Spec, node: Node, **kwargs: object) -> None:
        super().__init__(spec, node.id, bpmn_name=node.name, **kwargs)
        self.node = node
        flows = self.model.flows
        self.outgoing: tuple[Flow, ...] = tuple(flows[flow] for flow in node.outgoing)
        self.is_conditional = any(self._condition_of(flow) is not None for flow in self.outgoing)
        self.output_mappings = tuple((mapping.name, CompiledMapping(mapping.value)) for mapping in node.outputs)
        self.has_outputs = bool(node.outputs or node.output_data)
        self.job_priority = compile_optional(node.job_priority)
        self.before = inline_listeners.compile_inline(node.listeners, inline_listeners.START)
        self.after = inline_listeners.compile_inline(node.listeners, inline_listeners.END)
        self.listens = bool(self.before or self.after)
        """Whether listeners run in place around the work."""
        self.on_flow = {flow.id: compiled for flow in self.outgoing if (compiled := _compile_take(flow))}

    @property
    def label(self) -> str | None:
        return self.node.name

    def connect_flows(self) -> None:
        """Connect the node with its flows, each under its condition, in the order of the model."""
        for flow in self.outgoing:
            self.connect_outgoing_if(self._condition_of(flow), self.spec.flows[flow.id])
        self.flows = cast("list[SequenceFlow]", self.outputs)

    def _condition_of(self, flow: Flow) -> Condition | None:
        """The condition of the flow; that of a default flow is ignored."""
        return Condition(flow.condition) if flow.condition is not None and flow.id != self.node.default else None

    def _execute(self, task: Token) -> bool | None:  # noqa: ARG002
        """Do the element's work: True when it is done, else the token waits."""
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        """Do the work, with a job before and after if the model asks for one; ``job`` remembers how far that is.

        The flows are chosen last: behind the job, so that they are chosen, and tokens sent, only once.
        """
        job = my_task.memory.job
        if job is None and self.node.async_before:
            my_task.memory.job = BEFORE
            self.postpone(my_task)
            return None
        if job != AFTER and not (self._listen_and_execute(my_task) if self.listens else self._execute(my_task)):
            return None
        if job != AFTER and self.node.async_after:
            my_task.memory.job = AFTER
            self.postpone(my_task)
            return None
        self._choose(my_task)
        return not self.on_flow or self._listen_on_flows(my_task) or None

    def on_cancelled(self, token: Token) -> None:
        """The node is cancelled while it works: its end listeners run, as in Camunda 7."""
        if self.after and self.is_at_work(token):
            inline_listeners.run_cancelled(token, self.after)

    def is_at_work(self, token: Token) -> bool:
        """Whether the token has entered the node and not left it, so that its end listeners are owed."""
        return token.memory.job is None and not token.memory.parked

    def _listen_and_execute(self, token: Token) -> bool:
        """The element's work, with the listeners around it."""
        return (
            inline_listeners.run_all(token, inline_listeners.START, self.before)
            and bool(self._execute(token))
            and inline_listeners.run_all(token, inline_listeners.END, self.after)
        )

    def _listen_on_flows(self, token: Token) -> bool:
        """Run the listeners on the flows that are chosen."""
        taken = [listener for flow in token.chosen for listener in self.on_flow.get(flow.name, ())]
        return inline_listeners.run_all(token, inline_listeners.TAKE, taken)

    def postpone(self, token: Token) -> None:
        """Let a job stand before what comes next (``camunda:asyncBefore``, ``asyncAfter``)."""
        workflow = token.workflow
        priority = self.job_priority.evaluate_integer(token, "the job priority") if self.job_priority is not None else 0
        now = workflow.journal.now
        workflow.waits.put(Job(**make_identity(token), kind=JobKind.ASYNC, due=now, created_at=now, priority=priority))
        token.wait()

    def map_outputs(self, token: Token) -> None:
        """Output mappings and data associations of events write to the scopes around."""
        if self.node.output_data:
            associations.write(token, self.node.output_data)
        mapped: dict[str, Value] = {}
        for name, code in self.output_mappings:
            mapped[name] = code.evaluate_at(token, mapped)
        if mapped:
            variables.set_visible(token.scope, mapped)

    def _choose(self, token: Token) -> None:
        """Choose the flows that the token leaves by: those without a condition, those whose condition holds, and the
        default if no condition does (§13.2.1).
        """
        if self.is_conditional:
            token.choose(self._matching_flows(token))
        elif self.outgoing:
            token.choose(self.flows)

    def _matching_flows(self, token: Token) -> list[SequenceFlow]:
        token.workflow.spec = self.spec  # where the library looks for the flows: in a called process its own
        met, unconditional = self._get_matching_outputs(token)
        free = [flow for flow in unconditional if flow.name != self.node.default]
        if met or (free and self.node.default is None):
            return [flow for flow in self.flows if flow in free or flow in met]
        return [*free, self.get_default_flow()]

    def get_default_flow(self) -> SequenceFlow:
        """The flow for when no condition holds. Raises StepFailed if the model has none."""
        if self.node.default is None:
            raise self.make_no_way_out()
        return self.spec.flows[self.node.default]

    def make_no_way_out(self) -> StepFailed:
        return StepFailed(
            "failedJob",
            f"Expected a condition that holds or a default flow at '{self.name}', but no outgoing flow can be taken; "
            "change the variables and retry, or add a default flow in a new version",
        )

    def _on_complete_hook(self, my_task: Token) -> None:
        """Complete the token, and let the library send one along each chosen flow, or more (§13.3.2)."""
        workflow, scope = my_task.workflow, my_task.scope
        facts: dict[str, Value] = {"body": True} if my_task.memory.body else {}
        workflow.journal.record(EventType.ELEMENT_COMPLETED, self.name, my_task.id, facts)
        if self.node.traits.is_activity:
            workflow.note_completed(my_task)
        flows, my_task.chosen = my_task.chosen, []
        passages: list[Passage] = []
        for flow in flows:
            workflow.journal.record(EventType.FLOW_TAKEN, flow.name, my_task.id, {"flow": flow.name})
            passages += [Passage(flow, scope)] * self.node.completion_quantity
        workflow.remove(my_task)
        my_task.passages = passages
        if not flows:
            scope.task_spec.on_child_ended(scope)


def _compile_take(flow: Flow) -> tuple[inline_listeners.InlineListener, ...]:
    return inline_listeners.compile_inline(flow.listeners, inline_listeners.TAKE)
