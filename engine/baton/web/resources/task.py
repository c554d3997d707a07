"""``/task``: work for a person."""

from __future__ import annotations

from typing import Any

from baton.model.attributes import Form
from baton.model.commands import ChangeUserTask, CompleteUserTask, SetVariables, ThrowTaskError, ThrowTaskEscalation
from baton.model.errors import BadRequest, CannotComplete, NotFound
from baton.model.records import UserTask
from baton.service import UserTaskQuery
from baton.web.call import Call, Raw
from baton.web.fields import Field, Shape, booleans, dates, integers, lists, strings
from baton.web.forms import FORM_FIELD, FORM_KEY, deployed_form, fields_json, form_json, variables_json
from baton.web.lists import Listing, Page, declare, flag, one_of, paged, together
from baton.web.routing import Group
from baton.web.scopes import Scope
from baton.web.shapes.common import VARIABLES, node_of
from baton.web.shapes.work import USER_TASK, user_task_json
from baton.web.variable_filters import variable_filters
from baton.web.variable_routes import Holder
from baton.web.variable_routes import declare as declare_variables
from baton.web.variables import all_to_rest

GROUP = Group("Task", "Work for a person")

FILTERS = (
    *strings("taskId", "processInstanceId", "processInstanceBusinessKey", "processInstanceBusinessKeyLike"),
    *strings("processDefinitionId", "processDefinitionKey", "executionId", "assignee", "assigneeLike", "owner"),
    *strings("candidateGroup", "candidateUser", "involvedUser", "taskDefinitionKey", "taskDefinitionKeyLike"),
    *strings("name", "nameLike", "description", "descriptionLike"),
    Field("delegationState", choices=("PENDING", "RESOLVED")),
    *lists("taskIdIn", "processInstanceIdIn", "processInstanceBusinessKeyIn", "processDefinitionKeyIn"),
    *lists("activityInstanceIdIn", "assigneeIn", "taskDefinitionKeyIn", "candidateGroups", "tenantIdIn"),
    *booleans("assigned", "unassigned", "includeAssignedTasks", "active", "suspended", "withoutDueDate"),
    *booleans("withCandidateGroups", "withoutCandidateGroups", "withCandidateUsers", "withoutCandidateUsers"),
    *booleans("withoutTenantId", "variableNamesIgnoreCase", "variableValuesIgnoreCase"),
    *integers("priority", "minPriority", "maxPriority"),
    *dates("dueDate", "dueBefore", "dueAfter", "followUpDate", "followUpBefore", "followUpAfter"),
    *dates("createdOn", "createdBefore", "createdAfter"),
    Field("processVariables", "any", "name_operator_value, comma separated; a list of objects in a body"),
)
SORTS = {
    "instanceId": "instance_id",
    "dueDate": "due",
    "followUpDate": "follow_up",
    "executionId": "token",
    "assignee": "assignee",
    "created": "created_at",
    "description": "description",
    "id": "id",
    "name": "name",
    "nameCaseInsensitive": "name",
    "priority": "priority",
    "tenantId": "tenant_id",
}
USER = Shape("UserId", (Field("userId"),))
COMPLETE = Shape("CompleteTask", (Field("variables", "variables"), *booleans("withVariablesInReturn")))
BPMN_ERROR = Shape(
    "TaskBpmnError",
    (Field("errorCode", required=True), Field("errorMessage"), Field("variables", "variables")),
)
ESCALATION = Shape("TaskEscalation", (Field("escalationCode", required=True), Field("variables", "variables")))
LINK = Shape("IdentityLink", (*strings("userId", "groupId"), Field("type", required=True)))
UPDATE = Shape(
    "UpdateTask",
    (
        *strings("id", "name", "description", "assignee", "owner", "parentTaskId", "delegationState"),
        *integers("priority"),
        *dates("due", "followUp", "created", "lastUpdated"),
    ),
    open=True,
)


