"""``POST /task/create`` and ``DELETE /task/{id}``: tasks that belong to no process."""

from __future__ import annotations

from baton.model.values import Value
from baton.web.context import RequestContext
from baton.web.models.task import CreateTask
from baton.web.resources.task import GROUP


@GROUP.post("/task/create", "Create a task that belongs to no process", needs="task:update")
def create_task(context: RequestContext, body: CreateTask) -> None:
    fields: dict[str, Value] = {
        "name": body.name,
        "description": body.description,
        "assignee": body.assignee,
        "owner": body.owner,
        "delegation_state": body.delegationState,
        "due": body.due,
        "follow_up": body.followUp,
        "priority": body.priority,
        "parent": body.parentTaskId,
    }
    context.engine.standalone_tasks.create(
        fields, task_id=body.id or None, tenant_id=body.tenantId, by=context.by, command_id=context.command_id
    )


@GROUP.delete("/task/<id>", "Delete a task that belongs to no process", needs="task:update")
def delete_task(context: RequestContext, id: str) -> None:
    context.engine.standalone_tasks.delete(id, by=context.by, command_id=context.command_id)
