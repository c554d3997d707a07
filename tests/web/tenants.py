"""Two tenants with the same things each, and callers who are for one of them: what the other has must not be found."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from baton.model.identity import Role
from baton.service import Engine
from tests.web.conftest import Api
from tests.web.diagrams import HEAD

OWN, FOREIGN = "acme", "globex"
CANARY = "canary"
PROCESS = (
    HEAD
    + """<bpmn:message id="M" name="{mark}-message"/><bpmn:signal id="S" name="{mark}-signal"/>
<bpmn:process id="order" name="{mark}" isExecutable="true" camunda:historyTimeToLive="30">
<bpmn:startEvent id="Start"><bpmn:extensionElements><camunda:formData><camunda:formField id="amount" type="long"/>
</camunda:formData></bpmn:extensionElements></bpmn:startEvent>
<bpmn:parallelGateway id="Split"/>
<bpmn:serviceTask id="Work" camunda:type="external" camunda:topic="{mark}-topic"/>
<bpmn:serviceTask id="Broken" camunda:type="external" camunda:topic="{mark}-broken"/>
<bpmn:userTask id="Approve" name="{mark}" camunda:candidateGroups="{mark}-group" camunda:assignee="{mark}-person"
 camunda:formKey="camunda-forms:deployment:form.form"/>
<bpmn:receiveTask id="Receive" messageRef="M"/>
<bpmn:intermediateCatchEvent id="Wait"><bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>
</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:intermediateCatchEvent id="Hear"><bpmn:signalEventDefinition signalRef="S"/></bpmn:intermediateCatchEvent>
<bpmn:endEvent id="End"/>
<bpmn:sequenceFlow id="f0" sourceRef="Start" targetRef="Split"/>{flows}
</bpmn:process></bpmn:definitions>"""
)
STEPS = ("Work", "Broken", "Approve", "Receive", "Wait", "Hear")
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="xyzdmn" name="{mark}" namespace="x">
<decision id="rate" name="{mark}"><literalExpression id="l"><text>"{mark}"</text></literalExpression></decision>
<decision id="other" name="{mark}"><literalExpression id="m"><text>"{mark}"</text></literalExpression></decision>
</definitions>"""


@dataclass(frozen=True)
class Things:
    """Ids of one tenant, by the parts of paths that they stand in."""

    tenant: str
    ids: dict[str, str]

    def fill(self, rule: str) -> str | None:
        """The path of a route with ids of this tenant; None for one that has no id of a tenant's thing."""
        if "<" not in rule:
            return None
        found = max((start for start in self.ids if rule.startswith(start)), key=len, default=None)
        if found is None:
            return None
        path = rule.replace("<tenant_id>", self.tenant).replace("<resource_id>", self.ids["resource"])
        path = path.replace("<int:seq>", "1").replace("<name>", "secret")
        return re.sub(r"<\w+>", self.ids[found], path)

    def find_parts(self, path: str) -> dict[str, str]:
        """The parts of an OpenAPI path with ids of this tenant; nothing for a path without any."""
        names = re.findall(r"{(\w+)}", path)
        filled = self.fill(re.sub(r"{(\w+)}", lambda part: "<int:seq>" if part[1] == "seq" else f"<{part[1]}>", path))
        if filled is None:
            return {}
        pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
        found = re.fullmatch(re.sub(r"{\w+}", "(.*)", pattern), filled)
        return {} if found is None else dict(zip(names, found.groups(), strict=True))


