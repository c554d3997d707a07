"""The lines of log about an instance: what a committed turn has done.

Its start and end, undoing, failures of attempts, timeouts and incidents are lines for every operator; its steps, and
the values that came in and went out, only while one looks for something (level debug).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import structlog

from baton.model.events import TIMED_OUT, Event
from baton.model.turn_result import TurnResult
from baton.service.deployments.sensitive import SensitiveVariables

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
    def __init__(self, sensitive: SensitiveVariables) -> None:
        self._sensitive = sensitive

    def write(self, result: TurnResult) -> None:
        """After a commit."""
        if not LEVEL.isEnabledFor(logging.INFO):
            return
        deep = LEVEL.isEnabledFor(logging.DEBUG)
        for event in result.events:
            kind = event.type._value_
            if kind == "ExternalTaskFailed":
                self._write_failure(result, event, deep)
            elif kind in INFO:
                self._write(INFO[kind], result, event, "warning" if kind in _WARNINGS else "info", deep)
            elif deep and kind in DEBUG:
                self._write(DEBUG[kind], result, event, "debug", deep)

    def _write_failure(self, result: TurnResult, event: Event, deep: bool) -> None:
        """A timeout and a retry are lines of their own."""
        if str(event.data.get("message")).startswith(TIMED_OUT):
            self._write(("attempt timed out", "task.timed_out"), result, event, "warning", deep)
        elif event.data.get("retries"):
            self._write(("attempt failed, another follows", "task.retried"), result, event, "info", deep)
        else:
            self._write(("attempt failed, it was the last", "task.failed"), result, event, "warning", deep)

    def _write(self, line: tuple[str, str], result: TurnResult, event: Event, level: str, deep: bool) -> None:
        (text, action), header, (completed, activities) = line, result.header, result.activities
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
            activities=f"{completed}/{activities}",
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
