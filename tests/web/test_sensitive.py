"""The values of sensitive variables are in no answer to a caller who may not see them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baton import logs
from baton.log_settings import LogSettings
from baton.model.errors import BadRequest
from baton.model.identity import Role
from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from scripts.permissions_page import list_routes
from tests.web.conftest import Api

CANARY = "canary-4929-1234"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
PROCESS = f"""{HEAD}<message id="m1" name="Paid"/><signal id="g1" name="Alarm"/>
<process id="pay" isExecutable="true" camunda:historyTimeToLive="1">
  <extensionElements><camunda:properties><camunda:property name="baton:sensitive" value="card, copy*"/>
  </camunda:properties></extensionElements>
  <startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="script"/>
  <scriptTask id="script" scriptFormat="python"><script>copy_made = card</script></scriptTask>
  <sequenceFlow id="f1" sourceRef="script" targetRef="fork"/>
  <parallelGateway id="fork"/>
  <sequenceFlow id="f2" sourceRef="fork" targetRef="work"/>
  <serviceTask id="work" camunda:type="external" camunda:topic="work">
    <extensionElements><camunda:inputOutput><camunda:inputParameter name="copyIn">${{card}}</camunda:inputParameter>
    </camunda:inputOutput></extensionElements></serviceTask>
  <boundaryEvent id="b" attachedToRef="work"><compensateEventDefinition/></boundaryEvent>
  <serviceTask id="undo" isForCompensation="true" camunda:type="external" camunda:topic="undo"/>
  <association id="a" associationDirection="One" sourceRef="b" targetRef="undo"/>
  <sequenceFlow id="f3" sourceRef="fork" targetRef="person"/><userTask id="person" camunda:assignee="anna"/>
  <sequenceFlow id="f4" sourceRef="fork" targetRef="broken"/>
  <scriptTask id="broken" scriptFormat="python"><script>x = int(card)</script></scriptTask>
  <sequenceFlow id="f5" sourceRef="fork" targetRef="send"/>
  <intermediateThrowEvent id="send"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>
  <sequenceFlow id="f6" sourceRef="fork" targetRef="wait"/>
  <intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H
  </timeDuration></timerEventDefinition></intermediateCatchEvent>
  <sequenceFlow id="f7" sourceRef="fork" targetRef="sub"/>
  <subProcess id="sub"><startEvent id="ss"/><sequenceFlow id="sf" sourceRef="ss" targetRef="inner"/>
    <receiveTask id="inner" messageRef="m1"/></subProcess>
  <sequenceFlow id="f8" sourceRef="fork" targetRef="many"/>
  <userTask id="many"><multiInstanceLoopCharacteristics camunda:collection="${{[card]}}"
    camunda:elementVariable="copyItem"/></userTask>
