"""``/process-instance``: one run of a definition."""

from __future__ import annotations

from dataclasses import replace

from baton.model.commands import CancelInstance, Instruction, ModifyInstance, ResumeInstance, SuspendInstance
from baton.model.errors import BadRequest, NotFound
from baton.model.records import InstanceHeader
from baton.service import BatchRequest, InstanceQuery
from baton.web.answers.batch import Batch, create_batch
from baton.web.answers.events import show_event
from baton.web.answers.instances import ActivityInstance, ProcessInstance, show_branch, show_instance, show_tree
from baton.web.answers.live import ModificationPreview
from baton.web.context import RequestContext
from baton.web.models.filtering import Page
from baton.web.models.process_instance import (
    DeleteProcessInstance,
    DeleteProcessInstances,
    ModifyProcessInstance,
    ProcessInstanceFilters,
    ProcessInstanceQueryFilters,
    Suspended,
    SuspendProcessInstances,
)
from baton.web.resources.called_instances import find_call, find_called, list_related
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.routes.variables import Holder
from baton.web.routes.variables import declare as declare_variables
from baton.web.scopes import Scope, parse_scope

GROUP = Group("Process Instance", "One run of a definition", resource="process-instance")
SORTS = {
    "instanceId": "id",
    "definitionKey": "definition_key",
    "definitionId": "definition_id",
    "tenantId": "tenant_id",
    "businessKey": "business_key",
}


def _make_query(context: RequestContext, filters: ProcessInstanceFilters, page: Page | None = None) -> InstanceQuery:
    """In lists a called process is an instance like any other."""
    related = list_related(context, filters)
    query = replace(filters.drop_relations().to_query(context.engine, page), called=True)
    if related is None:
        return query
    return replace(query, ids=tuple(id for id in related if query.ids is None or id in query.ids))


def _fetch(context: RequestContext, filters: ProcessInstanceFilters, page: Page) -> list[ProcessInstance]:
    found = context.engine.instances.find(_make_query(context, filters, page))
    return [show_instance(item, context.root) for item in found]


def _count(context: RequestContext, filters: ProcessInstanceFilters) -> int:
    return context.engine.instances.count(_make_query(context, filters))


declare(
    GROUP,
    Listing(
        path="/process-instance",
        what="running process instances",
        filters=ProcessInstanceFilters,
        sorts=SORTS,
        answer=ProcessInstance,
        fetch=_fetch,
        count=_count,
        body=ProcessInstanceQueryFilters,
    ),
)


def get_running(context: RequestContext, id: str) -> InstanceHeader:
    """The header of an instance that has not ended. Raises NotFound, as Camunda 7 does for an ended one."""
    header = context.engine.instances.get(parse_scope(id, "process instance").instance_id)
    if header.state.is_ended:
        raise NotFound(
            f"Process instance with id {id} does not exist: it has ended; see /history/process-instance/{id}"
        )
    return header


@GROUP.get("/process-instance/<id>", "One running instance")
def get_instance(context: RequestContext, id: str) -> ProcessInstance:
    header = get_running(context, id)
    return find_called(context, id) or show_instance(header, context.root)


@GROUP.delete(
    "/process-instance/<id>", "Cancel an instance; nothing is undone (see /cancel)", needs="process-instance:delete"
)
def delete_instance(context: RequestContext, id: str, query: DeleteProcessInstance) -> None:
    try:
        get_running(context, id)
    except NotFound:
        if not context.engine.administration.remove_traces(id) and query.failIfNotExists is not False:
            raise
        return
    call = find_call(context, id)
    if call is None:
        context.engine.mailbox.submit(id, CancelInstance(by=context.by))
    else:  # as in Camunda 7: the call goes with what it has called
        command = ModifyInstance(instructions=(Instruction(kind="cancel", token=call),), by=context.by)
        context.engine.mailbox.submit(parse_scope(id).instance_id, command, command_id=context.command_id)


@GROUP.get("/process-instance/<id>/activity-instances", "The token tree")
def get_activity_instances(context: RequestContext, id: str) -> ActivityInstance:
    header = get_running(context, id)
    snapshot = context.engine.instance_reader.get_snapshot(header.id)
    tree = show_tree(context.engine, snapshot.header, snapshot.tokens, snapshot.incidents)
    return tree if id == header.id else show_branch(tree, id)


@GROUP.put("/process-instance/<id>/suspended", "Suspend or activate one instance; with a called process its callers")
def set_suspended(context: RequestContext, id: str, body: Suspended) -> None:
    instance_id = id if find_call(context, id) is None else parse_scope(id).instance_id
    context.engine.mailbox.submit(instance_id, _make_command(context, body.suspended))


def _make_command(context: RequestContext, suspended: bool) -> SuspendInstance | ResumeInstance:
    return SuspendInstance(by=context.by) if suspended else ResumeInstance(by=context.by)


@GROUP.put("/process-instance/suspended", "Suspend or activate many instances")
def suspend_many(context: RequestContext, body: SuspendProcessInstances) -> None:
    command = _make_command(context, body.suspended)
    context.engine.mailbox.submit_each([(id, command) for id in body.choose(context.engine)])


@GROUP.post("/process-instance/suspended-async", "Suspend or activate many instances as a batch")
def suspend_async(context: RequestContext, body: SuspendProcessInstances) -> Batch:
    request = BatchRequest(
        kind="instance-update-suspension-state",
        items=body.choose(context.engine),
        command=_make_command(context, body.suspended),
    )
    return create_batch(context, request)


@GROUP.post("/process-instance/delete", "Cancel many instances as a batch", needs="process-instance:delete")
def delete_many(context: RequestContext, body: DeleteProcessInstances) -> Batch:
    ids = body.choose(context.engine)
    there = {item.id for item in context.engine.instances.find(InstanceQuery(ids=tuple(ids)))}
    missing = [id for id in ids if id not in there]
    if missing and body.failIfNotExists is not False:
        raise BadRequest(f"Expected running process instances, but there is none with id '{missing[0]}'")
    command = CancelInstance(reason=body.deleteReason, by=context.by)
    chosen = [id for id in ids if id in there]
    return create_batch(context, BatchRequest(kind="instance-deletion", items=chosen, command=command))


@GROUP.post("/process-instance/<id>/modification", "Cancel tokens and start elements")
def modify(context: RequestContext, id: str, body: ModifyProcessInstance) -> None:
    command = body.to_command(context.by)
    context.engine.mailbox.submit(parse_scope(id).instance_id, command, command_id=context.command_id)


@GROUP.post(
    "/process-instance/<id>/modification/preview",
    "The events that a modification would lead to now, without doing it",
    changes=False,
    baton_extension=True,
)
def preview_modification(context: RequestContext, id: str, body: ModifyProcessInstance) -> ModificationPreview:
    engine = context.engine
    instance_id = get_running(context, parse_scope(id).instance_id).id
    found = engine.instance_reader.preview(instance_id, body.to_command(context.by), engine.clock.now())
    return ModificationPreview(state=found.header.state, events=[show_event(event) for event in found.events])


def _scope(context: RequestContext, id: str) -> Scope:
    get_running(context, id)
    return parse_scope(id, "process instance")


# As in Camunda 7 the id may be that of an execution, which sees what is around it: Java workers load files so.
declare_variables(GROUP, Holder("/process-instance/<id>/variables", "a process instance", _scope, visible=True))
