"""Facts that happened to one instance, in the past tense. History is the list of them, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from baton.model.immutable import immutable
from baton.model.times import Millis
from baton.model.values import Value

UNDO = "$undo"
"""The element of an undoing that no throw event on the diagram has begun: the engine's own, never shown."""

TIMED_OUT = "timeout: "
"""What the message of a failed attempt begins with that has taken too long."""


class EventType(StrEnum):
    """What ``Event.data`` holds is said behind each type; ``element`` and ``token`` are set where they make sense."""

    INSTANCE_STARTED = "InstanceStarted"  # definition, businessKey, by
    INSTANCE_ENDED = "InstanceEnded"  # state, reason
    INSTANCE_SUSPENDED = "InstanceSuspended"
    INSTANCE_RESUMED = "InstanceResumed"
    INSTANCE_MIGRATED = "InstanceMigrated"  # definition, from, elements: {number of a token: element}
    ELEMENT_ENTERED = "ElementEntered"  # parent (token); called: definition id; body: it holds the iterations of a loop
    ELEMENT_COMPLETED = "ElementCompleted"  # body, as when it was entered
    ELEMENT_CANCELLED = "ElementCancelled"
    FLOW_TAKEN = "FlowTaken"  # flow; token is the one that leaves
    TOKEN_MERGED = "TokenMerged"  # into: the token that waits at the gateway
    VARIABLES_CHANGED = "VariablesChanged"  # scope (token number, 0 the instance), set: {name: value}, removed: [name]
    EXTERNAL_TASK_CREATED = "ExternalTaskCreated"  # id, topic
    EXTERNAL_TASK_COMPLETED = "ExternalTaskCompleted"  # id, worker
    EXTERNAL_TASK_FAILED = "ExternalTaskFailed"  # id, worker, message, retries
    USER_TASK_CREATED = "UserTaskCreated"  # id, assignee, fields that the model does not tell
    USER_TASK_CHANGED = "UserTaskChanged"  # id, changed fields
    USER_TASK_COMPLETED = "UserTaskCompleted"  # id, by
    TIMER_SET = "TimerSet"  # id, due
    TIMER_FIRED = "TimerFired"  # id
    TIMER_CANCELLED = "TimerCancelled"  # id: an operator has deleted it
    SUBSCRIPTION_OPENED = "SubscriptionOpened"  # id, kind, name
    MESSAGE_RECEIVED = "MessageReceived"  # name
    SIGNAL_RECEIVED = "SignalReceived"  # name
    CONDITION_MET = "ConditionMet"
    TRIGGERED = "Triggered"  # id: a request continued a receive task without a message
    DECISION_EVALUATED = "DecisionEvaluated"  # decisions: what was evaluated, see expression/dmn/recording.py
    MESSAGE_SENT = "MessageSent"  # id, name
    SIGNAL_SENT = "SignalSent"  # id, name
    ERROR_THROWN = "ErrorThrown"  # code, message, caughtBy (element id or None)
    ESCALATION_THROWN = "EscalationThrown"  # code, caughtBy
    INCIDENT_OPENED = "IncidentOpened"  # id, kind, message
    INCIDENT_RESOLVED = "IncidentResolved"  # id
    COMPENSATION_RECORDED = "CompensationRecorded"  # seq, handler: a ledger entry became undoable
    COMPENSATION_STARTED = "CompensationStarted"  # plan: [seq, …] in the order of undoing
    UNDO_STARTED = "UndoStarted"  # seq, handler; token is the handler's
    UNDO_COMPLETED = "UndoCompleted"  # seq
    UNDO_FAILED = "UndoFailed"  # seq, message
    UNDO_SKIPPED = "UndoSkipped"  # seq, by
    UNDO_DISCARDED = "UndoDiscarded"  # seq
    COMPENSATION_COMPLETED = "CompensationCompleted"
    ROLLED_BACK = "RolledBack"  # to


NAMES_TRACE = frozenset({EventType.INSTANCE_STARTED, EventType.MESSAGE_RECEIVED, EventType.SIGNAL_RECEIVED})
"""Types whose data also have ``traceparent``, where what has caused them belongs to a trace."""

NAMES_CAUSE = frozenset(
    {
        EventType.INSTANCE_ENDED,
        EventType.INSTANCE_SUSPENDED,
        EventType.INSTANCE_RESUMED,
        EventType.INSTANCE_MIGRATED,
        EventType.VARIABLES_CHANGED,
        EventType.EXTERNAL_TASK_COMPLETED,
        EventType.EXTERNAL_TASK_FAILED,
        EventType.USER_TASK_CHANGED,
        EventType.USER_TASK_COMPLETED,
        EventType.MESSAGE_RECEIVED,
        EventType.SIGNAL_RECEIVED,
        EventType.TRIGGERED,
        EventType.ERROR_THROWN,
        EventType.ESCALATION_THROWN,
        EventType.INCIDENT_RESOLVED,
        EventType.COMPENSATION_STARTED,
        EventType.UNDO_COMPLETED,
        EventType.UNDO_SKIPPED,
    }
)
"""Types whose data also have ``by``, the person or key, where a command of somebody known has caused them directly."""


@immutable
class Event:
    """``position`` counts from 1 without gaps within the instance; ``flow`` only on FLOW_TAKEN."""

    position: int
    at: Millis
    type: EventType
    element: str | None = None
    token: int | None = None
    data: Mapping[str, Value] = field(default_factory=dict[str, Value])

    @property
    def shown_element(self) -> str | None:
        """The element, if it is one of the model."""
        return None if self.element == UNDO else self.element