def _query(filters: Any, page: Page | None = None) -> UserTaskQuery:
    groups = together(filters, "candidateGroup", "candidateGroups")
    return UserTaskQuery(
        ids=together(filters, "taskId", "taskIdIn"),
        instance_ids=together(filters, "processInstanceId", "processInstanceIdIn"),
        execution_ids=together(filters, "executionId", "activityInstanceIdIn"),
        business_keys=together(filters, "processInstanceBusinessKey", "processInstanceBusinessKeyIn"),
        business_key_like=filters.get("processInstanceBusinessKeyLike"),
        definition_ids=together(filters, "processDefinitionId", ""),
        definition_keys=together(filters, "processDefinitionKey", "processDefinitionKeyIn"),
        elements=together(filters, "taskDefinitionKey", "taskDefinitionKeyIn"),
        element_like=filters.get("taskDefinitionKeyLike"),
        name=filters.get("name"),
        name_like=filters.get("nameLike"),
        description=filters.get("description"),
        description_like=filters.get("descriptionLike"),
        assignees=together(filters, "assignee", "assigneeIn"),
        assignee_like=filters.get("assigneeLike"),
        assigned=one_of(filters, "assigned", "unassigned"),
        owner=filters.get("owner"),
        candidate_user=filters.get("candidateUser"),
        candidate_groups=groups,
        include_assigned=flag(filters, "includeAssignedTasks"),
        has_candidate_groups=one_of(filters, "withCandidateGroups", "withoutCandidateGroups"),
        has_candidate_users=one_of(filters, "withCandidateUsers", "withoutCandidateUsers"),
        involved_user=filters.get("involvedUser"),
        delegation_state=filters.get("delegationState"),
        suspended=one_of(filters, "suspended", "active"),
        priority_min=filters.get("minPriority", filters.get("priority")),
        priority_max=filters.get("maxPriority", filters.get("priority")),
        without_due=flag(filters, "withoutDueDate"),
        due=filters.get("dueDate"),
        due_before=filters.get("dueBefore"),
        due_after=filters.get("dueAfter"),
        follow_up=filters.get("followUpDate"),
        follow_up_before=filters.get("followUpBefore"),
        follow_up_after=filters.get("followUpAfter"),
        created=filters.get("createdOn"),
        created_before=filters.get("createdBefore"),
        created_after=filters.get("createdAfter"),
        tenant_ids=filters.get("tenantIdIn"),
        without_tenant=flag(filters, "withoutTenantId"),
        variables=variable_filters(filters, "processVariables"),
        **paged(page),
    )


declare(
    GROUP,
    Listing(
        path="/task",
        what="user tasks",
        filters=FILTERS,
        sorts=SORTS,
        item=USER_TASK,
        fetch=lambda call, filters, page: [
            user_task_json(one) for one in call.engine.user_tasks.find(_query(filters, page))
        ],
        count=lambda call, filters: call.engine.user_tasks.count(_query(filters)),
    ),
)


@GROUP.get("/task/<id>", "One user task", answer=USER_TASK)
def get_task(call: Call, id: str) -> dict[str, Any]:
    return user_task_json(call.engine.user_tasks.get(id))


def change(call: Call, id: str, changes: dict[str, Any], claim: bool = False) -> None:
    """Change fields of a task. Raises NotFound when it is gone."""
    task = call.engine.user_tasks.get(id)
    command = ChangeUserTask(task_id=id, changes=changes, claim=claim, by=call.by)
    call.engine.mailbox.submit(task.instance_id, command, command_id=call.command_id)


@GROUP.put("/task/<id>", "Change a task's name, people, dates and priority", body=UPDATE)
def update(call: Call, id: str) -> None:
    body = call.body
    changes = {
        "name": body.get("name"),
        "description": body.get("description"),
        "assignee": body.get("assignee"),
        "owner": body.get("owner"),
        "delegation_state": body.get("delegationState"),
        "due": body.get("due"),
        "follow_up": body.get("followUp"),
    }
    if "priority" in body:
        changes["priority"] = body["priority"]
    change(call, id, changes)


