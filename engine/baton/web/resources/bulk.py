"""Changing many instances in one request: ``/modification``, ``/process-instance/variables-async``, ``/batch``."""

from __future__ import annotations

from baton.model.commands import ModifyInstance, SetVariables
from baton.model.errors import BadRequest, NotFound
from baton.service import InstanceQuery
from baton.web.answers.batch import Batch, BatchStatistics, make_finished_batch
from baton.web.answers.common import Count
from baton.web.context import RequestContext
from baton.web.models.bulk import BatchFilters, BatchQuery, DeleteBatch, Modification, SetVariablesOfMany
from baton.web.models.process_instance import ModifyProcessInstance, Suspended
from baton.web.routes.group import Group
from baton.web.scopes import parse_scope

GROUP = Group("Bulk", "Changing many instances in one request", resource="process-instance")


def _modify(context: RequestContext, body: Modification) -> int:
    command = ModifyInstance(
        instructions=tuple(instruction.to_instruction() for instruction in body.instructions), by=context.by
    )
    ids, definition_id = body.choose(context.engine), body.processDefinitionId
    for header in context.engine.instances.find(InstanceQuery(ids=tuple(ids))):
        if definition_id not in (None, header.definition_id):
            raise BadRequest(
                f"Expected instances of '{definition_id}', but '{header.id}' is of '{header.definition_id}'"
            )
    context.engine.mailbox.submit_each([(id, command) for id in ids])
    return len(ids)


@GROUP.post("/modification/execute", "Cancel tokens and start elements in many instances")
def modify(context: RequestContext, body: Modification) -> None:
    _modify(context, body)


@GROUP.post("/modification/executeAsync", "Cancel tokens and start elements in many instances as a batch")
def modify_async(context: RequestContext, body: Modification) -> Batch:
    return make_finished_batch(context, "instance-modification", _modify(context, body))


@GROUP.post("/process-instance/variables-async", "Set variables of many instances as a batch")
def set_variables(context: RequestContext, body: SetVariablesOfMany) -> Batch:
    ids = body.choose(context.engine)
    command = SetVariables(set=body.variables)
    context.engine.mailbox.submit_each([(id, command) for id in ids])
    return make_finished_batch(context, "set-variables", len(ids))


@GROUP.post("/process-instance/<id>/modification-async", "Cancel tokens and start elements in one instance, as a batch")
def modify_one(context: RequestContext, id: str, body: ModifyProcessInstance) -> Batch:
    command = ModifyInstance(
        instructions=tuple(instruction.to_instruction() for instruction in body.instructions), by=context.by
    )
    context.engine.mailbox.submit(parse_scope(id).instance_id, command, command_id=context.command_id)
    return make_finished_batch(context, "instance-modification", 1)


@GROUP.get("/batch", "Batches that are not finished: none")
def list_batches(context: RequestContext, query: BatchQuery) -> list[Batch]:
    del context, query
    return []


@GROUP.get("/batch/count", "How many batches are not finished: none")
def count_batches(context: RequestContext, query: BatchFilters) -> Count:
    del context, query
    return Count(count=0)


@GROUP.get("/batch/<id>", "A batch is finished when its request is answered, so there is none to be seen")
def get_batch(context: RequestContext, id: str) -> Batch:
    del context
    raise NotFound(f"Expected a batch that is not finished, but there is none with id '{id}'")


@GROUP.get("/batch/statistics", "Progress of batches that are not finished: none")
def list_statistics(context: RequestContext, query: BatchQuery) -> list[BatchStatistics]:
    del context, query
    return []


@GROUP.get("/batch/statistics/count", "How many batches are not finished: none")
def count_statistics(context: RequestContext, query: BatchFilters) -> Count:
    del context, query
    return Count(count=0)


@GROUP.put("/batch/<id>/suspended", "Suspend a batch that is not finished: there is none")
def suspend_batch(context: RequestContext, id: str, body: Suspended) -> None:
    del body
    get_batch(context, id)


@GROUP.delete("/batch/<id>", "Delete a batch that is not finished: there is none")
def delete_batch(context: RequestContext, id: str, query: DeleteBatch) -> None:
    del query
    get_batch(context, id)