</process></definitions>"""


@pytest.fixture
def engine(valkey: str) -> Iterator[Engine]:
    engine = assemble(Settings(redis_url=valkey, partitions=1, sensitive_variables="IBAN"))
    yield engine
    engine.close()


@pytest.fixture
def guarded(engine: Engine) -> Flask:
    return create_app(engine, WebSettings(hosts=None, sign_in="required"))


@pytest.fixture
def instance_id(api: Api) -> str:
    """An instance that has come as far as it can, with incidents that name the value."""
    data = {"deployment-name": "pay", "pay.bpmn": (io.BytesIO(PROCESS.encode()), "pay.bpmn")}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")
    instance_id = api.start("pay", card=CANARY, iban=CANARY, amount=7)
    (task,) = api.fetch("work")
    failure = {"workerId": "w1", "errorMessage": f"no money on {CANARY}", "errorDetails": CANARY, "retries": 0}
    api.post(f"/external-task/{task['id']}/failure", failure, 204)
    return instance_id


def make_client(guarded: Flask, engine: Engine, role: Role) -> FlaskClient:
    client = guarded.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {engine.accounts.create_key(role, [role])[0]}"
    return client


@pytest.fixture
def viewer(guarded: Flask, engine: Engine) -> FlaskClient:
    return make_client(guarded, engine, Role.VIEWER)


def list_paths(engine: Engine, instance_id: str) -> Iterator[str]:
    """Every path that can be read, with the ids of what there is."""
    definition = engine.instances.get(instance_id).definition_id
    fields = engine.store.lists.read_fields(instance_id)
    records = [f"{instance_id}.{name[1:]}" for name in fields if name[1:].isdigit()]
    names = ["card", "copy_made", "copyIn", "iban"]
    for route in list_routes():
        if route.method != "GET" or route.pending or route.media == "text/event-stream":
            continue
        ids = [instance_id, definition, *records] if "<id>" in route.rule else [""]
        for id_ in ids:
            path = route.rule.replace("<id>", id_).replace("<key>", "pay").replace("<tenant_id>", "t")
            if "<" not in path:
                yield path
            elif "<name>" in path:
                yield from (path.replace("<name>", name) for name in names)


def test_the_value_is_in_no_answer_to_a_viewer(viewer: FlaskClient, engine: Engine, instance_id: str) -> None:
    found: list[str] = []
    answered = 0
    for path in list_paths(engine, instance_id):
        response = viewer.get(f"/engine-rest{path}", buffered=True)
        answered += response.status_code == 200
        if CANARY in response.text:
            found.append(path)
    assert found == []
    assert answered > 100


def test_the_value_is_in_no_list_that_is_asked_for_by_post(viewer: FlaskClient, instance_id: str) -> None:
    del instance_id
    for path in ("/variable-instance", "/history/variable-instance", "/process-instance", "/execution", "/task"):
        response = viewer.post(f"/engine-rest{path}", json={})
        assert (path, response.status_code, CANARY in response.text) == (path, 200, False)


def test_the_value_is_in_no_frame_of_a_stream(viewer: FlaskClient, instance_id: str) -> None:
    response = viewer.get(f"/engine-rest/process-instance/{instance_id}/stream", buffered=False)
    frames = cast("Iterator[bytes]", iter(response.response))
    text = (next(frames) + next(frames)).decode()
    response.close()

    snapshot = json.loads(text.partition("event: snapshot\ndata: ")[2].partition("\n")[0])
    assert snapshot["variables"]["0"]["card"] == {"type": "String", "value": "***", "valueInfo": {}}
    assert snapshot["variables"]["0"]["amount"]["value"] == 7
    assert CANARY not in text


def test_a_filter_by_a_sensitive_variable_is_refused_as_its_answer_would_tell_the_value(
    viewer: FlaskClient, instance_id: str
) -> None:
    del instance_id
    asked = viewer.get("/engine-rest/process-instance", query_string={"variables": f"card_eq_{CANARY}"})
    posted = viewer.post(
        "/engine-rest/process-instance", json={"variables": [{"name": "iban", "operator": "like", "value": "c%"}]}
    )

    assert (asked.status_code, posted.status_code) == (403, 403)
    assert "variable:sensitive" in asked.json["message"]  # type: ignore[index]
    assert viewer.get("/engine-rest/process-instance", query_string={"variables": "amount_eq_7"}).status_code == 200


@pytest.mark.parametrize("where", ["itself", "orQueries"])
def test_a_body_in_chunks_or_of_no_type_hides_no_filter(viewer: FlaskClient, instance_id: str, where: str) -> None:
    del instance_id
    wanted: dict[str, Any] = {"variables": [{"name": "card", "operator": "eq", "value": CANARY}]}
    data = json.dumps(wanted if where == "itself" else {"orQueries": [wanted]}).encode()
    chunks = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    answers = [viewer.post("/engine-rest/process-instance", data=data)]
    for type_ in ("application/json", "text/plain", "multipart/form-data"):
        headers = {**chunks, "CONTENT_TYPE": type_, "wsgi.input": io.BytesIO(data)}
        answers.append(viewer.post("/engine-rest/process-instance", environ_overrides=headers))

    assert [answer.status_code for answer in answers] == [403] * 4


def test_the_order_of_a_list_does_not_tell_a_sensitive_variable(viewer: FlaskClient, instance_id: str) -> None:
    del instance_id
    order = {"sortBy": "processVariable", "sortOrder": "asc", "parameters": {"variable": "card", "type": "String"}}
    assert viewer.post("/engine-rest/task", json={"sorting": [order]}).status_code == 403


@pytest.mark.parametrize(
    ("path", "filters"),
    [
        ("/process-instance", {"variables": f"amount_eq_7,card_eq_{CANARY}"}),
        ("/variable-instance", {"variableValues": f"card_eq_{CANARY}"}),
        ("/variable-instance", {"variableValues": f"CARD_eq_{CANARY}", "variableNamesIgnoreCase": "true"}),
        ("/execution", {"variables": f"card_eq_{CANARY}"}),
        ("/history/variable-instance", {"variableName": "card", "variableValue": CANARY}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_filters_of_every_list_by_a_sensitive_variable_are_refused(
    viewer: FlaskClient, instance_id: str, path: str, filters: dict[str, str]
) -> None:
    del instance_id
    assert viewer.get(f"/engine-rest{path}", query_string=filters).status_code == 403
    if "variableValue" in filters:
        assert viewer.post(f"/engine-rest{path}", json=filters).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATOR])
def test_only_who_has_the_permission_sees_the_value(
    guarded: Flask, engine: Engine, instance_id: str, role: Role
) -> None:
    client = make_client(guarded, engine, role)
    shown: Any = client.get(f"/engine-rest/process-instance/{instance_id}/variables").json

    assert (shown["card"]["value"] == CANARY) == (role is Role.ADMINISTRATOR)
    assert (shown["iban"]["value"] == CANARY) == (role is Role.ADMINISTRATOR)
    assert shown["amount"]["value"] == 7


def test_a_worker_gets_the_values_of_its_task(guarded: Flask, engine: Engine, instance_id: str, api: Api) -> None:
    incidents = api.get("/incident", processInstanceId=instance_id)
    (failed,) = [incident for incident in incidents if incident["activityId"] == "work"]
    api.put(f"/external-task/{failed['configuration']}/retries", {"retries": 1}, 204)
    worker = make_client(guarded, engine, Role.WORKER)
    body = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "work", "lockDuration": 1000}]}

    tasks: Any = worker.post("/engine-rest/external-task/fetchAndLock", json=body).json

    assert tasks[0]["variables"]["card"]["value"] == CANARY


@pytest.fixture
def lines_of_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What this process logs from now on, at every level, as the product would write it."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    monkeypatch.setattr("sys.stderr", written)
    logs.set_up("web", LogSettings(log="json", log_level="debug"))
    yield written
    root.handlers = handlers
    root.setLevel(level)


def test_the_value_is_in_no_line_of_the_log(lines_of_log: io.StringIO, instance_id: str) -> None:
    written = lines_of_log.getvalue()

    assert "deployment.created" in written
    assert instance_id in written, "turns are logged"
    assert CANARY not in written


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}], ids=["plain", "with a key"])
def test_the_message_of_an_error_that_may_quote_a_value_is_hidden(
    guarded: Flask, engine: Engine, instance_id: str, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BadRequest(f"Expected a number, but found the text '{CANARY}'")

    monkeypatch.setattr(engine.mailbox, "submit", refuse)
    operator = make_client(guarded, engine, Role.OPERATOR)
    path = f"/engine-rest/process-instance/{instance_id}/rollback"

    hidden = operator.post(path, json={"to": "work"}, headers=headers)
    shown = make_client(guarded, engine, Role.ADMINISTRATOR).post(path, json={"to": "work"}, headers=headers)

    assert (hidden.status_code, CANARY in hidden.text) == (400, False)
    assert "variable:sensitive" in hidden.json["message"]  # type: ignore[index]
    assert CANARY in shown.text


def test_what_is_wrong_with_the_request_itself_is_said(guarded: Flask, engine: Engine, instance_id: str) -> None:
    operator = make_client(guarded, engine, Role.OPERATOR)

    wrong = operator.post(f"/engine-rest/process-instance/{instance_id}/rollback", json={"to": 7})
    missing = operator.post("/engine-rest/process-instance/nothing-00/rollback", json={"to": "work"})

    assert (wrong.status_code, missing.status_code) == (400, 404)
    assert "***" not in wrong.text + missing.text
