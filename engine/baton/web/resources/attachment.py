"""``/task/{id}/attachment``: files and addresses that people have attached to tasks."""

from __future__ import annotations

from baton.model.errors import BadRequest, Forbidden, NotFound
from baton.service import ACT_FOR_OTHERS, StoredAttachment
from baton.web.answers.attachment import Attachment, show_attachment
from baton.web.context import Raw, RequestContext
from baton.web.downloads import describe_attachment
from baton.web.models.task import AttachmentForm
from baton.web.resources.task import GROUP


@GROUP.get("/task/<id>/attachment", "The attachments of a task, the oldest first")
def list_attachments(context: RequestContext, id: str) -> list[Attachment]:
    return [show_attachment(item, context.root) for item in context.engine.attachments.list(id)]


@GROUP.get("/task/<id>/attachment/<attachment_id>", "One attachment, without its content")
def get_attachment(context: RequestContext, id: str, attachment_id: str) -> Attachment:
    return show_attachment(context.engine.attachments.get(id, attachment_id), context.root)


@GROUP.get("/task/<id>/attachment/<attachment_id>/data", "The file", media="application/octet-stream")
def get_content(context: RequestContext, id: str, attachment_id: str) -> Raw:
    attachments = context.engine.attachments
    name = attachments.get(id, attachment_id).name or attachment_id
    # Never as what its sender says it is: a page of the browser's would run scripts in the name of its reader.
    content = attachments.read_content(id, attachment_id)
    return Raw(content, "application/octet-stream", headers=describe_attachment(name))


@GROUP.post("/task/<id>/attachment/create", "Attach a file or an address to a task, open or ended")
def create_attachment(context: RequestContext, id: str, form: AttachmentForm) -> Attachment:
    file = context.request.files.get("content")
    content = None if file is None else file.read()
    made = StoredAttachment(
        id="",
        instance_id="",
        task_id=id,
        at=0,
        name=form.name or (None if file is None else file.filename) or None,
        description=form.description or None,
        kind=form.type or None,
        url=form.url or None,
        by=context.by,
    )
    try:
        return show_attachment(context.engine.attachments.add(made, content, context.command_id), context.root)
    except NotFound as error:
        raise BadRequest(error.message) from None


@GROUP.delete("/task/<id>/attachment/<attachment_id>", "Delete an own attachment, or any for who may act for others")
def delete_attachment(context: RequestContext, id: str, attachment_id: str) -> None:
    found, caller = context.engine.attachments.get(id, attachment_id), context.caller
    if found.by is None or found.by != caller.name:
        header = context.engine.instances.get_any(found.instance_id)
        if not caller.may_act_for_others(header.definition_key, header.tenant_id):
            raise Forbidden(
                f"Expected an attachment of {caller}, but '{found.id}' is by {found.by or 'somebody else'}: "
                f"to delete those of others takes '{ACT_FOR_OTHERS}'"
            )
    context.engine.attachments.remove(found)
