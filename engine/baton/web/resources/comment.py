"""``/task/{id}/comment`` and ``/process-instance/{id}/comment``: what people have written about tasks."""

from __future__ import annotations

from collections.abc import Sequence

from baton.model.errors import BadRequest, Forbidden, NotFound
from baton.service import ACT_FOR_OTHERS, StoredComment
from baton.web.answers.work import Comment, find_process_instance, show_comment
from baton.web.context import RequestContext
from baton.web.models.task import CreateComment, UpdateComment
from baton.web.resources import process_instance, task

GROUP = task.GROUP


@GROUP.get("/task/<id>/comment", "The comments of a task, the newest first")
def list_of_task(context: RequestContext, id: str) -> list[Comment]:
    return _show_all(context.engine.comments.list_of_task(id))


@GROUP.get("/task/<id>/comment/<comment_id>", "One comment")
def get_comment(context: RequestContext, id: str, comment_id: str) -> Comment:
    return show_comment(_pick(context.engine.comments.list_of_task(id), comment_id))


@GROUP.post("/task/<id>/comment/create", "Write a comment on a task, open or ended")
def create_comment(context: RequestContext, id: str, body: CreateComment) -> Comment:
    of = find_process_instance(id)
    if body.processInstanceId not in (None, of):
        raise BadRequest(f"Expected the task's process instance '{of}', but found '{body.processInstanceId}'")
    try:
        return show_comment(context.engine.comments.add(id, body.message, context.by, context.command_id))
    except NotFound as error:
        raise BadRequest(error.message) from None


@GROUP.put("/task/<id>/comment", "Change the text of an own comment, or of any for who may act for others")
def update_of_task(context: RequestContext, id: str, body: UpdateComment) -> None:
    _update(context, _find_of_task(context, id), body)


@GROUP.delete("/task/<id>/comment", "Delete all comments of a task")
def delete_all_of_task(context: RequestContext, id: str) -> None:
    _delete(context, _find_of_task(context, id))


@GROUP.delete("/task/<id>/comment/<comment_id>", "Delete an own comment, or any for who may act for others")
def delete_of_task(context: RequestContext, id: str, comment_id: str) -> None:
    _delete(context, [_choose(_find_of_task(context, id), comment_id)])


@process_instance.GROUP.get("/process-instance/<id>/comment", "The comments on all tasks of an instance")
def list_of_instance(context: RequestContext, id: str) -> list[Comment]:
    return _show_all(context.engine.comments.list_of_instance(id))


@process_instance.GROUP.put("/process-instance/<id>/comment", "Change the text of a comment", needs="task:work")
def update_of_instance(context: RequestContext, id: str, body: UpdateComment) -> None:
    _update(context, _find_of_instance(context, id), body)


@process_instance.GROUP.delete(
    "/process-instance/<id>/comment", "Delete the comments on all tasks of an instance", needs="task:work"
)
def delete_all_of_instance(context: RequestContext, id: str) -> None:
    _delete(context, _find_of_instance(context, id))


@process_instance.GROUP.delete("/process-instance/<id>/comment/<comment_id>", "Delete a comment", needs="task:work")
def delete_of_instance(context: RequestContext, id: str, comment_id: str) -> None:
    _delete(context, [_choose(_find_of_instance(context, id), comment_id)])


def _show_all(comments: Sequence[StoredComment]) -> list[Comment]:
    return [show_comment(comment) for comment in reversed(comments)]


def _find_of_task(context: RequestContext, id: str) -> list[StoredComment]:
    """Raises BadRequest in place of NotFound, as Camunda 7 does where something is changed."""
    try:
        return context.engine.comments.list_of_task(id)
    except NotFound as error:
        raise BadRequest(error.message) from None


def _find_of_instance(context: RequestContext, id: str) -> list[StoredComment]:
    try:
        return context.engine.comments.list_of_instance(id)
    except NotFound as error:
        raise BadRequest(error.message) from None


def _pick(comments: Sequence[StoredComment], comment_id: str) -> StoredComment:
    for comment in comments:
        if comment.id == comment_id:
            return comment
    raise NotFound(f"Expected a comment with id '{comment_id}', but there is none")


def _choose(comments: Sequence[StoredComment], comment_id: str) -> StoredComment:
    try:
        return _pick(comments, comment_id)
    except NotFound as error:
        raise BadRequest(error.message) from None


def _update(context: RequestContext, comments: Sequence[StoredComment], body: UpdateComment) -> None:
    comment = _choose(comments, body.id)
    _require_own(context, [comment])
    context.engine.comments.change(comment, body.message)


def _delete(context: RequestContext, comments: Sequence[StoredComment]) -> None:
    _require_own(context, comments)
    context.engine.comments.remove(*comments)


def _require_own(context: RequestContext, comments: Sequence[StoredComment]) -> None:
    caller = context.caller
    foreign = [comment for comment in comments if comment.by is None or comment.by != caller.name]
    if not foreign:
        return
    header = context.engine.instances.get_any(foreign[0].instance_id)
    if not caller.may_act_for_others(header.definition_key, header.tenant_id):
        raise Forbidden(
            f"Expected a comment of {caller}, but '{foreign[0].id}' is by {foreign[0].by or 'somebody else'}: "
            f"to change those of others takes '{ACT_FOR_OTHERS}'"
        )
