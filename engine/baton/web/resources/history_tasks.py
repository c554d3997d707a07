"""``/history/task``: work for people, done or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from baton.model.errors import NotFound
from baton.model.times import Millis
from baton.model.values import Value
from baton.service import DefinitionQuery, HistoryProjection, InstanceQuery, RecordHistory, match_variables
from baton.web.answers.common import find_node
from baton.web.answers.history import HistoricTask
from baton.web.context import RequestContext
from baton.web.history.rows import (
    Row,
    RowListing,
    Test,
    choose_of_called,
    declare_rows,
    is_after,
    is_among,
    is_before,
    is_equal,
    is_like,
    needs,
)
from baton.web.models.history_tasks import HistoricTaskFilters, HistoricTaskQueryFilters
from baton.web.resources.history import GROUP, TENANT, make_base_row


def _tasks(context: RequestContext, rows: HistoryProjection) -> Iterable[Row]:
    if not rows.tasks:
        return
    of_process = _describe_process(context, rows)
    for task in rows.tasks.values():
        yield {**_task(context, rows, task), **of_process, "projection": rows, "record": task}


def _describe_process(context: RequestContext, rows: HistoryProjection) -> Row:
    """What filters ask of the process, and no answer shows; nothing of a task without one."""
    header = rows.header
    if header.is_standalone:
        return {"businessKey": None, "processDefinitionName": None, "processEnded": None}
    try:
        name = context.engine.definitions.get_definition(header.definition_id).name
    except NotFound:
        name = None
    return {"businessKey": header.business_key, "processDefinitionName": name, "processEnded": header.state.is_ended}


def _task(context: RequestContext, rows: HistoryProjection, task: RecordHistory) -> Row:
    base = make_base_row(rows, task.token, None)
    del base["activityId"]
    home = rows.counted.find_home(task.token) or rows.header.definition_id
    node = find_node(context.engine, home, task.element or "")
    ended = task.closed_at or rows.header.ended_at
    return {
        **base,
        "id": rows.show_task_id(task.id),
        "activityInstanceId": base["executionId"],
        "name": task.data.get("name") or (node.name if node else None),
        "description": task.data.get("description", node.documentation if node else None),
        "deleteReason": task.reason or ("deleted" if ended is not None else None),
        "owner": task.data.get("owner"),
        "assignee": task.data.get("assignee"),
        "startTime": task.opened_at,
        "endTime": ended,
        "duration": None if ended is None else ended - task.opened_at,
        "taskDefinitionKey": None if rows.header.is_standalone else task.element,
        "priority": task.data.get("priority", 50),
        "due": task.data.get("due"),
        "followUp": task.data.get("follow_up"),
        "parentTaskId": task.data.get("parent"),
        "taskState": _choose_state(task, ended),
        "caseDefinitionId": None,
        "caseDefinitionKey": None,
        "caseExecutionId": None,
        "caseInstanceId": None,
    }


def _choose_state(task: RecordHistory, ended: Millis | None) -> str:
    if ended is not None:
        return "Completed" if task.reason == "completed" else "Deleted"
    return "Updated" if task.changed else "Created"


def _narrow(context: RequestContext, filters: HistoricTaskFilters, query: InstanceQuery) -> InstanceQuery:
    """A name means the keys of those versions that have it: many versions of one key are found by what is narrow."""
    if filters.processDefinitionName is None:
        return query
    named = context.engine.definitions.find(DefinitionQuery(name=filters.processDefinitionName))
    keys = {definition.key for definition in named}
    if query.definition_keys is not None:
        keys &= set(query.definition_keys)
    return replace(query, definition_keys=tuple(sorted(keys)))


def _fits_variables(filters: HistoricTaskFilters, row: Row) -> bool:
    """Values as they are, or were at the end of the task or of its instance."""
    rows, task = row["projection"], row["record"]
    of_process, of_task = filters.list_process_variables(), filters.list_task_variables()
    if of_process and (row["processInstanceId"] is None or not match_variables(_list_values(rows, 0), of_process)):
        return False
    return not of_task or match_variables(_list_values(rows, task.token), of_task)


def _list_values(rows: HistoryProjection, scope: int) -> dict[str, Value]:
    return {item.name: item.value for item in rows.variables if item.scope == scope and not item.deleted}


def _is_of_instance(row: Row, id: str) -> bool:
    """Also one of a called process."""
    return row["processInstanceId"] == id or any(choose_of_called((row,), row["projection"], {id}))


def _had(*links: str) -> Test:
    """Whether somebody, or a group, ever was one of these to the task."""
    return lambda row, name: any((link, name) in row["record"].people for link in links)


def _had_groups(wanted: bool) -> Callable[[Row], bool]:
    return lambda row: any(link == "candidate_groups" for link, _ in row["record"].people) is wanted


declare_rows(
    GROUP,
    RowListing(
        path="/history/task",
        what="user tasks, done ones included",
        filters=HistoricTaskFilters,
        body=HistoricTaskQueryFilters,
        narrow=_narrow,
        keep=_fits_variables,
        tests={
            **TENANT,
            "processInstanceId": _is_of_instance,
            "rootProcessInstanceId": is_equal("rootProcessInstanceId"),
            "processDefinitionId": is_equal("processDefinitionId"),
            "processDefinitionKey": is_equal("processDefinitionKey"),
            "processDefinitionName": is_equal("processDefinitionName"),
            "processInstanceBusinessKey": is_equal("businessKey"),
            "processInstanceBusinessKeyIn": is_among("businessKey"),
            "processInstanceBusinessKeyLike": is_like("businessKey"),
            "processFinished": needs(lambda row: row["processEnded"] is True),
            "processUnfinished": needs(lambda row: row["processEnded"] is False),
            "taskId": is_equal("id"),
            "taskParentTaskId": is_equal("parentTaskId"),
            "executionId": is_equal("executionId"),
            "taskName": is_equal("name"),
            "taskNameLike": is_like("name"),
            "taskDescription": is_equal("description"),
            "taskDescriptionLike": is_like("description"),
            "taskDefinitionKey": is_equal("taskDefinitionKey"),
            "taskDefinitionKeyIn": is_among("taskDefinitionKey"),
            "taskDeleteReason": is_equal("deleteReason"),
            "taskDeleteReasonLike": is_like("deleteReason"),
            "taskAssignee": is_equal("assignee"),
            "taskAssigneeLike": is_like("assignee"),
            "taskOwner": is_equal("owner"),
            "taskOwnerLike": is_like("owner"),
            "taskPriority": is_equal("priority"),
            "taskInvolvedUser": _had("assignee", "owner", "candidate_users"),
            "taskInvolvedGroup": _had("candidate_groups"),
            "taskHadCandidateUser": _had("candidate_users"),
            "taskHadCandidateGroup": _had("candidate_groups"),
            "withCandidateGroups": needs(_had_groups(True)),
            "withoutCandidateGroups": needs(_had_groups(False)),
            "activityInstanceIdIn": is_among("activityInstanceId"),
            "assigned": needs(lambda row: row["assignee"] is not None),
            "unassigned": needs(lambda row: row["assignee"] is None),
            "finished": needs(lambda row: row["endTime"] is not None),
            "unfinished": needs(lambda row: row["endTime"] is None),
            "withoutTaskDueDate": needs(lambda row: row["due"] is None),
            "taskDueDate": is_equal("due"),
            "taskDueDateBefore": is_before("due"),
            "taskDueDateAfter": is_after("due"),
            "taskFollowUpDate": is_equal("followUp"),
            "taskFollowUpDateBefore": is_before("followUp"),
            "taskFollowUpDateAfter": is_after("followUp"),
            "startedBefore": is_before("startTime"),
            "startedAfter": is_after("startTime"),
            "finishedBefore": is_before("endTime"),
            "finishedAfter": is_after("endTime"),
        },
        sorts={
            "taskId": "id",
            "activityInstanceId": "activityInstanceId",
            "processDefinitionId": "processDefinitionId",
            "processInstanceId": "processInstanceId",
            "executionId": "executionId",
            "duration": "duration",
            "endTime": "endTime",
            "startTime": "startTime",
            "taskName": "name",
            "taskDescription": "description",
            "assignee": "assignee",
            "owner": "owner",
            "dueDate": "due",
            "followUpDate": "followUp",
            "deleteReason": "deleteReason",
            "taskDefinitionKey": "taskDefinitionKey",
            "priority": "priority",
            "tenantId": "tenantId",
        },
        answer=HistoricTask,
        make=_tasks,
        of_tasks=True,
        dates=("startTime", "endTime", "due", "followUp"),
    ),
)
