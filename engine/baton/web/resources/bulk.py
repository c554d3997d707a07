"""Changing many instances in one request: ``/modification``, ``/process-instance/variables-async``, ``/batch``."""

from __future__ import annotations

from typing import Any

from baton.model.commands import ModifyInstance, SetVariables
from baton.model.errors import BadRequest, NotFound
from baton.service import InstanceQuery
from baton.web.call import Call
from baton.web.fields import Field, Shape, booleans, integers, lists, strings
from baton.web.resources.batch import BATCH, done
from baton.web.resources.process_instance import INSTRUCTION, MODIFY, QUERY, chosen, instruction
from baton.web.routing import Group
from baton.web.scopes import scope_of
from baton.web.shapes.common import COUNT

GROUP = Group("Bulk", "Changing many instances in one request")

WHICH = (*lists("processInstanceIds"), Field("processInstanceQuery", "object", shape=QUERY))
MODIFICATION = Shape(
    "Modification",
    (
        *WHICH,
        *strings("processDefinitionId", "annotation"),
        Field("instructions", "objects", required=True, shape=INSTRUCTION),
    ),
    inert=("skipCustomListeners", "skipIoMappings"),
)
VARIABLES = Shape("SetVariablesOfMany", (*WHICH, Field("variables", "variables", required=True)))


def _modify(call: Call) -> int:
    command = ModifyInstance(instructions=tuple(instruction(one) for one in call.body["instructions"]), by=call.by)
    ids = chosen(call)
    definition_id = call.body.get("processDefinitionId")
    for header in call.engine.instances.find(InstanceQuery(ids=tuple(ids))):
        if definition_id not in (None, header.definition_id):
            raise BadRequest(
                f"Expected instances of '{definition_id}', but '{header.id}' is of '{header.definition_id}'"
            )
    for id in ids:
        call.engine.mailbox.submit(id, command)
    return len(ids)


@GROUP.post("/modification/execute", "Cancel tokens and start elements in many instances", body=MODIFICATION)
def modify(call: Call) -> None:
    _modify(call)


@GROUP.post(
    "/modification/executeAsync",
    "Cancel tokens and start elements in many instances as a batch",
    body=MODIFICATION,
    answer=BATCH,
)
def modify_async(call: Call) -> dict[str, Any]:
    return done(call, "instance-modification", _modify(call))


@GROUP.post(
    "/process-instance/variables-async", "Set variables of many instances as a batch", body=VARIABLES, answer=BATCH
)
def set_variables(call: Call) -> dict[str, Any]:
    ids = chosen(call)
    for id in ids:
        call.engine.mailbox.submit(id, SetVariables(set=call.body["variables"]))
    return done(call, "set-variables", len(ids))


@GROUP.post(
    "/process-instance/<id>/modification-async",
    "Cancel tokens and start elements in one instance, as a batch",
    body=MODIFY,
    answer=BATCH,
)
def modify_one(call: Call, id: str) -> dict[str, Any]:
    command = ModifyInstance(instructions=tuple(instruction(one) for one in call.body["instructions"]), by=call.by)
    call.engine.mailbox.submit(scope_of(id).instance_id, command, command_id=call.command_id)
    return done(call, "instance-modification", 1)


SUSPENDED = Shape("SuspendBatch", (Field("suspended", "boolean", required=True),))
BATCH_FILTERS = strings("batchId", "type")


@GROUP.get(
    "/batch", "Batches that are not finished: none", query=(*BATCH_FILTERS, *integers("maxResults")), answer=(BATCH,)
)
def batches(call: Call) -> list[Any]:
    del call
    return []


@GROUP.get("/batch/count", "How many batches are not finished: none", query=BATCH_FILTERS, answer=COUNT)
def count_batches(call: Call) -> dict[str, int]:
    del call
    return {"count": 0}


@GROUP.get("/batch/<id>", "A batch is finished when its request is answered, so there is none to be seen", answer=BATCH)
def get_batch(call: Call, id: str) -> None:
    del call
    raise NotFound(f"Expected a batch that is not finished, but there is none with id '{id}'")


STATISTICS = Shape("BatchStatistics", (*BATCH.fields, *integers("remainingJobs", "completedJobs", "failedJobs")))


@GROUP.get(
    "/batch/statistics",
    "Progress of batches that are not finished: none",
    query=(*BATCH_FILTERS, *integers("firstResult", "maxResults")),
    answer=(STATISTICS,),
)
def batch_statistics(call: Call) -> list[Any]:
    del call
    return []


@GROUP.get("/batch/statistics/count", "How many batches are not finished: none", query=BATCH_FILTERS, answer=COUNT)
def count_batch_statistics(call: Call) -> dict[str, int]:
    del call
    return {"count": 0}


@GROUP.put("/batch/<id>/suspended", "Suspend a batch that is not finished: there is none", body=SUSPENDED)
def suspend_batch(call: Call, id: str) -> None:
    get_batch(call, id)


@GROUP.delete("/batch/<id>", "Delete a batch that is not finished: there is none", query=booleans("cascade"))
def delete_batch(call: Call, id: str) -> None:
    get_batch(call, id)
