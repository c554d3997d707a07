"""What the screens of Operaton (the ``webapps-neo`` frontend) ask of the API, with the queries they write."""

from __future__ import annotations

import io
import re

import pytest

from baton.web.resources import GROUPS
from baton.web.routes.document import describe
from tests.web import diagrams
from tests.web.conftest import Api
from tests.web.test_decisions import deploy as deploy_decision

FEWEST = 120
"""Operations that are served. Raise it with each that is added."""
PAGE = "firstResult=0&maxResults=20"
READS = f"""
/authorization?resourceType=6
/batch/statistics?sortBy=batchId&sortOrder=desc&{PAGE}
/batch/statistics?batchId={{batch}}
/decision-definition
/decision-definition?latestVersion=true&sortBy=name&sortOrder=asc
/decision-definition/{{decision}}
/decision-definition/{{decision}}/xml
/deployment?sortBy=deploymentTime&sortOrder=desc
/deployment/{{deployment}}
/deployment/{{deployment}}/resources
/deployment/{{deployment}}/resources/{{resource}}/data
/engine/default/telemetry/data
/external-task?processInstanceId={{instance}}
/external-task/{{external}}/errorDetails
/filter?resourceType=Task
/filter/{{filter}}
/group
/group?memberOfTenant={{tenant}}&firstResult=0&maxResults=50
/history/activity-instance?processInstanceId={{instance}}&sortBy=startTime&sortOrder=asc
/history/batch?sortBy=batchId&sortOrder=desc&{PAGE}
/history/batch/{{batch}}
/history/incident?processDefinitionId={{definition}}
/history/incident?processInstanceId={{instance}}
/history/process-instance?sortBy=startTime&sortOrder=asc&processDefinitionId={{definition}}&{PAGE}
/history/process-instance?sortBy=startTime&sortOrder=asc&unfinished=true&processDefinitionId={{definition}}&{PAGE}
/history/process-instance/{{instance}}
/history/task?processInstanceId={{instance}}
/history/user-operation?processInstanceId={{instance}}&sortBy=timestamp&sortOrder=desc
/history/variable-instance?processInstanceId={{instance}}&deserializeValues=false
/incident?processDefinitionId={{definition}}
/incident?processInstanceId={{instance}}
/job?processInstanceId={{instance}}
/job/{{job}}/stacktrace
/job-definition?processDefinitionId={{definition}}
/process-definition?deploymentId={{deployment}}&resourceName=timed.bpmn
/process-definition?latest=true&active=true&startableInTasklist=true&startablePermissionCheck=true&{PAGE}
/process-definition?processDefinitionIdIn={{definition}}
/process-definition/statistics
/process-definition/{{definition}}
/process-definition/{{definition}}/startForm
/process-definition/{{definition}}/static-called-process-definitions
/process-definition/{{definition}}/statistics
/process-definition/{{definition}}/statistics?incidents=true
/process-definition/{{definition}}/xml
/process-instance?processDefinitionId={{definition}}
/process-instance?superProcessInstance={{instance}}
/process-instance/{{instance}}
/process-instance/{{instance}}/activity-instances
/process-instance/{{instance}}/variables?deserializeValues=false
/task?processInstanceId={{instance}}
/task?sortBy=name&sortOrder=asc&{PAGE}
/task/{{task}}
/task/{{task}}/attachment
/task/{{task}}/comment
/task/{{task}}/form-variables
/task/{{task}}/identity-links
/tenant?firstResult=0&maxResults=50&sortBy=id&sortOrder=asc
/tenant?userMember={{user}}&maxResults=50&firstResult=0
/user?firstResult=0&maxResults=50
/user?memberOfGroup={{group}}&firstResult=0&maxResults=50
/user?memberOfTenant={{tenant}}&firstResult=0&maxResults=50
/user/{{user}}/profile
"""
OTHERS = """
GET /process-definition/{}/deployed-start-form
GET /process-definition/{}/rendered-form
GET /task/{}/attachment/{}/data
GET /task/{}/deployed-form
GET /task/{}/rendered-form
GET /history/decision-instance
GET /history/decision-instance/{}
POST /authorization/create
PUT, DELETE /authorization/{}
DELETE /batch/{}
PUT /batch/{}/suspended
POST /deployment/create
DELETE /deployment/{}
PUT /external-task/{}/retries
POST /external-task/{}/unlock
POST /filter/create
PUT, DELETE /filter/{}
POST /filter/{}/list
POST /group
POST /group/create
PUT, DELETE /group/{}
PUT, DELETE /group/{}/members/{}
PUT /history/user-operation/{}/clear-annotation
PUT /history/user-operation/{}/set-annotation
POST /identity/verify
PUT, DELETE /incident/{}/annotation
PUT /job-definition/{}/jobPriority
PUT /job-definition/{}/retries
PUT /job-definition/{}/suspended
POST /job/retries
PUT /job/{}/duedate
PUT /job/{}/retries
PUT /job/{}/suspended
POST /migration/execute
POST /migration/executeAsync
POST /migration/generate
POST /migration/validate
POST /modification/executeAsync
DELETE /process-definition/{}
POST /process-definition/{}/submit-form
PUT /process-definition/{}/suspended
POST /process-instance
POST /process-instance/count
DELETE /process-instance/{}
POST /process-instance/{}/modification
PUT /process-instance/{}/suspended
POST /process-instance/{}/variables
PUT, DELETE /process-instance/{}/variables/{}
PUT /task/{}
POST /task/{}/assignee
POST /task/{}/attachment/create
DELETE /task/{}/attachment/{}
POST /task/{}/claim
POST /task/{}/comment/create
POST /task/{}/complete
POST /task/{}/identity-links
POST /task/{}/identity-links/delete
POST /task/{}/submit-form
POST /task/{}/unclaim
POST /tenant/create
PUT, DELETE /tenant/{}
PUT, DELETE /tenant/{}/group-members/{}
PUT, DELETE /tenant/{}/user-members/{}
POST /user/create
DELETE /user/{}
PUT /user/{}/credentials
PUT /user/{}/profile
POST /user/{}/unlock
"""
TIMED = diagrams.process(
    "timed",
    '<bpmn:startEvent id="Start" camunda:formKey="start"/><bpmn:userTask id="Ask"/>'
    '<bpmn:boundaryEvent id="Late" attachedToRef="Ask">'
    "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    '</bpmn:boundaryEvent><bpmn:serviceTask id="Do" camunda:type="external" camunda:topic="do"/>'
    '<bpmn:parallelGateway id="Split"/>'
    + diagrams.flow(1, "Start", "Split")
    + diagrams.flow(2, "Split", "Ask")
    + diagrams.flow(3, "Split", "Do")
    + '<bpmn:endEvent id="End"/>'
    + diagrams.flow(4, "Ask", "End")
    + diagrams.flow(5, "Do", "End")
    + diagrams.flow(6, "Late", "End"),
)