@GROUP.post("/task/<id>/claim", "Claim a task; refused when another has it", body=USER)
def claim(call: Call, id: str) -> None:
    change(call, id, {"assignee": call.body.get("userId")}, claim=True)


@GROUP.post("/task/<id>/unclaim", "Give a task back to its candidates")
def unclaim(call: Call, id: str) -> None:
    change(call, id, {"assignee": None})


@GROUP.post("/task/<id>/assignee", "Give a task to someone; refused to nobody", body=USER)
def set_assignee(call: Call, id: str) -> None:
    change(call, id, {"assignee": call.body.get("userId")})


@GROUP.post("/task/<id>/delegate", "Let another do it; its owner gets it back", body=USER)
def delegate(call: Call, id: str) -> None:
    task = call.engine.user_tasks.get(id)
    user = call.body.get("userId")
    if not user:
        raise BadRequest("Expected a value for the field 'userId', but found none")
    change(call, id, {"owner": task.owner or task.assignee, "assignee": user, "delegation_state": "PENDING"})


@GROUP.post("/task/<id>/resolve", "Give a delegated task back to its owner", body=COMPLETE)
def resolve(call: Call, id: str) -> None:
    task = call.engine.user_tasks.get(id)
    if call.body.get("variables"):
        _set_variables(call, task, call.body["variables"])
    change(call, id, {"assignee": task.owner, "delegation_state": "RESOLVED"})


def _set_variables(call: Call, task: UserTask, values: dict[str, Any]) -> None:
    call.engine.mailbox.submit(task.instance_id, SetVariables(set=values, token=task.token))


def _complete(call: Call, id: str) -> dict[str, Any] | None:
    task = call.engine.user_tasks.get(id)
    if task.delegation_state == "PENDING":
        raise CannotComplete(f"A delegated task cannot be completed, but should be resolved instead: task '{id}'")
    wanted = call.body.get("withVariablesInReturn", False)
    before = dict(call.engine.instance_reader.get_visible_variables(task.instance_id, task.token)) if wanted else {}
    values = call.body.get("variables", {})
    command = CompleteUserTask(task_id=id, variables=values, by=call.by or task.assignee)
    call.engine.mailbox.submit(task.instance_id, command, command_id=call.command_id)
    return all_to_rest({**before, **values}) if wanted else None


@GROUP.post("/task/<id>/complete", "Complete a task", body=COMPLETE)
def complete(call: Call, id: str) -> dict[str, Any] | None:
    return _complete(call, id)


@GROUP.post("/task/<id>/submit-form", "Complete a task with the variables of its form", body=COMPLETE)
def submit_form(call: Call, id: str) -> dict[str, Any] | None:
    return _complete(call, id)


@GROUP.post("/task/<id>/bpmnError", "Report a modelled business error", body=BPMN_ERROR)
def bpmn_error(call: Call, id: str) -> None:
    task = call.engine.user_tasks.get(id)
    body = call.body
    command = ThrowTaskError(
        task_id=id,
        error_code=body["errorCode"],
        error_message=body.get("errorMessage"),
        variables=body.get("variables", {}),
    )
    call.engine.mailbox.submit(task.instance_id, command, command_id=call.command_id)


@GROUP.post("/task/<id>/bpmnEscalation", "Report a modelled escalation", body=ESCALATION)
def bpmn_escalation(call: Call, id: str) -> None:
    task = call.engine.user_tasks.get(id)
    command = ThrowTaskEscalation(
        task_id=id, escalation_code=call.body["escalationCode"], variables=call.body.get("variables", {})
    )
    call.engine.mailbox.submit(task.instance_id, command, command_id=call.command_id)


def _form(call: Call, task: UserTask) -> Form | None:
    node = node_of(call.engine, task.definition_id, task.element)
    return node.form if node else None


@GROUP.get("/task/<id>/form", "The key of a task's form", answer=FORM_KEY)
def get_form(call: Call, id: str) -> dict[str, Any]:
    task = call.engine.user_tasks.get(id)
    form = _form(call, task)
    if form is None:
        return {"key": task.form_key, "camundaFormRef": None, "contextPath": None}
    return {**form_json(form), "key": task.form_key or form_json(form)["key"]}


