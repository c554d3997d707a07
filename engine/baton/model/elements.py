"""What each kind of flow node is: one row of traits per kind, in one table.

Reading a file, the rules, the soundness check, the runtime and the web ask these traits; none of them asks for the
kinds themselves. To add an element: a row here, a class in ``runtime/elements``, its page and its tests
(docs/how-to/extend-baton.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class NodeKind(StrEnum):
    TASK = "task"
    MANUAL_TASK = "manualTask"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    SCRIPT_TASK = "scriptTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    CALL_ACTIVITY = "callActivity"
    SUB_PROCESS = "subProcess"
    EVENT_SUB_PROCESS = "eventSubProcess"
    TRANSACTION = "transaction"
    AD_HOC_SUB_PROCESS = "adHocSubProcess"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    EVENT_BASED_GATEWAY = "eventBasedGateway"
    COMPLEX_GATEWAY = "complexGateway"
    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    INTERMEDIATE_THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"


class Join(StrEnum):
    """What a node with several incoming flows waits for."""

    NONE = "none"
    """Nothing: every token goes through."""
    ALL = "all"
    """A token on each incoming flow."""
    REACHABLE = "reachable"
    """A token on each incoming flow that one can still reach."""
    ACTIVATION = "activation"
    """Its activation condition."""


class Split(StrEnum):
    """Which of several outgoing flows a token leaves by."""

    CONDITIONAL = "conditional"
    """Each flow without a condition and each whose condition holds; the default if there is none."""
    EXCLUSIVE = "exclusive"
    """The first flow whose condition holds, or the default."""
    INCLUSIVE = "inclusive"
    """Each flow whose condition holds, or the default."""
    ALL = "all"
    """Each flow; conditions have no effect."""
    FIRST_EVENT = "first event"
    """The flow to the event that happens first."""


class Work(StrEnum):
    """What an activity does or waits for, and what the file must name for it."""

    NONE = "none"
    EXTERNAL = "external"
    """A topic, fetched by workers; or an expression, evaluated in place."""
    MESSAGE_OUT = "message out"
    """A message to throw, a topic or an expression."""
    MESSAGE_IN = "message in"
    """A message to wait for."""
    SCRIPT = "script"
    """A script, or a topic."""
    DECISION = "decision"
    """A decision to evaluate, a topic or an expression."""
    USER = "user"
    """Nothing to name: a person sees the task and completes it."""
    PROCESS = "process"
    """A process to call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a kind of flow node is. Everything is false unless the row of the kind says otherwise."""

    # families
    is_task: bool = False
    is_activity: bool = False
    """Tasks, call activities and subprocesses: may be looped, marked as a handler, have listeners and quantities."""
    is_gateway: bool = False
    is_event: bool = False

    # scopes
    is_scope: bool = False
    """Flow nodes lie inside, with variables and event subprocesses of their own (the process itself is not a node)."""
    calls_process: bool = False
    """A process of its own runs inside; only a run shows what is in it."""
    triggered_by_event: bool = False
    """An event starts it beside the flow: no flow leads to it or away from it."""
    runs_on_demand: bool = False
    """What is inside has no order: nothing starts it and nothing ends it but the completion condition."""
    can_be_cancelled: bool = False
    """A cancel event inside undoes all that was done in it (transaction)."""

    # flows
    join: Join = Join.NONE
    split: Split = Split.CONDITIONAL
    has_incoming: bool = True
    """A flow may lead to it."""
    has_outgoing: bool = True
    """A flow may lead away from it."""
    may_end_path: bool = False
    """It may be the last of its path without a remark, though flows may lead away from it."""
    follows_event_gateway: bool = False
    """An event-based gateway may wait for it."""

    # events
    starts_scope: bool = False
    """A scope begins there."""
    ends_path: bool = False
    """A path ends there."""
    catches: bool = False
    """Its events are waited for."""
    throws: bool = False
    """Its events are thrown."""
    is_intermediate: bool = False
    """It stands inside a path: a flow (or a link) leads to it."""
    is_boundary: bool = False
    """It is attached to an activity."""

    # activities
    can_have_boundary: bool = False
    """Boundary events may be attached to it."""
    can_be_compensated: bool = False
    """What it did can be undone, by a handler or by what is inside it."""
    can_be_handler: bool = False
    """It can be the handler that undoes another activity."""
    work: Work = Work.NONE
    changes_world: bool = False
    """With a topic, what its worker does reaches outside the instance, and may have to be undone."""

    # data
    maps_inputs: bool = True
    """Input mappings have a scope to write to."""
    maps_outputs: bool = True
    """There is a result to map."""
    has_form: bool = False


_ACTIVITY = Traits(is_activity=True, can_have_boundary=True, can_be_compensated=True, can_be_handler=True)
_TASK = replace(_ACTIVITY, is_task=True)
_SUB_PROCESS = replace(_ACTIVITY, is_scope=True)
_GATEWAY = Traits(is_gateway=True, maps_inputs=False, maps_outputs=False)
_EVENT = Traits(is_event=True)

TRAITS: dict[NodeKind, Traits] = {
    NodeKind.TASK: _TASK,
    NodeKind.MANUAL_TASK: _TASK,
    NodeKind.USER_TASK: replace(_TASK, work=Work.USER, has_form=True),
    NodeKind.SERVICE_TASK: replace(_TASK, work=Work.EXTERNAL, changes_world=True),
    NodeKind.SEND_TASK: replace(_TASK, work=Work.MESSAGE_OUT, changes_world=True),
    NodeKind.RECEIVE_TASK: replace(_TASK, work=Work.MESSAGE_IN, follows_event_gateway=True),
    NodeKind.SCRIPT_TASK: replace(_TASK, work=Work.SCRIPT),
    NodeKind.BUSINESS_RULE_TASK: replace(_TASK, work=Work.DECISION, changes_world=True),
    NodeKind.CALL_ACTIVITY: replace(_ACTIVITY, work=Work.PROCESS, calls_process=True),
    NodeKind.SUB_PROCESS: _SUB_PROCESS,
    NodeKind.EVENT_SUB_PROCESS: replace(
        _SUB_PROCESS,
        triggered_by_event=True,
        has_incoming=False,
        has_outgoing=False,
        can_have_boundary=False,
        can_be_handler=False,
    ),
    NodeKind.TRANSACTION: replace(_SUB_PROCESS, can_be_cancelled=True),
    NodeKind.AD_HOC_SUB_PROCESS: replace(_SUB_PROCESS, runs_on_demand=True),
    NodeKind.EXCLUSIVE_GATEWAY: replace(_GATEWAY, split=Split.EXCLUSIVE),
    NodeKind.PARALLEL_GATEWAY: replace(_GATEWAY, join=Join.ALL, split=Split.ALL),
    NodeKind.INCLUSIVE_GATEWAY: replace(_GATEWAY, join=Join.REACHABLE, split=Split.INCLUSIVE),
    NodeKind.EVENT_BASED_GATEWAY: replace(_GATEWAY, split=Split.FIRST_EVENT),
    NodeKind.COMPLEX_GATEWAY: replace(_GATEWAY, join=Join.ACTIVATION),
    NodeKind.START_EVENT: replace(
        _EVENT, starts_scope=True, catches=True, has_incoming=False, maps_inputs=False, has_form=True
    ),
    NodeKind.END_EVENT: replace(_EVENT, ends_path=True, throws=True, has_outgoing=False),
    NodeKind.INTERMEDIATE_CATCH_EVENT: replace(_EVENT, is_intermediate=True, catches=True, follows_event_gateway=True),
    NodeKind.INTERMEDIATE_THROW_EVENT: replace(_EVENT, is_intermediate=True, throws=True),
    NodeKind.BOUNDARY_EVENT: replace(
        _EVENT, is_boundary=True, catches=True, has_incoming=False, maps_inputs=False, may_end_path=True
    ),
}
"""Kind of node -> what it is."""
