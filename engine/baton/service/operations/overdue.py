"""What is done with an instance that takes longer than its process expects, as its process says."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from baton.model.commands import CancelInstance, Command, ResolveIncident, SkipIncident
from baton.model.errors import Rejected
from baton.service.core.queries import IncidentQuery
from baton.service.reads.incidents import Incidents
from baton.service.turns.mailbox import Mailbox

_BY = "watchdog"


class OverdueAction(StrEnum):
    """The values of the extension property ``baton:overdue``."""

    REPORT = "report"
    RETRY = "retry"
    """What its incidents stopped."""
    SKIP = "skip"
    """The work that its incidents stopped, where that is safe."""
    CANCEL = "cancel"
    """After undoing everything."""


class OverdueHandler:
    """Safe to repeat: each command has an id, so that several watchdogs give it once."""

    def __init__(self, mailbox: Mailbox, incidents: Incidents) -> None:
        self._mailbox, self._incidents = mailbox, incidents

    def handle(self, action: OverdueAction, instance_id: str, periods: int) -> str:
        """Do it, and say what was done. ``periods``: how many expected durations have passed; each is one attempt."""
        if action is OverdueAction.REPORT:
            return ""
        if action is OverdueAction.CANCEL:
            command = CancelInstance(reason="overdue", compensate=True, by=_BY)
            return self._submit(instance_id, command, f"{_BY}:{instance_id}:cancel", "cancelled, undoing everything")
        if action is OverdueAction.RETRY:
            return self._for_each_incident(instance_id, periods, "retried", _make_retry)
        return self._for_each_incident(instance_id, periods, "skipped", _make_skip)

    def _for_each_incident(
        self, instance_id: str, periods: int, done: str, make: Callable[[str], ResolveIncident | SkipIncident]
    ) -> str:
        found = self._incidents.find(IncidentQuery(instance_ids=(instance_id,)))
        if not found:
            return "no incident stops it"
        return "; ".join(
            self._submit(
                instance_id, make(item.id), f"{_BY}:{item.id}:{periods}", f"incident at '{item.element}' {done}"
            )
            for item in found
        )

    def _submit(self, instance_id: str, command: Command, command_id: str, done: str) -> str:
        try:
            self._mailbox.submit(instance_id, command, command_id=command_id)
        except Rejected as error:
            return f"refused: {error.message}"
        return done


def _make_retry(incident_id: str) -> ResolveIncident:
    return ResolveIncident(incident_id=incident_id, by=_BY)


def _make_skip(incident_id: str) -> SkipIncident:
    return SkipIncident(incident_id=incident_id, by=_BY)
