"""The lines of log about an instance: what a committed turn has done.

Its start and end, undoing, failures of attempts, timeouts and incidents are lines for every operator; its steps, and
the values that came in and went out, only while one looks for something (level debug).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import structlog

from baton.model.elements import TRAITS
from baton.model.errors import NotFound, Overloaded
from baton.model.events import TIMED_OUT, Event
from baton.model.records import InstanceHeader
from baton.model.turn_result import TurnResult
from baton.service.deployments.library import DefinitionLibrary
from baton.service.deployments.sensitive import SensitiveVariables
from baton.service.turns.completed import CompletedElements
from baton.store import codec
from baton.store.store import Store

NAME = "baton.instances"
log = structlog.get_logger(NAME)
LEVEL = logging.getLogger(NAME)
"""Asked before a line is made: most servers want none of the steps."""
HIDDEN = "***"
_LONGEST_VALUE = 200

INFO: Mapping[str, tuple[str, str]] = {
    "InstanceStarted": ("instance started", "instance.started"),
    "InstanceEnded": ("instance ended", "instance.ended"),
    "CompensationStarted": ("compensation started", "compensation.started"),
    "CompensationCompleted": ("compensation completed", "compensation.completed"),
    "UndoStarted": ("undoing started", "undo.started"),
    "UndoCompleted": ("undone", "undo.completed"),
    "UndoFailed": ("undoing failed", "undo.failed"),
    "UndoSkipped": ("undoing skipped", "undo.skipped"),
    "IncidentOpened": ("incident opened", "incident.opened"),
    "IncidentResolved": ("incident resolved", "incident.resolved"),
    "InstanceSuspended": ("instance suspended", "instance.suspended"),
    "InstanceResumed": ("instance resumed", "instance.resumed"),
}
"""Type of event -> the line and its action."""
DEBUG: Mapping[str, tuple[str, str]] = {
    "ElementEntered": ("element entered", "element.entered"),
    "ElementCompleted": ("element completed", "element.completed"),
    "ElementCancelled": ("element cancelled", "element.cancelled"),
    "ExternalTaskCompleted": ("external task completed", "task.completed"),
    "UserTaskCompleted": ("user task completed", "task.completed"),
    "TimerFired": ("timer fired", "timer.fired"),
    "MessageReceived": ("message received", "message.received"),
    "VariablesChanged": ("variables changed", "variables.changed"),
}
_WARNINGS = {"UndoFailed", "IncidentOpened"}
_FACTS = ("state", "reason", "handler", "seq", "kind", "worker", "retries", "name", "by")
"""Of the data of an event: what is no value of a process."""


class TurnLog:
    def __init__(self, store: Store, library: DefinitionLibrary, sensitive: SensitiveVariables) -> None:
        self._library, self._sensitive = library, sensitive
        self._activities: dict[str, frozenset[str]] = {}
        self._completed = CompletedElements(store)

    def write(self, result: TurnResult) -> None:
        """After a commit."""
        if not LEVEL.isEnabledFor(logging.INFO):
            return
        deep = LEVEL.isEnabledFor(logging.DEBUG)
        self._completed.note(result)
        for event in result.events:
            kind = event.type._value_
            if kind == "ExternalTaskFailed":
                self._write_failure(result.header, event, deep)
            elif kind in INFO:
                self._write(INFO[kind], result.header, event, "warning" if kind in _WARNINGS else "info", deep)
            elif deep and kind in DEBUG:
                self._write(DEBUG[kind], result.header, event, "debug", deep)
        if result.header.ended_at is not None:
            self._completed.forget(result.instance_id)

    def _write_failure(self, header: InstanceHeader, event: Event, deep: bool) -> None:
        """A timeout and a retry are lines of their own."""
        if str(event.data.get("message")).startswith(TIMED_OUT):
            self._write(("attempt timed out", "task.timed_out"), header, event, "warning", deep)
        elif event.data.get("retries"):
            self._write(("attempt failed, another follows", "task.retried"), header, event, "info", deep)
        else:
            self._write(("attempt failed, it was the last", "task.failed"), header, event, "warning", deep)

    def _write(self, line: tuple[str, str], header: InstanceHeader, event: Event, level: str, deep: bool) -> None:
        text, action = line
        facts: dict[str, Any] = {name: event.data[name] for name in _FACTS if event.data.get(name) is not None}
        if deep:
            facts |= self._show_values(event)
        getattr(log, level)(
            text,
            action=action,
            instance=header.id,
            correlation_id=header.business_key or header.id,
            definition=header.definition_id,
            element=event.shown_element or header.end_element or header.start_element,
            activities=self._count_activities(header),
            **facts,
        )

    def _show_values(self, event: Event) -> dict[str, Any]:
        """Those that came in or went out; of sensitive variables nothing is seen."""
        values = event.data.get("set")
        if not isinstance(values, dict):
            return {}
        hidden = self._sensitive.read()
        return {
            "values": {
                name: HIDDEN if hidden.contains(name) else repr(value)[:_LONGEST_VALUE]
                for name, value in values.items()
            }
        }

    def _count_activities(self, header: InstanceHeader) -> str:
        """How many of the activities of its model an instance has completed, when the turn is over."""
        activities = self._list_activities(header.definition_id)
        try:
            done = self._completed.read(header)
        except codec.Damaged as damage:
            return f"?/{len(activities)}: {damage}"
        except Overloaded:  # the line is worth more than this part of it
            return f"?/{len(activities)}"
        return f"{len(done & activities)}/{len(activities)}"

    def _list_activities(self, definition_id: str) -> frozenset[str]:
        known = self._activities.get(definition_id)
        if known is None:
            try:
                nodes = self._library.get_model(definition_id).nodes.values()
            except NotFound:  # deleted meanwhile
                return frozenset()
            known = frozenset(node.id for node in nodes if TRAITS[node.kind].is_activity)
            self._activities[definition_id] = known
        return known
