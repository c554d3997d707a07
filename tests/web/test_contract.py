"""Live answers against the OpenAPI description that Camunda 7 publishes: on Maven Central, a jar with one JSON file."""

from __future__ import annotations

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from baton.web.resources import GROUPS
from baton.web.routes.document import describe
from tests.programs import require_program
from tests.web import contract_calls, diagrams
from tests.web.conftest import Api

ARTIFACT = "org.camunda.bpm:camunda-engine-rest-openapi:7.23.0"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
FEWEST = 386
"""Operations of the 386 that are served. Raise it with each that is added."""
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}
HTTP = ("get", "post", "put", "delete")
DIAGRAM = diagrams.process(
    "contract",
    '<bpmn:startEvent id="Start"/>'
    '<bpmn:userTask id="Ask" camunda:assignee="ann" camunda:candidateGroups="clerks"><bpmn:extensionElements>'
    '<camunda:formData><camunda:formField id="amount" label="Amount" type="long" defaultValue="3"/></camunda:formData>'
    '</bpmn:extensionElements></bpmn:userTask><bpmn:boundaryEvent id="Late" attachedToRef="Ask">'
    "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>"
    '</bpmn:boundaryEvent><bpmn:serviceTask id="Do" camunda:type="external" camunda:topic="contract"/>'
    '<bpmn:endEvent id="End"/>'
    + diagrams.flow(1, "Start", "Ask")
    + diagrams.flow(2, "Ask", "Do")
    + diagrams.flow(3, "Do", "End")
    + diagrams.flow(4, "Late", "End"),
)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The description, from Maven's own cache where it has it."""
    folder = tmp_path_factory.mktemp("openapi")
    command = [require_program("mvn"), "-B", "-q", PLUGIN, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    subprocess.run(command, cwd=folder, check=True, timeout=300)
    with zipfile.ZipFile(next(folder.glob("*.jar"))) as jar:
        return json.loads(jar.read("openapi.json"))


def normalize(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path.removeprefix("/engine-rest"))


def list_served(published: dict[str, Any]) -> list[tuple[str, str]]:
    """Method and path, as published, of the operations that both have."""
    served = {(method, normalize(path)) for path, item in describe(GROUPS)["paths"].items() for method in item}
    return [
        (method, path)
        for path, item in published["paths"].items()
        for method in item
        if method in HTTP and (method, normalize(path)) in served
    ]


pytestmark = pytest.mark.slow


def test_most_operations_of_camunda_7_are_served(published: dict[str, Any]) -> None:
    assert len(list_served(published)) >= FEWEST


def test_answers_of_what_only_asks_have_the_published_fields_and_types(published: dict[str, Any], api: Api) -> None:
    ids = fill(api)
    wrong: list[str] = []
    asked = 0
    for method, path in list_served(published):
        named = fill_path(path, ids) if method == "get" else None
        if named is None:
            continue
        query = NEEDED.get(path, {})
        response = api.client.get(f"/engine-rest{named}", query_string=query)
        asked += 1
        if response.status_code not in (200, 204, 404) and path not in REFUSED:
            wrong.append(f"{path}: {response.status_code} {response.text[:100]}")
        elif response.status_code == 200 and response.mimetype == "application/json":
            schema = find_schema(published, path)
            wrong += [f"{path}: {found}" for found in compare(published, schema, response.json, "")]
    assert asked > 110
    assert wrong == []


def test_every_other_operation_answers_as_published_too(published: dict[str, Any], api: Api) -> None:
    served = {(method, normalize(path)): path for method, path in list_served(published)}
    wrong: list[str] = []
    asked = set[tuple[str, str]]()

    def call(method: str, path: str, *ids: str, expect: int = 0, **more: Any) -> Any:
        operation = (method.lower(), path)
        named = served[operation]
        response = api.client.open(f"/engine-rest{path.format(*ids)}", method=method, **more)
        asked.add(operation)
        allowed = [int(code) for code in published["paths"][named][method.lower()]["responses"]]
        if response.status_code not in allowed or (response.status_code >= 400 and response.status_code != expect):
            wrong.append(f"{method} {path}: {response.status_code} {response.text[:200]}")
        elif response.status_code == 200 and response.mimetype == "application/json":
            schema = find_schema(published, named, method.lower())
            wrong.extend(f"{method} {path}: {found}" for found in compare(published, schema, response.json, ""))
        return response.json if response.mimetype == "application/json" else None

    contract_calls.call_definitions(call, api)
    contract_calls.call_decisions(call, api)
    contract_calls.call_variables(call, api)
    contract_calls.call_tasks(call, api)
    contract_calls.call_external_tasks(call, api)
    contract_calls.call_jobs_and_incidents(call, api)
    contract_calls.call_events(call, api)
    contract_calls.call_many_instances(call, api)
    contract_calls.call_lists(call)
    contract_calls.call_people(call)
    contract_calls.call_rest(call)

    assert not wrong, "\n".join(wrong)
    known = dict.fromkeys(RESOURCES, "x")
    plain = {(method, normalize(path)) for method, path in list_served(published) if fill_path(path, known)}
    both = asked | {operation for operation in plain if operation[0] == "get"}
    left = sorted(operation for operation in served if operation not in both)
    assert len(left) <= len(served) * 0.02, left


NEEDED = {
    "/history/process-instance/report": {"reportType": "duration", "periodUnit": "month"},
    "/history/task/report": {"reportType": "count"},
    "/authorization/check": {"permissionName": "READ", "resourceName": "task", "resourceType": 7},
}


REFUSED = (
    "/process-definition/{id}/rendered-form",
    "/process-definition/{id}/startForm",
    "/task/{id}/deployed-form",
)
"""What the process does not have is answered with 400, as there."""


RESOURCES = (
    *("deployment", "process-definition", "process-instance", "task", "job", "job-definition", "external-task"),
    *("execution", "filter", "variable-instance", "history/detail", "history/process-instance"),
    *("history/process-definition", "history/variable-instance", "history/external-task-log", "history/job-log"),
    "history/activity-instance",
)
"""Those whose ids ``fill`` gives."""


def fill(api: Api) -> dict[str, str]:
    """Deploy and start, so that most lists have something in them; ids by the resource that has them."""
    data = {"contract.bpmn": (io.BytesIO(DIAGRAM.encode()), "contract.bpmn")}
    deployed = api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    instance = api.start("contract", "key", amount=5, text="a")
    task = api.get("/task", processInstanceId=instance)[0]["id"]
    other = api.start("contract", "other")
    other_task = api.get("/task", processInstanceId=other)[0]["id"]
    api.post(f"/task/{other_task}/assignee", {"userId": "bob"})
    api.post(f"/task/{other_task}/complete", {"variables": {"done": {"value": True}}})
    external = api.get("/external-task", topicName="contract")[0]["id"]
    saved = api.post("/filter/create", {"resourceType": "Task", "name": "all", "query": {}}, 200)["id"]
    definition = next(iter(deployed["deployedProcessDefinitions"]))
    return {
        "deployment": deployed["id"],
        "process-definition": definition,
        "process-instance": instance,
        "task": task,
        "job": api.get("/job")[0]["id"],
        "job-definition": api.get("/job-definition")[0]["id"],
        "external-task": external,
        "execution": instance,
        "filter": saved,
        "variable-instance": f"{instance}:text",
        "history/detail": api.get("/history/detail", processInstanceId=instance)[0]["id"],
        "history/process-instance": instance,
        "history/process-definition": definition,
        "history/variable-instance": f"{instance}:text",
        "history/external-task-log": api.get("/history/external-task-log")[0]["id"],
        "history/job-log": api.get("/history/job-log")[0]["id"],
        "history/activity-instance": api.get("/history/activity-instance")[0]["id"],
    }


def fill_path(path: str, ids: dict[str, str]) -> str | None:
    """The path with an id; None where it needs another part."""
    parts = re.findall(r"\{[^}]*\}", path)
    if not parts:
        return path
    resource = path.partition("/{")[0].removeprefix("/")
    if len(parts) > 1 or resource not in ids or path.endswith("/data"):
        return None
    return path.replace(parts[0], ids[resource])


def find_schema(published: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    answers = published["paths"][path][method]["responses"]["200"].get("content", {})
    return next((content.get("schema", {}) for kind, content in answers.items() if "json" in kind), {})


def resolve(published: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Without references and ``allOf``."""
    if "$ref" in schema:
        return resolve(published, published["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    found = dict(schema)
    for part in schema.get("allOf", []):
        inner = resolve(published, part)
        found["properties"] = {**found.get("properties", {}), **inner.get("properties", {})}
        found.setdefault("type", inner.get("type"))
    return found


def compare(published: dict[str, Any], given: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    """What of an answer does not fit: fields that are missing, and values of another type."""
    schema = resolve(published, given)
    kind = schema.get("type")
    if value is None or "oneOf" in schema or "anyOf" in schema:
        return
    if kind in TYPES and not (isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))):
        yield f"{where or 'the answer'} is {type(value).__name__}, not {kind}"
    elif kind == "array":
        for item in value[:3]:
            yield from compare(published, schema.get("items", {}), item, f"{where}[]")
    elif isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in OMITTED:
                continue
            if name in value:
                yield from compare(published, inner, value[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is missing"


OMITTED = frozenset(
    {"links", "deploymentSource", "variables", "caseDefinitionId", "caseInstanceId", "caseExecutionId", "batchId"}
    | {"caseDefinitionKey", "jobDefinitionId", "processDefinitionVersion", "restartedProcessInstanceId", "@class"}
    | {"fieldId", "fieldValue", "attachment", "comment", "taskState", "internals"}
)
"""Fields that Baton leaves out: what it does not have, and the insides of an installation."""
