"""What waits for a second person."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from baton.model import records
from baton.model.commands import MarkUndone, Rollback, SkipIncident
from baton.service import PendingApproval
from baton.web.models.base import Answer
from baton.web.times import format_iso
from baton.web.variables import to_rest_variables


class Approval(Answer):
    """A command that takes effect when a second person has approved it."""

    processInstanceId: str
    processDefinitionId: str
    businessKey: str | None
    tenantId: str | None
    at: str
    by: str = Field(description="the person or key that has asked for it, and cannot approve it")
    own: bool = Field(description="whether the caller has asked for it, themselves or with a key")
    action: str = Field(json_schema_extra={"enum": ["rollback", "skip", "markUndone", "skipIncident"]})
    order: dict[str, Any] = Field(description="to: an element; seq: of the ledger; or incidentId and variables")


def show_approval(pending: PendingApproval, header: records.InstanceHeader, own: bool) -> Approval:
    action, order = _show_command(pending)
    return Approval(
        processInstanceId=pending.instance_id,
        processDefinitionId=header.definition_id,
        businessKey=header.business_key,
        tenantId=header.tenant_id,
        at=format_iso(pending.at),
        by=pending.by,
        own=own,
        action=action,
        order=order,
    )


def _show_command(pending: PendingApproval) -> tuple[str, dict[str, Any]]:
    command = pending.command
    if isinstance(command, Rollback):
        return "rollback", {"to": command.to}
    if isinstance(command, SkipIncident):
        shown = to_rest_variables(dict(command.variables))
        return "skipIncident", {"incidentId": command.incident_id, "variables": shown}
    return "markUndone" if isinstance(command, MarkUndone) else "skip", {"seq": command.seq}
