"""Contracts of events: what is sent and taken is described, and a deployment breaks no receiver without saying so."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from baton.launcher.samples import find_samples_folder
from baton.model.errors import DeploymentRefused
from baton.service import Engine, Resource
from tests.service.processes import MESSAGE, bpmn, line
from tests.web.conftest import Api

SCHEMA = Path(__file__).with_name("asyncapi-3.0.0.json")
"""The JSON Schema of AsyncAPI (Apache 2.0, https://github.com/asyncapi/spec-json-schemas), without its descriptions."""
TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PAID = {"iban": TEXT, "total": NUMBER, "by": {"type": "object", "properties": {"name": TEXT}}}


def throw(*fields: str) -> bytes:
    inner = "".join(f'<camunda:in source="{name}" target="{name}"/>' for name in fields)
    definition = f'<messageEventDefinition messageRef="m1"><extensionElements>{inner}</extensionElements>'
    event = f'<intermediateThrowEvent id="one">{definition}</messageEventDefinition></intermediateThrowEvent>'
    return bpmn(line(event), key="paying", extra=MESSAGE)


def declare(version: str = "1", **properties: Any) -> Resource:
    schema = {"type": "object", "properties": properties}
    sends = {"version": 1, "sends": [{"type": "Paid", "version": version, "schema": schema}]}
    return Resource("paying.events.json", json.dumps(sends).encode())


def deploy(engine: Engine, *fields: str, declared: Resource | None = None, breaking: bool = False) -> None:
    files = [Resource("paying.bpmn", throw(*fields)), *([declared] if declared else [])]
    engine.deployments.deploy("paying", files, breaking=breaking)


def check_document(document: dict[str, Any]) -> None:
    jsonschema_rs.validator_for(json.loads(SCHEMA.read_text())).validate(document)
    for message in document["components"]["messages"].values():
        jsonschema_rs.meta.validate(message["payload"])


def test_the_events_of_the_samples_are_described(api: Api, engine: Engine) -> None:
    for folder in ("sysops-ticket", "state-patterns"):
        files = [path for path in (find_samples_folder() / folder).iterdir() if path.suffix in (".bpmn", ".json")]
        engine.deployments.deploy(folder, [Resource(path.name, path.read_bytes()) for path in files])

    document = api.get("/asyncapi")

    check_document(document)
    sent = document["operations"]["send.ticket.resolved.sysops-ticket"]
    taken = document["operations"]["receive.ticket.billed.ticket-aftermath.events.json"]
    assert (sent["action"], taken["action"]) == ("send", "receive")
    message = document["components"]["messages"]["send.ticket.resolved.sysops-ticket.v1"]
    assert message["payload"]["properties"]["type"] == {"const": "ticket.resolved"}
    fields = message["payload"]["properties"]["data"]["properties"]
    assert list(fields) == ["host", "problem", "reporter", "expert", "resolution"]
    billed = document["components"]["messages"]["receive.ticket.billed.ticket-aftermath.events.json.v1"]
    assert list(billed["payload"]["properties"]["data"]["properties"]) == ["invoice"]


def test_a_declared_schema_and_version_are_those_of_the_event(api: Api, engine: Engine) -> None:
    deploy(engine, "iban", "total", declared=declare("7", **PAID))

    document = api.get("/asyncapi")

    check_document(document)
    (message,) = document["components"]["messages"].values()
    assert message["title"] == "Paid, version 7"
    assert message["payload"]["properties"]["data"]["properties"] == PAID


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"iban": TEXT, "by": PAID["by"]}, "the field 'total' is gone"),
        ({**PAID, "total": TEXT}, "the field 'total' is string in place of number"),
        ({**PAID, "by": {"type": "object", "properties": {}}}, "the field 'by.name' is gone"),
    ],
)
def test_a_deployment_that_would_break_a_receiver_is_refused_unless_it_says_so(
    engine: Engine, changed: dict[str, Any], words: str
) -> None:
    deploy(engine, "iban", "total", declared=declare(**PAID))

    with pytest.raises(DeploymentRefused) as refused:
        deploy(engine, "iban", declared=declare(**changed))
    (problem,) = [problem for problem in refused.value.problems if problem.is_error]
    assert problem.rule == "event-contract"
    assert words in problem.message
    assert engine.definitions.get_latest("paying", None).version == 1

    deploy(engine, "iban", declared=declare("2", **changed))
    deploy(engine, "iban", declared=declare("2", by=TEXT), breaking=True)
    assert engine.definitions.get_latest("paying", None).version == 3


def test_fields_that_a_model_sends_are_kept_also_without_a_declaration(engine: Engine) -> None:
    deploy(engine, "iban", "total")
    deploy(engine, "iban", "total", "currency")

    with pytest.raises(DeploymentRefused, match="total"):
        deploy(engine, "iban", "currency")


def test_a_client_says_in_the_form_that_receivers_break(api: Api, engine: Engine) -> None:
    deploy(engine, "iban", "total")

    def create(expect: int, **form: str) -> Any:
        data = {"deployment-name": "paying", "file": (io.BytesIO(throw("iban")), "paying.bpmn"), **form}
        return api.call("POST", "/deployment/create", expect, data=data, content_type="multipart/form-data")

    assert "'total' is gone" in json.dumps(create(400))
    create(200, **{"allow-breaking-events": "true"})


@pytest.mark.parametrize("sends", [7, [{}], [{"type": "a", "version": 2}], [{"type": "a", "schema": "x"}]])
def test_what_is_sent_is_declared_by_type_version_and_schema(engine: Engine, sends: Any) -> None:
    file = Resource("a.events.json", json.dumps({"version": 1, "sends": sends}).encode())

    (problem,) = engine.deployments.check([Resource("a.bpmn", throw()), file])

    assert (problem.rule, problem.is_error) == ("event-mapping", True)
