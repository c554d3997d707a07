"""Models that call over HTTP, from their file to the answer in their variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from baton.bpmn import read
from baton.model.definition import ProcessModel
from baton.testing import TestEngine
from tests.connect.hosts import NAME, TOKEN, Calls, Host, reply, serve

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    id="d" targetNamespace="https://example.org">
  <error id="missing" errorCode="not-found"/>
  <process id="orders" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="Start"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Call"/>
    <serviceTask id="Call" {attributes}>
      <extensionElements>{extensions}</extensionElements>
    </serviceTask>
    <boundaryEvent id="Missing" attachedToRef="Call"><errorEventDefinition errorRef="missing"/></boundaryEvent>
    <sequenceFlow id="f2" sourceRef="Call" targetRef="Done"/>
    <sequenceFlow id="f3" sourceRef="Missing" targetRef="Nothing"/>
    <endEvent id="Done"/>
    <endEvent id="Nothing"/>
  </process>
</definitions>"""

CONNECTOR = """
<camunda:connector>
  <camunda:inputOutput>
    <camunda:inputParameter name="url">{url}/orders/${{order}}</camunda:inputParameter>
    <camunda:inputParameter name="method">POST</camunda:inputParameter>
    <camunda:inputParameter name="headers">
      <camunda:map>
        <camunda:entry key="Content-Type">application/json</camunda:entry>
        <camunda:entry key="X-Customer">customer ${{customer}}</camunda:entry>
      </camunda:map>
    </camunda:inputParameter>
    <camunda:inputParameter name="payload">{{"note": "${{note}}", "total": ${{total}}}}</camunda:inputParameter>
    <camunda:outputParameter name="status">${{statusCode}}</camunda:outputParameter>
    <camunda:outputParameter name="number">${{S(response).prop("id").numberValue()}}</camunda:outputParameter>
  </camunda:inputOutput>
  <camunda:connectorId>http-connector</camunda:connectorId>
</camunda:connector>"""

TEMPLATE = """
<camunda:inputOutput>
  <camunda:inputParameter name="url">{url}/orders/${{order}}</camunda:inputParameter>
  <camunda:inputParameter name="errors">404=not-found</camunda:inputParameter>
  <camunda:outputParameter name="number">${{json.id}}</camunda:outputParameter>
</camunda:inputOutput>"""

HTTP = 'camunda:type="external" camunda:topic="http-connector"'
VARIABLES = {"order": "a/b", "customer": "Ann", "note": 'say "hi"', "total": 7, "payload": "not for the call"}


def make_process(extensions: str, attributes: str = "", url: str = "https://api.example.org") -> str:
    return PROCESS.format(extensions=extensions.format(url=url), attributes=attributes)


def deploy(engine: TestEngine, folder: Path, host: Host, extensions: str, attributes: str = "") -> None:
    file = folder / "orders.bpmn"
    file.write_text(make_process(extensions, attributes, f"http://{NAME}:{host.port}"))
    engine.deploy(file)
    engine.run(workers=[Calls(hosts=f"http://{NAME}:{host.port}").connector.make_handler()])


def read_model(text: str) -> ProcessModel:
    found = read(text.encode())
    assert found.errors == ()
    return found.processes[0]


def test_a_connector_as_it_is_in_files_of_camunda_calls_and_maps_the_answer(
    engine: TestEngine, tmp_path: Path, host: Host
) -> None:
    deploy(engine, tmp_path, host, CONNECTOR)

    started = engine.start("orders", VARIABLES)

    started.assert_ended("completed", at="Done")
    assert (started.variables["status"], started.variables["number"]) == (200, 7)
    assert not {"statusCode", "response", "url", "method"} & started.variables.keys()
    head, _, body = host.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /orders/a%2Fb HTTP/1.1\r\n")
    assert b"X-Customer: customer Ann" in head
    assert body == b'{"note": "say \\"hi\\"", "total": 7}'


def test_a_connector_leaves_the_status_to_the_process_as_camunda_does(engine: TestEngine, tmp_path: Path) -> None:
    with serve(reply("404 Not Found", b'{"id": 0}')) as host:
        deploy(engine, tmp_path, host, CONNECTOR)

        started = engine.start("orders", VARIABLES)

        started.assert_ended("completed", at="Done")
        assert started.variables["status"] == 404


