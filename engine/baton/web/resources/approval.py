"""``/approval``: what waits for a second person, who approves or refuses it."""

from __future__ import annotations

from typing import cast

from flask import Response

from baton.service import ApprovedCommand, PendingApproval
from baton.web import jsons
from baton.web.answers.approvals import Approval, show_approval
from baton.web.answers.common import Count
from baton.web.context import RequestContext
from baton.web.models.base import Query
from baton.web.models.fields import NotNegative
from baton.web.routes.group import Group
from baton.web.scopes import parse_instance

GROUP = Group("Second person", "Commands that another person has to approve", resource="process-instance")
WAITING = 202


class ApprovalFilters(Query):
    """Of which instance, or which of all, and how many."""

    processInstanceId: str | None = None
    firstResult: NotNegative | None = None
    maxResults: NotNegative | None = None


def submit(context: RequestContext, instance_id: str, command: ApprovedCommand) -> None:
    """Apply the command; or keep it and answer 202, if a second person has to approve it."""
    approvals = context.engine.approvals
    if not approvals.are_needed(instance_id, command, context.caller):
        context.engine.mailbox.submit(instance_id, command, command_id=context.command_id)
        return None
    pending = approvals.request(instance_id, command, context.caller)
    response = Response(jsons.dump(_show(context, pending)), WAITING, mimetype="application/json")
    return cast("None", response)


@GROUP.get("/approval", "What waits for a second person, the oldest first", baton_extension=True)
def list_approvals(context: RequestContext, query: ApprovalFilters) -> list[Approval]:
    approvals = context.engine.approvals
    if query.processInstanceId is not None:
        one = approvals.find(query.processInstanceId)
        found = [] if one is None else [one]
    else:
        most = context.settings.max_results
        limit = most if query.maxResults is None else min(query.maxResults, most)
        found = approvals.list(first=query.firstResult or 0, limit=limit)
    own = approvals.find_own((pending for pending, _ in found), context.caller)
    return [show_approval(pending, header, pending.instance_id in own) for pending, header in found]


@GROUP.get("/approval/count", "How many wait for a second person", baton_extension=True)
def count_approvals(context: RequestContext) -> Count:
    return Count(count=context.engine.approvals.count())


def _show(context: RequestContext, pending: PendingApproval) -> Approval:
    engine = context.engine
    own = engine.approvals.is_own(pending, context.caller)
    return show_approval(pending, engine.instances.get(pending.instance_id), own)


@GROUP.post(
    "/process-instance/<id>/approval/approve", "Approve what another person has asked for", baton_extension=True
)
def approve(context: RequestContext, id: str) -> None:
    context.engine.approvals.approve(parse_instance(id, "process instance"), context.caller)


@GROUP.post(
    "/process-instance/<id>/approval/refuse", "Refuse what somebody has asked for, or withdraw it", baton_extension=True
)
def refuse(context: RequestContext, id: str) -> None:
    context.engine.approvals.refuse(parse_instance(id, "process instance"))