def make_things(app: Flask, guarded: Flask, engine: Engine, tenant: str) -> Things:
    """One instance at every kind of wait, one that has ended, a decision, a form and a draft."""
    api, mark = Api(app.test_client()), f"{CANARY}-{tenant}"
    deployed = _deploy(api, tenant, mark)
    body = {"variables": {"secret": {"value": mark}}, "businessKey": mark}
    instance = api.post(f"/process-definition/key/order/tenant-id/{tenant}/start", body)["id"]
    ended = api.post(f"/process-definition/key/order/tenant-id/{tenant}/start", body)["id"]
    api.delete(f"/process-instance/{ended}", 204)
    broken = api.fetch(f"{mark}-broken", mark)[0]["id"]
    failure = {"workerId": mark, "errorMessage": mark, "errorDetails": mark, "retries": 0, "retryTimeout": 0}
    api.post(f"/external-task/{broken}/failure", failure, 204)
    draft = _make_draft(engine, guarded, tenant, mark)
    saved = _save_filter(engine, guarded, tenant, mark)
    first = {path: api.get(path, processInstanceId=instance)[0]["id"] for path in ("/task", "/job", "/incident")}
    activities = api.get("/history/activity-instance", processInstanceId=instance)
    found = {
        path: api.get(path, processInstanceId=instance)[0]["id"]
        for path in ("/history/external-task-log", "/history/job-log", "/history/detail")
    }
    requirements = api.get("/decision-requirements-definition", tenantIdIn=tenant)[0]["id"]
    api.post(f"/decision-definition/{deployed['decision']}/evaluate", {})
    decided = api.get("/history/decision-instance", tenantIdIn=tenant)[0]["id"]
    job_definition = api.get("/job-definition", processDefinitionId=deployed["definition"])[0]["id"]
    return Things(
        tenant,
        {
            "/process-instance": instance,
            "/execution": instance,
            "/history/process-instance": ended,
            "/history/activity-instance": activities[0]["id"],
            **found,
            "/history/decision-instance": decided,
            "/history/user-operation": f"{instance}.e1",
            "/history/decision-requirements-definition": requirements,
            "/history/process-definition": deployed["definition"],
            "/job-definition": job_definition,
            "/decision-requirements-definition": requirements,
            "/decision-requirements-definition/key": "xyzdmn",
            "/history/variable-instance": f"{instance}:secret",
            "/variable-instance": f"{instance}:secret",
            "/process-definition": f"{deployed['definition']}",
            "/process-definition/key": "order",
            "/decision-definition": deployed["decision"],
            "/decision-definition/key": "rate",
            "/deployment": deployed["deployment"],
            "/draft": draft,
            "/filter": saved,
            "/external-task": broken,
            "resource": deployed["resource"],
            **first,
        },
    )


def _deploy(api: Api, tenant: str, mark: str) -> dict[str, str]:
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{step}" sourceRef="Split" targetRef="{step}"/>'
        f'<bpmn:sequenceFlow id="e{step}" sourceRef="{step}" targetRef="End"/>'
        for step in STEPS
    )
    files = {
        "order.bpmn": PROCESS.replace("{mark}", mark).replace("{flows}", flows),
        "rate.dmn": DECISION.replace("{mark}", mark),
        "form.form": f'{{"id": "form", "components": [], "mark": "{mark}"}}',
    }
    data: dict[str, Any] = {"deployment-name": mark, "tenant-id": tenant}
    data.update({name: (io.BytesIO(text.encode()), name) for name, text in files.items()})
    answer = api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    return {
        "deployment": answer["id"],
        "definition": next(iter(answer["deployedProcessDefinitions"])),
        "decision": next(iter(answer["deployedDecisionDefinitions"])),
        "resource": api.get(f"/deployment/{answer['id']}/resources")[0]["id"],
    }


def _make_draft(engine: Engine, guarded: Flask, tenant: str, mark: str) -> str:
    """By a modeler of the tenant, whose draft it is then."""
    headers = make_headers(engine, [Role.MODELER], tenant)
    body = {"name": mark, "bpmn": mark, "processDefinitionKey": "order"}
    return Api(guarded.test_client()).post("/draft", body, headers=headers)["id"]


def _save_filter(engine: Engine, guarded: Flask, tenant: str, mark: str) -> str:
    """By an operator of the tenant, whose filter it is then."""
    headers = make_headers(engine, [Role.OPERATOR], tenant)
    body = {"resourceType": "Task", "name": mark, "query": {"assignee": f"{mark}-person"}}
    return Api(guarded.test_client()).post("/filter/create", body, headers=headers)["id"]


def make_headers(engine: Engine, roles: Iterable[Role], *tenants: str) -> dict[str, str]:
    """Of a new key with these roles; for these tenants, or without any for all."""
    return {"Authorization": f"Bearer {engine.accounts.create_key('key', roles, tenants=tenants)[0]}"}
