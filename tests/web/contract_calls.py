"""A valid request of every operation of Camunda 7 that changes something, or has a name in its path, by resource."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from tests.web import diagrams
from tests.web.conftest import Api
from tests.web.tenants import DECISION

Call = Callable[..., Any]
"""``call("POST", "/task/{}/claim", task_id, json=…)``: asks, compares with what is published, returns the answer."""
TENANT = "acme"
BOUNDARY = (
    '<bpmn:boundaryEvent id="Late" attachedToRef="Ask"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H'
    '</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:boundaryEvent id="Failed" '
    'attachedToRef="Ask"><bpmn:errorEventDefinition/></bpmn:boundaryEvent><bpmn:boundaryEvent id="Escalated" '
    'attachedToRef="Ask"><bpmn:escalationEventDefinition/></bpmn:boundaryEvent>'
)
MESSAGE = '<bpmn:message id="M" name="Paid"/><bpmn:signal id="G" name="Go"/>'
WIDE = diagrams.process(
    "wide",
    '<bpmn:startEvent id="Start" camunda:formKey="start"><bpmn:extensionElements/></bpmn:startEvent>'
    '<bpmn:parallelGateway id="Split"/><bpmn:userTask id="Ask"/>' + BOUNDARY + '<bpmn:serviceTask id="Do" '
    'camunda:type="external" camunda:topic="wide"/><bpmn:receiveTask id="Receive" messageRef="M"/>'
    '<bpmn:receiveTask id="Trigger"/><bpmn:endEvent id="End"/>'
    + "".join(
        diagrams.flow(number, *ends)
        for number, ends in enumerate(
            [("Start", "Split"), *(("Split", name) for name in ("Ask", "Do", "Receive", "Trigger"))]
            + [(name, "End") for name in ("Ask", "Late", "Failed", "Escalated", "Do", "Receive", "Trigger")]
        )
    ),
    extra=MESSAGE,
)
CONDITION = diagrams.process(
    "conditional",
    '<bpmn:startEvent id="Start"><bpmn:conditionalEventDefinition><bpmn:condition>${go == true}</bpmn:condition>'
    '</bpmn:conditionalEventDefinition></bpmn:startEvent><bpmn:userTask id="Ask"/>' + diagrams.flow(1, "Start", "Ask"),
)


def deploy(call: Call, tenant: str | None = None, text: str = WIDE) -> dict[str, Any]:
    parts: dict[str, Any] = {"deployment-name": "contract", **({"tenant-id": tenant} if tenant else {})}
    for name, content in (("wide.bpmn", text.encode()), ("c.bpmn", CONDITION.encode()), ("d.dmn", DECISION.encode())):
        parts[name] = (io.BytesIO(content), name)
    return call("POST", "/deployment/create", data=parts, content_type="multipart/form-data")


def start(call: Call, **more: Any) -> str:
    body = {"variables": {"amount": {"value": 3, "type": "Integer"}}, "businessKey": "k", **more}
    return call("POST", "/process-definition/key/{}/start", "wide", json=body)["id"]


def find(api: Api, path: str, instance: str, **more: Any) -> str:
    return api.get(path, processInstanceId=instance, **more)[0]["id"]


def call_lists(call: Call) -> None:
    """What lists and counts by a body."""
    twins = ("execution", "external-task", "group", "history/activity-instance", "history/external-task-log")
    twins += ("history/job-log", "history/process-instance", "history/task", "history/variable-instance", "job")
    for path in (*twins, "job-definition", "process-instance", "task", "variable-instance"):
        call("POST", f"/{path}", json={})
        call("POST", f"/{path}/count", json={})
    call("POST", "/history/detail", json={})
    call("POST", "/schema/log", json={})


def call_definitions(call: Call, api: Api) -> None:
    """``/process-definition``, by id, key and tenant."""
    deployed = deploy(call)
    deploy(call, TENANT)
    definition = next(id for id in deployed["deployedProcessDefinitions"] if id.startswith("wide"))
    places = (
        ("/{}", (definition,)),
        ("/key/{}", ("wide",)),
        ("/key/{}/tenant-id/{}", ("wide", TENANT)),
    )
    for place, ids in places:
        at = f"/process-definition{place}"
        for name in ("", "/diagram", "/form-variables", "/startForm", "/statistics", "/xml"):
            call("GET", at + name, *ids)
        call("GET", f"{at}/deployed-start-form", *ids, expect=404)
        call("GET", f"{at}/rendered-form", *ids, expect=400)
        call("POST", f"{at}/start", *ids, json={})
        call("POST", f"{at}/submit-form", *ids, json={"variables": {}})
        call("PUT", f"{at}/suspended", *ids, json={"suspended": False})
        call("PUT", f"{at}/history-time-to-live", *ids, json={"historyTimeToLive": 5})
    call("PUT", "/process-definition/suspended", json={"processDefinitionKey": "wide", "suspended": False})
    ended = start(call)
    api.delete(f"/process-instance/{ended}", 204)
    restart = {"processInstanceIds": [ended], "instructions": [{"type": "startBeforeActivity", "activityId": "Ask"}]}
    call("POST", "/process-definition/{}/restart", definition, json=restart)
    call("POST", "/process-definition/{}/restart-async", definition, json=restart)
    first = deployed["id"]
    call("POST", "/deployment/{}/redeploy", first, json={"resourceNames": ["wide.bpmn"]})
    resource = call("GET", "/deployment/{}/resources", first)[0]["id"]
    call("GET", "/deployment/{}/resources/{}", first, resource)
    call("GET", "/deployment/{}/resources/{}/data", first, resource)


def call_decisions(call: Call, api: Api) -> None:
    """``/decision-definition`` and ``/decision-requirements-definition``, by id, key and tenant."""
    for kind in ("decision-definition", "decision-requirements-definition"):
        found = api.get(f"/{kind}")[0]
        for place, ids in (
            ("/{}", (found["id"],)),
            ("/key/{}", (found["key"],)),
            ("/key/{}/tenant-id/{}", (found["key"], TENANT)),
        ):
            for name in ("", "/xml", "/diagram"):
                call("GET", f"/{kind}{place}{name}", *ids)
            if kind == "decision-definition":
                call("PUT", f"/{kind}{place}/history-time-to-live", *ids, json={"historyTimeToLive": 5})
                call("POST", f"/{kind}{place}/evaluate", *ids, json={"variables": {}})
    call_decision_instances(call, api)


def call_decision_instances(call: Call, api: Api) -> None:
    """``/history/decision-instance`` and what counts them."""
    shown = {"includeInputs": "true", "includeOutputs": "true"}
    found = call("GET", "/history/decision-instance", query_string=shown)
    call("GET", "/history/decision-instance/{}", found[0]["id"], query_string=shown)
    file = api.get("/decision-requirements-definition")[0]["id"]
    call("GET", "/history/decision-requirements-definition/{}/statistics", file)
    never = {"clearedRemovalTime": True}
    path = "/history/decision-instance/set-removal-time"
    call("POST", path, json={"historicDecisionInstanceIds": [found[0]["id"]], **never})
    call("POST", "/history/decision-instance/delete", json={"historicDecisionInstanceIds": [found[0]["id"]]})


def call_variables(call: Call, api: Api) -> None:
    """Variables of every holder: one by one, many at once, files."""
    instance = start(call)
    task = find(api, "/task", instance)
    execution = api.get(f"/task/{task}")["executionId"]
    for holder, id in (
        ("/process-instance/{}/variables", instance),
        ("/task/{}/variables", task),
        ("/task/{}/localVariables", task),
        ("/execution/{}/localVariables", execution),
    ):
        call("PUT", f"{holder}/{{}}", id, "one", json={"value": "a", "type": "String"})
        call("GET", f"{holder}/{{}}", id, "one")
        call("POST", holder, id, json={"modifications": {"two": {"value": 2}}, "deletions": ["one"]})
        call("DELETE", f"{holder}/{{}}", id, "two")
        parts = {"data": (io.BytesIO(b"content"), "a.txt"), "valueType": "File"}
        call("POST", f"{holder}/{{}}/data", id, "file", data=parts, content_type="multipart/form-data")
        call("GET", f"{holder}/{{}}/data", id, "file")
    call("GET", "/variable-instance/{}/data", find(api, "/variable-instance", "", variableName="file"))
    files = api.get("/history/variable-instance", variableName="file")
    call("GET", "/history/variable-instance/{}/data", files[0]["id"])
    details = api.get("/history/detail", variableUpdates="true", processInstanceId=instance)
    file = next(detail for detail in details if detail["variableName"] == "file")
    call("GET", "/history/detail/{}/data", file["id"])


def call_tasks(call: Call, api: Api) -> None:
    """``/task`` and what is kept beside it."""
    task = find(api, "/task", start(call))
    user = {"userId": "ann"}
    call("PUT", "/task/{}", task, json={"name": "Look", "priority": 3})
    call("POST", "/task/{}/claim", task, json=user)
    call("POST", "/task/{}/unclaim", task)
    call("POST", "/task/{}/assignee", task, json=user)
    call("POST", "/task/{}/delegate", task, json={"userId": "bob"})
    call("POST", "/task/{}/resolve", task, json={})
    link = {"groupId": "clerks", "type": "candidate"}
    call("POST", "/task/{}/identity-links", task, json=link)
    call("POST", "/task/{}/identity-links/delete", task, json=link)
    instance = api.get(f"/task/{task}")["processInstanceId"]
    by_task, by_instance = ("/task/{}", task), ("/process-instance/{}", instance)
    for path, id in (by_task, by_instance):
        comment = call("POST", "/task/{}/comment/create", task, json={"message": "m"})["id"]
        call("GET", "/task/{}/comment/{}", task, comment)
        call("PUT", f"{path}/comment", id, json={"id": comment, "message": "n"})
        call("DELETE", f"{path}/comment/{{}}", id, comment)
        call("DELETE", f"{path}/comment", id)
    parts = {"attachment-name": "n", "content": (io.BytesIO(b"a"), "a.txt")}
    made = call("POST", "/task/{}/attachment/create", task, data=parts, content_type="multipart/form-data")["id"]
    for path in ("/task/{}/attachment/{}", "/task/{}/attachment/{}/data"):
        call("GET", path, task, made)
    call("DELETE", "/task/{}/attachment/{}", task, made)
    call("POST", "/task/{}/complete", task, json={"withVariablesInReturn": True})
    call("POST", "/task/{}/submit-form", find(api, "/task", start(call)), json={"withVariablesInReturn": True})
    call("POST", "/task/{}/bpmnError", find(api, "/task", start(call)), json={"errorCode": "e"})
    call("POST", "/task/{}/bpmnEscalation", find(api, "/task", start(call)), json={"escalationCode": "e"})
    call("POST", "/task/create", json={"id": "by-hand", "name": "Look", "priority": 3})
    call("DELETE", "/task/{}", "by-hand")
    call("DELETE", "/task/{}", "by-hand", expect=400)
    call("DELETE", "/task/{}", find(api, "/task", start(call)), expect=500)
    saved = call("POST", "/filter/create", json={"resourceType": "Task", "name": "none", "query": {"name": "none"}})
    call("PUT", "/filter/{}", saved["id"], json=saved)
    for name in ("list", "count", "singleResult"):
        call("POST", f"/filter/{{}}/{name}", saved["id"], json={})
    call("DELETE", "/filter/{}", saved["id"])


def call_external_tasks(call: Call, api: Api) -> None:
    """``/external-task``: locked, reported on, changed."""
    held = {"workerId": "w", "lockDuration": 60_000}
    many = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "wide", "lockDuration": 1_000}]}
    call("POST", "/external-task/fetchAndLock", json=many)
    ids = [find(api, "/external-task", start(call)) for _ in range(3)]
    for id in ids:
        call("POST", "/external-task/{}/lock", id, json=held)
    first, second, third = ids
    call("POST", "/external-task/{}/extendLock", first, json={"workerId": "w", "newDuration": 60_000})
    call("POST", "/external-task/{}/complete", first, json={"workerId": "w"})
    call("POST", "/external-task/{}/bpmnError", second, json={"workerId": "w", "errorCode": "none"})
    failure = {"workerId": "w", "errorMessage": "no", "retries": 1, "retryTimeout": 0}
    call("POST", "/external-task/{}/failure", third, json=failure)
    call("PUT", "/external-task/{}/retries", third, json={"retries": 2})
    call("PUT", "/external-task/{}/priority", third, json={"priority": 2})
    call("POST", "/external-task/{}/unlock", third)
    call("PUT", "/external-task/retries", json={"retries": 3, "externalTaskIds": [third]})
    call("POST", "/external-task/retries-async", json={"retries": 3, "externalTaskIds": [third]})


def call_jobs_and_incidents(call: Call, api: Api) -> None:
    """``/job``, ``/job-definition``, ``/incident``."""
    instance = start(call)
    job = find(api, "/job", instance)
    definition = api.get("/job-definition")[0]["id"]
    all_of = {"suspended": False, "includeJobs": True}
    call("PUT", "/job-definition/{}/suspended", definition, json=all_of)
    call("PUT", "/job-definition/suspended", json={**all_of, "processDefinitionKey": "wide"})
    call("PUT", "/job-definition/{}/retries", definition, json={"retries": 2})
    call("PUT", "/job-definition/{}/jobPriority", definition, json={"priority": 2, "includeJobs": True})
    call("PUT", "/job/{}/duedate", job, json={"duedate": "2126-01-01T00:00:00.000+0000"})
    call("PUT", "/job/{}/priority", job, json={"priority": 2})
    call("PUT", "/job/{}/suspended", job, json={"suspended": False})
    call("PUT", "/job/suspended", json={"processInstanceId": instance, "suspended": False})
    call("POST", "/job/retries", json={"retries": 1, "jobIds": [job]})
    call("POST", "/process-instance/job-retries", json={"retries": 1, "processInstances": [instance]})
    by_query = {"retries": 1, "historicProcessInstanceQuery": {"processInstanceId": instance}}
    call("POST", "/process-instance/job-retries-historic-query-based", json=by_query)
    call("PUT", "/job/{}/retries", job, json={"retries": 0})
    incident = find(api, "/incident", instance)
    call("GET", "/incident/{}", incident)
    call("PUT", "/incident/{}/annotation", incident, json={"annotation": "a"})
    call("DELETE", "/incident/{}/annotation", incident)
    call("POST", "/job/{}/duedate/recalculate", find(api, "/job", start(call)))
    call("DELETE", "/job/{}", find(api, "/job", start(call)))
    execution = api.get("/task", processInstanceId=instance)[0]["executionId"]
    call("POST", "/execution/{}/create-incident", execution, json={"incidentType": "complaint"})
    call("POST", "/job/{}/execute", find(api, "/job", start(call)))


def call_removal(call: Call, instance: str, batch: str) -> None:
    """When history is removed, and what is taken out of it."""
    never = {"clearedRemovalTime": True}
    chosen = {"historicProcessInstanceIds": [instance]}
    call("POST", "/history/process-instance/set-removal-time", json={**chosen, **never})
    call("POST", "/history/batch/set-removal-time", json={"historicBatchIds": [batch], **never})
    call("POST", "/history/cleanup")
    call("DELETE", "/history/variable-instance/{}", f"{instance}:amount")
    call("DELETE", "/history/process-instance/{}/variable-instances", instance)
    for name, body in (("set-annotation", {"annotation": "a"}), ("clear-annotation", {})):
        call("PUT", f"/history/user-operation/{{}}/{name}", "none", json=body, expect=400)


def call_events(call: Call, api: Api) -> None:
    """Messages, signals, conditions, triggers."""
    instance = start(call)
    waits = api.get("/event-subscription", processInstanceId=instance, eventType="message")[0]["executionId"]
    call("GET", "/execution/{}/messageSubscriptions/{}", waits, "Paid")
    call("POST", "/execution/{}/messageSubscriptions/{}/trigger", waits, "Paid", json={})
    entered = api.get("/history/activity-instance", processInstanceId=instance, activityId="Trigger")[0]["executionId"]
    call("POST", "/execution/{}/signal", entered, json={})
    paid = {"messageName": "Paid", "processInstanceId": start(call), "resultEnabled": True}
    call("POST", "/message", json=paid)
    call("POST", "/signal", json={"name": "Go"})
    call("POST", "/condition", json={"variables": {"go": {"value": True}}})
    body = {"messageName": "Paid", "processInstanceIds": [start(call)]}
    call("POST", "/process-instance/message-async", json=body)


def call_many_instances(call: Call, api: Api) -> None:
    """What is done with instances, one or many, and batches."""
    instance = start(call)
    definition = api.get(f"/process-instance/{instance}")["definitionId"]
    step = {"type": "startBeforeActivity", "activityId": "Ask"}
    chosen: dict[str, Any] = {"processInstanceIds": [instance]}
    call("POST", "/process-instance/{}/modification", instance, json={"instructions": [step]})
    call("POST", "/process-instance/{}/modification-async", instance, json={"instructions": [step]})
    changes = {**chosen, "processDefinitionId": definition, "instructions": [step]}
    call("POST", "/modification/execute", json=changes)
    call("POST", "/modification/executeAsync", json=changes)
    call("PUT", "/process-instance/{}/suspended", instance, json={"suspended": False})
    call("PUT", "/process-instance/suspended", json={**chosen, "suspended": False})
    batch = call("POST", "/process-instance/suspended-async", json={**chosen, "suspended": False})["id"]
    call("GET", "/batch/{}", batch)
    call("GET", "/history/batch/{}", batch)
    call("PUT", "/batch/{}/suspended", batch, json={"suspended": True})
    call("DELETE", "/batch/{}", batch)
    call("POST", "/process-instance/variables-async", json={**chosen, "variables": {"n": {"value": 1}}})
    later = deploy(call, text=WIDE.replace('name="A process"', 'name="Another"'))["deployedProcessDefinitions"]
    target = next(id for id in later if id.startswith("wide"))
    ends = {"sourceProcessDefinitionId": definition, "targetProcessDefinitionId": target}
    plan = call("POST", "/migration/generate", json=ends)
    call("POST", "/migration/validate", json=plan)
    call("POST", "/migration/execute", json={"migrationPlan": plan, **chosen})
    call("POST", "/migration/executeAsync", json={"migrationPlan": plan, **chosen})
    api.run_batches()
    call_removal(call, start(call), batch)
    call("POST", "/process-instance/delete", json={"processInstanceIds": [start(call)]})
    by_query = {"historicProcessInstanceQuery": {"processInstanceId": start(call)}}
    call("POST", "/process-instance/delete-historic-query-based", json=by_query)
    call("DELETE", "/process-instance/{}", instance)
    call("DELETE", "/history/process-instance/{}", instance)
    ended = start(call)
    api.delete(f"/process-instance/{ended}", 204)
    done = call("POST", "/history/process-instance/delete", json={"historicProcessInstanceIds": [ended]})["id"]
    api.run_batches()
    call("DELETE", "/history/batch/{}", done)


def call_people(call: Call) -> None:
    """Users, groups, tenants, authorizations."""
    password = "correct horse battery"
    call("POST", "/user/create", json={"profile": {"id": "eve"}, "credentials": {"password": password}})
    call("PUT", "/user/{}/profile", "eve", json={"id": "eve", "firstName": "Eve"})
    call("GET", "/user/{}/profile", "eve")
    call("PUT", "/user/{}/credentials", "eve", json={"password": password})
    call("POST", "/identity/verify", json={"username": "eve", "password": password})
    call("POST", "/identity/password-policy", json={"password": password})
    call("POST", "/group/create", json={"id": "night", "name": "Night", "type": "x"})
    call("GET", "/group/{}", "night")
    call("PUT", "/group/{}", "night", json={"id": "night", "name": "N", "type": "x"})
    call("POST", "/tenant/create", json={"id": "globex", "name": "G"})
    call("GET", "/tenant/{}", "globex")
    call("PUT", "/tenant/{}", "globex", json={"id": "globex", "name": "H"})
    for path, ids in (
        ("/group/{}/members/{}", ("night", "eve")),
        ("/tenant/{}/user-members/{}", ("globex", "eve")),
        ("/tenant/{}/group-members/{}", ("globex", "night")),
    ):
        call("PUT", path, *ids)
        call("DELETE", path, *ids)
    allowed = {"type": 1, "permissions": ["READ"], "userId": "eve", "resourceType": 7, "resourceId": "*"}
    made = call("POST", "/authorization/create", json=allowed)
    call("GET", "/authorization/{}", made["id"])
    call("PUT", "/authorization/{}", made["id"], json=allowed)
    call("DELETE", "/authorization/{}", made["id"])
    call("POST", "/user/{}/unlock", "eve")
    for path, id in (("/user/{}", "eve"), ("/group/{}", "night"), ("/tenant/{}", "globex")):
        call("DELETE", path, id)


def call_rest(call: Call) -> None:
    """Metrics, telemetry; and at last what removes definitions."""
    call("GET", "/metrics/{}/sum", "root-process-instance-start")
    call("DELETE", "/metrics/task-worker")
    call("POST", "/telemetry/configuration", json={"enableTelemetry": False})
    everything = {"cascade": "true"}
    call("DELETE", "/process-definition/key/{}/tenant-id/{}", "conditional", TENANT, query_string=everything)
    last = deploy(call)
    definition = next(id for id in last["deployedProcessDefinitions"] if id.startswith("wide"))
    call("DELETE", "/process-definition/{}", definition, query_string=everything)
    call("DELETE", "/process-definition/key/{}", "conditional", query_string=everything)
    call("DELETE", "/deployment/{}", last["id"], query_string=everything)
