"""A checked process definition: the graph that ``bpmn`` reads, rules check and ``runtime`` runs.

Names are those of the BPMN 2.0 standard. Everything is resolved: references are ids of this graph or plain names, every
node and flow has an id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal

from baton.model.attributes import (
    CalledElement,
    CallMapping,
    Expression,
    ExternalWork,
    Form,
    Script,
    UserWork,
    VariableMapping,
)
from baton.model.elements import TRAITS, Join, Traits
from baton.model.elements import NodeKind as NodeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """``loopCondition`` is tested before or after each iteration; ``maximum`` bounds the iterations (§13.3.6)."""

    condition: Expression | None = None
    test_before: bool = False
    maximum: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviorEvent:
    """A ``complexBehaviorDefinition``: when ``condition`` holds after an instance completes, ``event`` is thrown."""

    condition: Expression
    event: EventDefinition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """Exactly one of ``cardinality`` and ``collection`` decides how many (§13.3.7)."""

    sequential: bool = False
    cardinality: Expression | None = None
    collection: Expression | None = None
    element_variable: str | None = None
    output_collection: str | None = None
    output_element: Expression | None = None
    completion_condition: Expression | None = None
    zeebe: bool = False
    """Written as ``zeebe:loopCharacteristics``: counters and results are those of Camunda 8."""
    behavior: Literal["none", "one", "all", "complex"] = "all"
    behavior_event: EventDefinition | None = None
    complex_behavior: tuple[BehaviorEvent, ...] = ()


class EventKind(StrEnum):
    MESSAGE = "message"
    TIMER = "timer"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    CONDITIONAL = "conditional"
    LINK = "link"
    TERMINATE = "terminate"
    CANCEL = "cancel"
    COMPENSATION = "compensation"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDefinition:
    """One event definition, with what its references say already looked up.

    ``name`` is the message, signal or link name (an expression is allowed for messages and signals); ``code`` the
    error or escalation code, None catches all. ``activity_ref`` None means the whole scope.
    """

    kind: EventKind
    id: str | None = None
    name: Expression | None = None
    code: Expression | None = None
    error_message: Expression | None = None
    """``camunda:errorMessage`` of the error: what a throw says beside the code."""
    code_variable: str | None = None
    message_variable: str | None = None
    timer: Literal["date", "duration", "cycle"] | None = None
    value: Expression | None = None
    """The timer's text or the condition."""
    variable_names: tuple[str, ...] = ()
    variable_events: tuple[str, ...] = ()
    correlation_key: Expression | None = None
    payload: tuple[CallMapping, ...] = ()
    activity_ref: str | None = None
    wait_for_completion: bool = True
    external: ExternalWork | None = None
    """A throwing message event that a worker sends."""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataItem:
    """A data object, property, input, output or store reference: ``id`` is referred to, ``name`` is the variable."""

    id: str
    name: str
    kind: Literal["object", "property", "input", "output", "store"]
    is_collection: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAssociation:
    """Data moves from ``sources`` to ``target`` (variable names), through ``transformation`` or ``assignments``."""

    sources: tuple[str, ...] = ()
    target: str | None = None
    transformation: Expression | None = None
    assignments: tuple[tuple[Expression, Expression], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """An execution or task listener: ``event`` is start, end, take, create, complete …

    Exactly one of ``topic`` (a worker does it), ``expression`` and ``script`` (run in place, within the turn).
    """

    event: str
    topic: Expression | None = None
    expression: Expression | None = None
    script: Script | None = None
    of_task: bool = False
    """A task listener, which sees the user task as ``task``."""

    @property
    def is_inline(self) -> bool:
        return self.topic is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A flow node. ``scope`` is the id of the enclosing subprocess, or of the process."""

    id: str
    kind: NodeKind
    scope: str
    name: str | None = None
    documentation: str | None = None
    line: int | None = None
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None

    # events
    events: tuple[EventDefinition, ...] = ()
    parallel_multiple: bool = False
    interrupting: bool = True
    """``isInterrupting`` of a start event, ``cancelActivity`` of a boundary event."""
    attached_to: str | None = None
    handler: str | None = None
    """On a compensation boundary event: the associated handler activity."""
    initiator: str | None = None
    output_data: tuple[DataAssociation, ...] = ()
    input_data: tuple[DataAssociation, ...] = ()

    # activities
    external: ExternalWork | None = None
    user: UserWork | None = None
    form: Form | None = None
    script: Script | None = None
    call: CalledElement | None = None
    result: Expression | None = None
    """``camunda:expression`` of a service task: evaluated in place."""
    result_variable: str | None = None
    loop: StandardLoop | MultiInstance | None = None
    for_compensation: bool = False
    read_only: bool = False
    """The task changes nothing outside (property ``baton:readOnly``): needs no undo."""
    observed: bool = False
    """It is done elsewhere, in an observed process: events say what becomes of it."""
    start_quantity: int = 1
    completion_quantity: int = 1
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    propagate_outputs: bool = True
    async_before: bool = False
    async_after: bool = False
    exclusive: bool = True
    inner_async_before: bool = False
    """``asyncBefore`` of the multi-instance marker: before each instance, not before the activity as a whole."""
    inner_async_after: bool = False
    job_priority: Expression | None = None
    job_retries: Expression | None = None
    listeners: tuple[Listener, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict[str, str])
    data: tuple[DataItem, ...] = ()
    pre_script: Script | None = None
    post_script: Script | None = None

    # gateways and ad-hoc
    instantiate: bool = False
    gateway_type: Literal["Exclusive", "Parallel"] = "Exclusive"
    activation: Expression | None = None
    ordering: Literal["Parallel", "Sequential"] = "Parallel"
    completion_condition: Expression | None = None
    cancel_remaining: bool = True
    active_elements: Expression | None = None

    traits: Traits = field(init=False, repr=False, compare=False)
    """What nodes of this kind are."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "traits", TRAITS[self.kind])

    @property
    def is_join(self) -> bool:
        """Whether a token may have to wait here for tokens on other flows."""
        return self.traits.join is not Join.NONE and len(self.incoming) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow between two nodes of one scope."""

    id: str
    source: str
    target: str
    name: str | None = None
    condition: Expression | None = None
    line: int | None = None
    implicit: bool = False
    """The file gave it no id."""
    listeners: tuple[Listener, ...] = ()
    """Run in place when the flow is taken."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ProcessModel:
    """One executable process of a file. ``nodes`` and ``flows`` are in the order of the document.

    Two models are equal only if they are the same object, so that what is computed from one can be kept beside it.
    """

    id: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    name: str | None = None
    documentation: str | None = None
    version_tag: str | None = None
    history_ttl_days: int | None = None
    startable: bool = True
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    """Who may start it. It is shown in the API and checked nowhere."""
    data: tuple[DataItem, ...] = ()
    message_targets: Mapping[str, str] = field(default_factory=dict[str, str])
    """Message flows: throwing node id -> id of the receiving participant's process."""
    line: int | None = None
    properties: Mapping[str, str] = field(default_factory=dict[str, str])
    """``camunda:properties`` of the process itself."""
    listeners: tuple[Listener, ...] = ()
    """Run in place when an instance begins and ends."""
    observed: bool = False
    """Nothing is conducted: its tasks are done elsewhere, and events move its tokens."""

    @cached_property
    def members(self) -> Mapping[str, tuple[Node, ...]]:
        """Scope id -> its direct nodes, in the order of the document."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            found.setdefault(node.scope, []).append(node)
        return {scope: tuple(nodes) for scope, nodes in found.items()}

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Node, ...]]:
        """Activity id -> its boundary events."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to is not None:
                found.setdefault(node.attached_to, []).append(node)
        return {host: tuple(nodes) for host, nodes in found.items()}

    @cached_property
    def event_subprocesses(self) -> Mapping[str, tuple[Node, ...]]:
        """Scope id -> the event subprocesses directly inside it."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.traits.triggered_by_event:
                found.setdefault(node.scope, []).append(node)
        return {scope: tuple(nodes) for scope, nodes in found.items()}

    @cached_property
    def entries(self) -> tuple[Node, ...]:
        """Where an instance begins: the start events of the process, receive tasks that start an instance, and the
        events behind event-based gateways that do (§13.3.2, §10.6.6)."""
        members = [node for node in self.members.get(self.id, ()) if node.instantiate]
        gateways = [node for node in members if node.traits.is_gateway]
        behind = [self.nodes[self.flows[flow].target] for node in gateways for flow in node.outgoing]
        return (*self.list_starts(self.id), *(node for node in (*members, *behind) if node.events))

    def make_outline(self) -> ProcessModel:
        """The same process with the nodes alone that ``entries`` is made of: all that deploying it needs."""
        begins = [node for node in self.members.get(self.id, ()) if node.instantiate]
        flows = [self.flows[flow] for node in begins if node.traits.is_gateway for flow in node.outgoing]
        behind = [self.nodes[flow.target] for flow in flows]
        kept = {node.id for node in (*self.list_starts(self.id), *begins, *behind)}
        return replace(
            self,
            nodes={id_: node for id_, node in self.nodes.items() if id_ in kept},
            flows={flow.id: flow for flow in flows},
        )

    def list_starts(self, scope: str) -> tuple[Node, ...]:
        """The start events directly in the scope."""
        return tuple(node for node in self.members.get(scope, ()) if node.traits.starts_scope)

    def find_start_form(self) -> Form | None:
        """The form of the process's none start event; None when it has none."""
        forms = (node.form for node in self.list_starts(self.id) if not node.events)
        return next((form for form in forms if form is not None), None)

    def walk_scopes(self, node_id: str) -> Iterator[str]:
        """Ids of the scopes around the node, innermost first, the process last."""
        scope = self.nodes[node_id].scope
        while scope != self.id:
            yield scope
            scope = self.nodes[scope].scope
        yield self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One deployed version of a process. ``id`` is ``key:version:deployment id``."""

    id: str
    key: str
    version: int
    deployment_id: str
    resource_name: str
    deployed_at: int
    name: str | None = None
    version_tag: str | None = None
    history_ttl_days: int | None = None
    startable: bool = True
    suspended: bool = False
    tenant_id: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    removing: bool = False
    """It is being deleted: nothing starts any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDefinition:
    """One deployed version of a decision (DMN). ``id`` is ``key:version:deployment id``."""

    id: str
    key: str
    version: int
    deployment_id: str
    resource_name: str
    deployed_at: int
    name: str | None = None
    version_tag: str | None = None
    history_ttl_days: int | None = None
    tenant_id: str | None = None