@GROUP.get("/task/<id>/form-fields", "A task's form fields, to draw it", answer=(FORM_FIELD,), ours=True)
def get_form_fields(call: Call, id: str) -> list[dict[str, Any]]:
    return fields_json(_form(call, call.engine.user_tasks.get(id)))


@GROUP.get("/task/<id>/deployed-form", "The deployed form of a task", answer="application/octet-stream")
def get_deployed_form(call: Call, id: str) -> Raw:
    task = call.engine.user_tasks.get(id)
    form = _form(call, task)
    if form is None:
        raise NotFound(f"Expected a form of task '{id}', but it has none")
    return deployed_form(call.engine, call.engine.definitions.get(task.definition_id), form)


@GROUP.get(
    "/task/<id>/form-variables",
    "The form's fields as variables, with what the task sees",
    query=(*lists("variableNames"), *booleans("deserializeValues")),
    answer=VARIABLES,
)
def get_form_variables(call: Call, id: str) -> dict[str, Any]:
    task = call.engine.user_tasks.get(id)
    names = call.query.get("variableNames")
    seen = call.engine.instance_reader.get_visible_variables(task.instance_id, task.token)
    chosen = {name: value for name, value in seen.items() if names is None or name in names}
    return {
        **variables_json(_form(call, task), names),
        **all_to_rest(chosen, call.query.get("deserializeValues", True)),
    }


@GROUP.get("/task/<id>/identity-links", "The people and groups of a task", query=strings("type"), answer=(LINK,))
def get_links(call: Call, id: str) -> list[dict[str, Any]]:
    task = call.engine.user_tasks.get(id)
    links = [{"userId": user, "groupId": None, "type": "candidate"} for user in task.candidate_users]
    links += [{"userId": None, "groupId": group, "type": "candidate"} for group in task.candidate_groups]
    for user, kind in ((task.assignee, "assignee"), (task.owner, "owner")):
        if user is not None:
            links.append({"userId": user, "groupId": None, "type": kind})
    only = call.query.get("type")
    return [link for link in links if only in (None, link["type"])]


@GROUP.post("/task/<id>/identity-links", "Add a person or group to a task", body=LINK)
def add_link(call: Call, id: str) -> None:
    _change_link(call, id, add=True)


@GROUP.post("/task/<id>/identity-links/delete", "Take a person or group from a task", body=LINK)
def delete_link(call: Call, id: str) -> None:
    _change_link(call, id, add=False)


def _change_link(call: Call, id: str, add: bool) -> None:
    task = call.engine.user_tasks.get(id)
    user, group, kind = call.body.get("userId"), call.body.get("groupId"), call.body["type"]
    if (user is None) == (group is None):
        raise BadRequest("Expected exactly one of userId and groupId")
    if kind in ("assignee", "owner"):
        if user is None:
            raise BadRequest(f"Expected a userId for a link of type '{kind}', but found a groupId")
        change(call, id, {kind: user if add else None})
    elif kind == "candidate" and user is not None:
        change(call, id, {"candidate_users": _with(task.candidate_users, user, add)})
    elif kind == "candidate":
        change(call, id, {"candidate_groups": _with(task.candidate_groups, group, add)})
    else:
        raise BadRequest(f"Expected one of assignee, owner, candidate for 'type', but found '{kind}'")


def _with(names: tuple[str, ...], name: str | None, add: bool) -> list[str]:
    rest = [one for one in names if one != name]
    return [*rest, name] if add and name is not None else rest


def _scope(call: Call, id: str) -> Scope:
    task = call.engine.user_tasks.get(id)
    return Scope(task.instance_id, task.token)


declare_variables(GROUP, Holder("/task/<id>/variables", "a task and its outer scopes", _scope, visible=True))
declare_variables(GROUP, Holder("/task/<id>/localVariables", "a task", _scope))
