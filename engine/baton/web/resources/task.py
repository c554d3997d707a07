"""``/task``: work for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from baton.model.attributes import Form
from baton.model.commands import ChangeUserTask, CompleteUserTask, SetVariables, ThrowTaskError, ThrowTaskEscalation
from baton.model.errors import BadRequest, CannotComplete, Forbidden, NotFound
from baton.model.ids import get_instance_id
from baton.model.records import UserTask
from baton.service import ACT_FOR_OTHERS, UserTaskQuery
from baton.web.answers.common import find_node
from baton.web.answers.forms import Form as ShownForm
from baton.web.answers.forms import FormField
from baton.web.answers.work import CandidateGroupCount, IdentityLink, Task, show_task
from baton.web.context import Raw, RequestContext
from baton.web.forms import read_deployed_form, render_form, show_fields, show_form, show_form_variables
from baton.web.models.definitions import FormVariablesQuery
from baton.web.models.fields import ShownVariables
from baton.web.models.filtering import Page
from baton.web.models.task import (
    ChangeIdentityLink,
    CompleteTask,
    LinkQuery,
    TaskBpmnError,
    TaskEscalation,
    TaskFilters,
    TaskListFilters,
    TaskQuery,
    TaskQueryFilters,
    UpdateTask,
    UserId,
)
from baton.web.resources.called_instances import is_called_id, list_executions
from baton.web.routes.group import Group
from baton.web.routes.listing import Listing, declare
from baton.web.routes.variables import Holder
from baton.web.routes.variables import declare as declare_variables
from baton.web.scopes import Scope
from baton.web.variables import to_rest_variables

GROUP = Group("Task", "Work for a person", resource="task", change="work")
SORTS = {
    "instanceId": "instance_id",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "executionId": "token",
    "assignee": "assignee",
    "created": "created_at",
    "lastUpdated": "changed_at",
    "description": "description",
    "id": "shown_id",
    "name": "name",
    "nameCaseInsensitive": "name",
    "priority": "priority",
    "tenantId": "tenant_id",
    "urgency": "urgency",
}
"""``urgency`` is only in Baton: due first, then by priority, then the oldest."""


def _make_query(context: RequestContext, filters: TaskFilters, page: Page | None = None) -> UserTaskQuery:
    """Tasks of a called process are found among those of its caller, by their executions."""
    query = filters.to_query(page)
    if query.instance_ids is None or not any(map(is_called_id, query.instance_ids)):
        return query
    inside = list_executions(context, query.instance_ids)
    executions = inside if query.execution_ids is None else tuple(set(inside) & set(query.execution_ids))
    roots = tuple(dict.fromkeys(map(get_instance_id, query.instance_ids)))
    return replace(query, instance_ids=roots, execution_ids=executions or ("",))


def show_tasks(context: RequestContext, tasks: Sequence[UserTask], with_info: bool | None = None) -> list[Task]:
    """``with_info``: also whether they have comments and attachments."""
    engine = context.engine
    changes = engine.user_tasks.read_changes(tasks)
    if not with_info:
        return [show_task(task, changes.get(task.id)) for task in tasks]
    attached, commented = engine.attachments.find_tasks_with(tasks), engine.comments.find_tasks_with(tasks)
    return [
        show_task(task, changes.get(task.id), attachment=task.shown_id in attached, comment=task.shown_id in commented)
        for task in tasks
    ]


TASKS: Listing[TaskListFilters] = Listing(
    path="/task",
    what="user tasks",
    filters=TaskListFilters,
    sorts=SORTS,
    answer=Task,
    fetch=lambda context, filters, page: show_tasks(
        context, context.engine.user_tasks.find(_make_query(context, filters, page)), filters.withCommentAttachmentInfo
    ),
    count=lambda context, filters: context.engine.user_tasks.count(_make_query(context, filters)),
    body=TaskQueryFilters,
    by_variables=True,
)
declare(GROUP, TASKS)


@GROUP.get("/task/report/candidate-group-count", "How many open tasks each candidate group has")
def count_by_group(context: RequestContext) -> list[CandidateGroupCount]:
    found = context.engine.user_tasks.count_by_group()
    return [
        CandidateGroupCount(groupName=name, taskCount=found[name])
        for name in sorted(found, key=lambda name: (name is not None, name or ""))
    ]


@GROUP.get("/task/<id>", "One user task")
def get_task(context: RequestContext, id: str, query: TaskQuery) -> Task:
    (shown,) = show_tasks(context, [context.engine.user_tasks.get(id)], query.withCommentAttachmentInfo)
    return shown


def get_workable(context: RequestContext, id: str) -> UserTask:
    """A task that the caller may work on: theirs, or nobody's, or any for who may act for others.

    Raises NotFound, Forbidden.
    """
    task, caller = context.engine.user_tasks.get(id), context.caller
    if task.assignee in (None, caller.name) or caller.may_act_for_others(task.definition_key, task.tenant_id):
        return task
    raise Forbidden(f"Expected a task of {caller} or of nobody, but task '{id}' is assigned to '{task.assignee}'")


def choose_person(context: RequestContext, task: UserTask, named: str | None) -> str | None:
    """In whose name something is done with a task: the caller's, or that of the person who is named by one who may.

    Raises Forbidden.
    """
    caller = context.caller
    if caller.may_act_for_others(task.definition_key, task.tenant_id):
        return named
    if named not in (None, caller.name):
        raise Forbidden(
            f"Expected {caller} to act in the own name, but found '{named}': to act for others takes '{ACT_FOR_OTHERS}'"
        )
    return caller.name


def change(context: RequestContext, id: str, changes: dict[str, Any], claim: bool = False) -> None:
    """Change fields of a task. Raises NotFound when it is gone."""
    task = context.engine.user_tasks.get(id)
    command = ChangeUserTask(task_id=task.id, changes=changes, claim=claim, by=context.by)
    context.engine.mailbox.submit(task.instance_id, command, command_id=context.command_id)


@GROUP.put("/task/<id>", "Change a task's name, people, dates and priority", needs="task:update")
def update(context: RequestContext, id: str, body: UpdateTask) -> None:
    changes: dict[str, Any] = {
        "name": body.name,
        "description": body.description,
        "assignee": body.assignee,
        "owner": body.owner,
        "delegation_state": body.delegationState,
        "due": body.due,
        "follow_up": body.followUp,
    }
    if body.priority is not None:
        changes["priority"] = body.priority
    change(context, id, changes)


@GROUP.post("/task/<id>/claim", "Claim a task; refused when another has it")
def claim(context: RequestContext, id: str, body: UserId) -> None:
    person = choose_person(context, context.engine.user_tasks.get(id), body.userId)
    change(context, id, {"assignee": person}, claim=True)


@GROUP.post("/task/<id>/unclaim", "Give a task back to its candidates")
def unclaim(context: RequestContext, id: str) -> None:
    get_workable(context, id)
    change(context, id, {"assignee": None})


@GROUP.post("/task/<id>/assignee", "Give a task to someone; refused to nobody", needs="task:update")
def set_assignee(context: RequestContext, id: str, body: UserId) -> None:
    change(context, id, {"assignee": body.userId})


@GROUP.post("/task/<id>/delegate", "Let another do it; its owner gets it back", needs="task:update")
def delegate(context: RequestContext, id: str, body: UserId) -> None:
    task = context.engine.user_tasks.get(id)
    user = body.userId
    if not user:
        raise BadRequest("Expected a value for the field 'userId', but found none")
    change(context, id, {"owner": task.owner or task.assignee, "assignee": user, "delegation_state": "PENDING"})


@GROUP.post("/task/<id>/resolve", "Give a delegated task back to its owner")
def resolve(context: RequestContext, id: str, body: CompleteTask) -> None:
    task = get_workable(context, id)
    if body.variables:
        command = SetVariables(set=body.variables, token=task.token)
        context.engine.mailbox.submit(task.instance_id, command)
    change(context, id, {"assignee": task.owner, "delegation_state": "RESOLVED"})


def _complete(context: RequestContext, id: str, body: CompleteTask) -> ShownVariables | None:
    task = get_workable(context, id)
    if task.delegation_state == "PENDING":
        raise CannotComplete(f"A delegated task cannot be completed, but should be resolved instead: task '{id}'")
    wanted = body.withVariablesInReturn
    before = dict(context.engine.instance_reader.get_visible_variables(task.instance_id, task.token)) if wanted else {}
    values = context.engine.submissions.convert_for_task(task, body.variables or {})
    command = CompleteUserTask(task_id=task.id, variables=values, by=context.by or task.assignee)
    context.engine.mailbox.submit(task.instance_id, command, command_id=context.command_id)
    return to_rest_variables({**before, **values}) if wanted else None


@GROUP.post("/task/<id>/complete", "Complete a task; with a form its values are converted and checked")
def complete(context: RequestContext, id: str, body: CompleteTask) -> ShownVariables | None:
    return _complete(context, id, body)


@GROUP.post("/task/<id>/submit-form", "Complete a task with the values of its form, converted and checked")
def submit_form(context: RequestContext, id: str, body: CompleteTask) -> ShownVariables | None:
    return _complete(context, id, body)


def _get_of_process(context: RequestContext, id: str) -> UserTask:
    """Raises CannotComplete for a task that no process waits for."""
    task = get_workable(context, id)
    if task.is_standalone:
        raise CannotComplete(f"Expected a task of a process, which could catch this, but '{id}' has none: complete it")
    return task


@GROUP.post("/task/<id>/bpmnError", "Report a modelled business error")
def throw_error(context: RequestContext, id: str, body: TaskBpmnError) -> None:
    task = _get_of_process(context, id)
    command = ThrowTaskError(
        task_id=task.id,
        error_code=body.errorCode,
        error_message=body.errorMessage,
        variables=body.variables or {},
    )
    context.engine.mailbox.submit(task.instance_id, command, command_id=context.command_id)


@GROUP.post("/task/<id>/bpmnEscalation", "Report a modelled escalation")
def throw_escalation(context: RequestContext, id: str, body: TaskEscalation) -> None:
    task = _get_of_process(context, id)
    command = ThrowTaskEscalation(task_id=task.id, escalation_code=body.escalationCode, variables=body.variables or {})
    context.engine.mailbox.submit(task.instance_id, command, command_id=context.command_id)


def _form(context: RequestContext, task: UserTask) -> Form | None:
    node = find_node(context.engine, task.definition_id, task.element)
    return node.form if node else None


@GROUP.get("/task/<id>/form", "The key of a task's form")
def get_form(context: RequestContext, id: str) -> ShownForm:
    task = context.engine.user_tasks.get(id)
    form = _form(context, task)
    shown = ShownForm(key=None, camundaFormRef=None) if form is None else show_form(form)
    return shown.model_copy(update={"key": task.form_key or shown.key})


@GROUP.get("/task/<id>/form-fields", "A task's form fields, to draw it", baton_extension=True)
def get_form_fields(context: RequestContext, id: str) -> list[FormField]:
    return show_fields(_form(context, context.engine.user_tasks.get(id)))


@GROUP.get("/task/<id>/rendered-form", "The fields of a task's form as HTML", media="application/xhtml+xml")
def get_rendered_form(context: RequestContext, id: str) -> Raw:
    return render_form(_form(context, context.engine.user_tasks.get(id)))


@GROUP.get("/task/<id>/deployed-form", "The deployed form of a task", media="application/octet-stream")
def get_deployed_form(context: RequestContext, id: str) -> Raw:
    task = context.engine.user_tasks.get(id)
    form = _form(context, task)
    if form is None:
        raise NotFound(f"Expected a form of task '{id}', but it has none")
    return read_deployed_form(context.engine, context.engine.definitions.get(task.definition_id), form)


@GROUP.get("/task/<id>/form-variables", "The form's fields as variables, with what the task sees")
def get_form_variables(context: RequestContext, id: str, query: FormVariablesQuery) -> ShownVariables:
    task, names = context.engine.user_tasks.get(id), query.variableNames
    seen = context.engine.instance_reader.get_visible_variables(task.instance_id, task.token)
    chosen = {name: value for name, value in seen.items() if names is None or name in names}
    fields = show_form_variables(_form(context, task), names)
    return {**fields, **to_rest_variables(chosen, query.deserializeValues is not False)}


@GROUP.get("/task/<id>/identity-links", "The people and groups of a task")
def list_links(context: RequestContext, id: str, query: LinkQuery) -> list[IdentityLink]:
    task = context.engine.user_tasks.get(id)
    links = [IdentityLink(userId=user, groupId=None, type="candidate") for user in task.candidate_users]
    links += [IdentityLink(userId=None, groupId=group, type="candidate") for group in task.candidate_groups]
    for user, kind in ((task.assignee, "assignee"), (task.owner, "owner")):
        if user is not None:
            links.append(IdentityLink(userId=user, groupId=None, type=kind))
    return [link for link in links if query.type in (None, link.type)]


@GROUP.post("/task/<id>/identity-links", "Add a person or group to a task", needs="task:update")
def add_link(context: RequestContext, id: str, body: ChangeIdentityLink) -> None:
    _change_link(context, id, body, add=True)


@GROUP.post("/task/<id>/identity-links/delete", "Take a person or group from a task", needs="task:update")
def delete_link(context: RequestContext, id: str, body: ChangeIdentityLink) -> None:
    _change_link(context, id, body, add=False)


def _change_link(context: RequestContext, id: str, body: ChangeIdentityLink, add: bool) -> None:
    task = context.engine.user_tasks.get(id)
    user, group, kind = body.userId, body.groupId, body.type
    if (user is None) == (group is None):
        raise BadRequest("Expected exactly one of userId and groupId")
    if kind in ("assignee", "owner"):
        if user is None:
            raise BadRequest(f"Expected a userId for a link of type '{kind}', but found a groupId")
        change(context, id, {kind: user if add else None})
    elif kind == "candidate" and user is not None:
        change(context, id, {"candidate_users": _with(task.candidate_users, user, add)})
    elif kind == "candidate":
        change(context, id, {"candidate_groups": _with(task.candidate_groups, group, add)})
    else:
        raise BadRequest(f"Expected one of assignee, owner, candidate for 'type', but found '{kind}'")


def _with(names: tuple[str, ...], name: str | None, add: bool) -> list[str]:
    rest = [known for known in names if known != name]
    return [*rest, name] if add and name is not None else rest


def _scope(context: RequestContext, id: str) -> Scope:
    task = context.engine.user_tasks.get(id)
    return Scope(task.instance_id, task.token)


declare_variables(GROUP, Holder("/task/<id>/variables", "a task and its outer scopes", _scope, visible=True))
declare_variables(GROUP, Holder("/task/<id>/localVariables", "a task", _scope))