def test_an_external_task_on_the_topic_calls_without_what_it_does_not_name(
    engine: TestEngine, tmp_path: Path, host: Host
) -> None:
    deploy(engine, tmp_path, host, TEMPLATE, HTTP)

    started = engine.start("orders", VARIABLES)

    assert started.variables["number"] == 7
    assert host.requests[0].startswith(b"GET /orders/a%2Fb HTTP/1.1\r\n")
    assert b"not for the call" not in host.requests[0]


def test_a_status_that_the_model_calls_an_error_is_caught_at_the_boundary(engine: TestEngine, tmp_path: Path) -> None:
    with serve(reply("404 Not Found")) as host:
        deploy(engine, tmp_path, host, TEMPLATE, HTTP)

        engine.start("orders", VARIABLES).assert_ended("completed", at="Nothing")


def test_a_status_that_nobody_expects_opens_an_incident_that_says_what_was_called(
    engine: TestEngine, tmp_path: Path
) -> None:
    with serve(reply("401 Unauthorized", b"who are you?")) as host:
        deploy(engine, tmp_path, host, TEMPLATE, HTTP)

        started = engine.start("orders", VARIABLES)

        assert "was answered with 401: who are you?" in str(started.snapshot)


def test_texts_with_expressions_become_lists_of_constants_and_values() -> None:
    call = read_model(make_process(CONNECTOR)).nodes["Call"]

    assert call.external is not None
    assert call.external.topic.text == "http-connector"
    assert call.external.headers == {"baton:templates": '["url", "payload", "headers.X-Customer"]'}
    assert [mapping.name for mapping in call.inputs] == ["url", "method", "headers", "payload", "accept"]


@pytest.mark.parametrize(
    ("extensions", "words"),
    [
        (CONNECTOR.replace("http-connector", "soap-connector"), "Expected the camunda:connector 'http-connector'"),
        (CONNECTOR.replace('"url"', '"address"'), "Expected an input parameter 'url'"),
        (CONNECTOR.replace("POST", "SEND"), "Expected the method of an HTTP call"),
        (CONNECTOR.replace('"method">POST', '"errors">404'), "Expected a status and an error code"),
    ],
)
def test_a_call_that_could_never_work_is_not_deployed(extensions: str, words: str) -> None:
    problems = read(make_process(extensions).encode()).errors

    assert [problem for problem in problems if words in problem.message and problem.element == "Call" and problem.line]


SECRETS = TEMPLATE.replace(
    "<camunda:outputParameter",
    """<camunda:inputParameter name="headers">X-Token: ${{secrets.TOKEN}}
    X-Order: ${{order}}</camunda:inputParameter>
    <camunda:inputParameter name="query"><camunda:map>
      <camunda:entry key="token">${{secrets.TOKEN}}</camunda:entry>
      <camunda:entry key="note">${{note}}</camunda:entry>
    </camunda:map></camunda:inputParameter>
    <camunda:outputParameter name="answer">${{response}}</camunda:outputParameter>
    <camunda:outputParameter""",
)


def test_a_secret_goes_where_the_model_names_it_and_into_no_variable(engine: TestEngine, tmp_path: Path) -> None:
    with serve(reply(body=f"hello {TOKEN}".encode())) as host:
        deploy(engine, tmp_path, host, SECRETS.replace("json.id", "1"), HTTP)

        started = engine.start("orders", {"order": "${secrets.TOKEN}", "note": "${secrets.TOKEN}"})

        head = host.requests[0].decode()
        assert f"\r\nX-Token: {TOKEN}\r\nX-Order: ${{secrets.TOKEN}}\r\n" in head
        assert "?token=t0k%26n%22&note=%24%7Bsecrets.TOKEN%7D HTTP/1.1" in head
        assert started.variables["answer"] == "hello ***"
        assert TOKEN not in str(started.history)


def test_a_secret_that_is_not_there_opens_an_incident(engine: TestEngine, tmp_path: Path, host: Host) -> None:
    deploy(engine, tmp_path, host, SECRETS.replace("secrets.TOKEN", "secrets.OTHER"), HTTP)

    started = engine.start("orders", VARIABLES)

    assert "Expected a secret 'OTHER'" in str(started.snapshot)
    assert host.requests == []
