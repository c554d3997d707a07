"""Changing many instances in one request: ``/modification``, ``/process-instance/variables-async``."""

from __future__ import annotations

from baton.model.commands import ModifyInstance, SetVariables
from baton.model.errors import BadRequest
from baton.service import BatchRequest, InstanceQuery
from baton.web.answers.batch import Batch, create_batch
from baton.web.context import RequestContext
from baton.web.models.bulk import Modification, SetVariablesOfMany
from baton.web.models.process_instance import ModifyProcessInstance
from baton.web.routes.group import Group
from baton.web.scopes import parse_scope

GROUP = Group("Bulk", "Changing many instances in one request", resource="process-instance")
MODIFICATION = "instance-modification"


def _choose(context: RequestContext, body: Modification) -> tuple[list[str], ModifyInstance]:
    command = ModifyInstance(
        instructions=tuple(instruction.to_instruction() for instruction in body.instructions), by=context.by
    )
    ids, definition_id = body.choose(context.engine), body.processDefinitionId
    for header in context.engine.instances.find(InstanceQuery(ids=tuple(ids))):
        if definition_id not in (None, header.definition_id):
            raise BadRequest(
                f"Expected instances of '{definition_id}', but '{header.id}' is of '{header.definition_id}'"
            )
    return ids, command


@GROUP.post("/modification/execute", "Cancel tokens and start elements in many instances")
def modify(context: RequestContext, body: Modification) -> None:
    ids, command = _choose(context, body)
    context.engine.mailbox.submit_each([(id, command) for id in ids])


@GROUP.post("/modification/executeAsync", "Cancel tokens and start elements in many instances as a batch")
def modify_async(context: RequestContext, body: Modification) -> Batch:
    ids, command = _choose(context, body)
    return create_batch(context, BatchRequest(kind=MODIFICATION, items=ids, command=command))


@GROUP.post("/process-instance/variables-async", "Set variables of many instances as a batch")
def set_variables(context: RequestContext, body: SetVariablesOfMany) -> Batch:
    ids = body.choose(context.engine)
    return create_batch(
        context, BatchRequest(kind="set-variables", items=ids, command=SetVariables(set=body.variables))
    )


@GROUP.post("/process-instance/<id>/modification-async", "Cancel tokens and start elements in one instance, as a batch")
def modify_one(context: RequestContext, id: str, body: ModifyProcessInstance) -> Batch:
    instance_id = context.engine.instances.get(parse_scope(id).instance_id).id
    return create_batch(
        context, BatchRequest(kind=MODIFICATION, items=[instance_id], command=body.to_command(context.by))
    )