def list_operations() -> set[str]:
    """Method and path of all, with ``{}`` for each id."""
    reads = {f"GET {re.sub('{[a-z]+}', '{}', line.partition('?')[0])}" for line in READS.split()}
    return reads | {
        f"{method} {path}"
        for methods, path in re.findall(r"^([A-Z, ]+) (\S+)$", OTHERS, re.MULTILINE)
        for method in methods.split(", ")
    }


def test_the_screens_of_operaton_find_most_of_what_they_ask_for() -> None:
    described = describe(GROUPS)["paths"].items()
    served = {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path.removeprefix('/engine-rest'))}"
        for path, item in described
        for method in item
    }
    asked = {operation.replace("/engine/default", "") for operation in list_operations()}
    assert asked - served == set()
    assert len(asked & served) >= FEWEST


@pytest.fixture
def ids(api: Api) -> dict[str, str]:
    """Of one thing of each kind."""
    data = {"timed.bpmn": (io.BytesIO(TIMED.encode()), "timed.bpmn")}
    deployed = api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    decision = next(iter(deploy_decision(api)["deployedDecisionDefinitions"]))
    instance = api.start("timed", "key", amount=3)
    api.post("/user/create", {"profile": {"id": "ann"}, "credentials": {"password": "correct horse battery"}}, 204)
    api.post("/group/create", {"id": "clerks"}, 204)
    api.post("/tenant/create", {"id": "acme"}, 204)
    activate = {"suspended": False, "processInstanceIds": [instance]}
    return {
        "batch": api.post("/process-instance/suspended-async", activate)["id"],
        "decision": decision,
        "definition": next(iter(deployed["deployedProcessDefinitions"])),
        "deployment": deployed["id"],
        "resource": api.get(f"/deployment/{deployed['id']}/resources")[0]["id"],
        "external": api.get("/external-task")[0]["id"],
        "filter": api.post("/filter/create", {"resourceType": "Task", "name": "all"})["id"],
        "instance": instance,
        "job": api.get("/job")[0]["id"],
        "task": api.get("/task")[0]["id"],
        "user": "ann",
        "group": "clerks",
        "tenant": "acme",
    }


def test_the_queries_that_the_screens_write_are_answered(api: Api, ids: dict[str, str]) -> None:
    refused: dict[str, str] = {}
    for line in READS.split():
        answer = api.client.get(f"/engine-rest{line.format(**ids)}")
        if answer.status_code not in (200, 204):
            refused[line] = answer.text
    assert not refused, "\n".join(f"{line}: {text}" for line, text in refused.items())
