"""The type that was declared of a variable is kept, and given back by everything that reads it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from baton.service import Engine, Settings, assemble
from baton.web import WebSettings, create_app
from tests.service.processes import bpmn, line
from tests.web.conftest import Api

JAVA = {"objectTypeName": "com.example.Order", "serializationDataFormat": "application/json"}
LONG: dict[str, Any] = {"value": 5, "type": "Long", "valueInfo": {}}
SHORT: dict[str, Any] = {"value": 5, "type": "Short", "valueInfo": {}}
OBJECT: dict[str, Any] = {"value": {"lines": [1]}, "type": "Object", "valueInfo": JAVA}
LIST: dict[str, Any] = {
    "value": [1, 2],
    "type": "Object",
    "valueInfo": {**JAVA, "objectTypeName": "java.util.ArrayList<java.lang.Integer>"},
}
TEXT: dict[str, Any] = {"value": "a", "type": "Object", "valueInfo": {**JAVA, "objectTypeName": "java.lang.String"}}
HALF: dict[str, Any] = {"value": 0.5, "type": "Object", "valueInfo": {**JAVA, "objectTypeName": "java.lang.Float"}}
GIVEN = {"long": LONG, "short": SHORT, "object": OBJECT, "items": LIST, "text": TEXT, "half": HALF}
SENT = {**GIVEN, "text": {**TEXT, "value": '"a"'}}


def task(id_: str, inside: str = "") -> str:
    return f'<serviceTask id="{id_}" camunda:type="external" camunda:topic="work">{inside}</serviceTask>'


def deploy(api: Api, *nodes: str) -> None:
    data = {"deployment-name": "d", "f": (io.BytesIO(bpmn(line(*nodes))), "p.bpmn")}
    api.call("POST", "/deployment/create", data=data, content_type="multipart/form-data")


def start(api: Api, *nodes: str, **variables: dict[str, Any]) -> str:
    deploy(api, *(nodes or (task("t"),)))
    return str(api.post("/process-definition/key/p/start", {"variables": variables})["id"])


def read(api: Api, instance: str) -> dict[str, Any]:
    return api.get(f"/process-instance/{instance}/variables")


def test_every_read_gives_the_declared_type_back(api: Api) -> None:
    id_ = start(api, **SENT)

    (fetched,) = api.fetch(topic={"deserializeValues": True})
    instances = api.get("/variable-instance", processInstanceIdIn=id_)
    history = api.get("/history/variable-instance", processInstanceId=id_)
    events = api.get(f"/process-instance/{id_}/history")

    assert read(api, id_) == GIVEN
    assert fetched["variables"] == GIVEN
    assert api.get(f"/process-instance/{id_}/snapshot")["variables"]["0"] == GIVEN
    for rows in (instances, history):
        assert {row["name"]: {name: row[name] for name in LONG} for row in rows} == GIVEN
    (changed,) = (event["data"] for event in events if event["type"] == "VariablesChanged")
    assert changed["set"] == GIVEN
    assert "types" not in changed
    for name, given in GIVEN.items():
        assert api.get(f"/process-instance/{id_}/variables/{name}") == given


def test_a_worker_gets_objects_as_json_text_with_their_class(api: Api) -> None:
    start(api, object=OBJECT)
    (fetched,) = api.fetch()
    assert fetched["variables"]["object"] == {**OBJECT, "value": '{"lines":[1]}'}


def test_the_types_are_kept_by_the_store_and_after_the_end(api: Api, valkey: str) -> None:
    id_ = start(api, **SENT)
    other = assemble(Settings(redis_url=valkey, partitions=4))
    try:
        again = Api(create_app(other, WebSettings(hosts=None)).test_client())
        assert read(again, id_) == GIVEN
        (fetched,) = again.fetch()
        again.post(f"/external-task/{fetched['id']}/complete", {"workerId": "w1", "variables": {"done": LONG}}, 204)
        rows = again.get("/history/variable-instance", processInstanceId=id_)
    finally:
        other.close()
    assert {row["name"]: {name: row[name] for name in LONG} for row in rows} == {**GIVEN, "done": LONG}


def test_what_a_worker_returns_keeps_its_type(api: Api) -> None:
    id_ = start(api, task("t"), task("u"))
    (first,) = api.fetch()
    api.post(f"/external-task/{first['id']}/complete", {"workerId": "w1", "variables": SENT}, 204)
    assert read(api, id_) == GIVEN


def test_a_value_without_a_type_takes_the_place_of_one_with_a_type(api: Api) -> None:
    id_ = start(api, long=LONG, object=OBJECT)
    api.put(f"/process-instance/{id_}/variables/long", {"value": 5})
    api.put(f"/process-instance/{id_}/variables/object", {"value": {"lines": [1]}})
    types = {name: variable["type"] for name, variable in read(api, id_).items()}
    assert types == {"long": "Integer", "object": "Json"}


def test_a_variable_that_was_removed_leaves_no_type_behind(api: Api) -> None:
    id_ = start(api, long=LONG)
    api.delete(f"/process-instance/{id_}/variables/long")
    api.put(f"/process-instance/{id_}/variables/long", {"value": 5})
    assert read(api, id_)["long"]["type"] == "Integer"


@pytest.mark.parametrize("text", ["${long}", "=long"])
def test_an_expression_that_only_names_a_variable_hands_its_type_on(api: Api, text: str) -> None:
    inputs = (
        "<extensionElements><camunda:inputOutput>"
        f'<camunda:inputParameter name="copy">{text}</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    start(api, task("t", inputs), long=LONG)
    (fetched,) = api.fetch()
    assert fetched["variables"]["copy"] == LONG


@pytest.mark.parametrize(
    ("text", "value"),
    [("${long + 1}", 6), ("=long + 1", 6), ("=long / 2", 2.5), ('=if long = 5 then "five" else 0', "five")],
)
def test_what_is_computed_has_the_type_of_its_value(api: Api, text: str, value: object) -> None:
    inputs = (
        "<extensionElements><camunda:inputOutput>"
        f'<camunda:inputParameter name="new">{text}</camunda:inputParameter>'
        "</camunda:inputOutput></extensionElements>"
    )
    start(api, task("t", inputs), long=LONG)
    (fetched,) = api.fetch()
    kind = {int: "Integer", float: "Double", str: "String"}[type(value)]
    assert fetched["variables"]["new"] == {"value": value, "type": kind, "valueInfo": {}}


def test_a_script_counts_with_plain_values(api: Api) -> None:
    script = (
        '<scriptTask id="c" scriptFormat="python"><script>more = long + short\nlines = object["lines"] + items'
        "</script></scriptTask>"
    )
    id_ = start(api, script, task("t"), **SENT)
    assert [incident["incidentMessage"] for incident in api.get("/incident")] == []
    found = read(api, id_)
    assert found["more"] == {"value": 10, "type": "Integer", "valueInfo": {}}
    assert found["lines"] == {"value": [1, 1, 2], "type": "Json", "valueInfo": {}}
    assert {name: found[name] for name in GIVEN} == GIVEN


def test_a_long_beyond_32_bits_and_a_small_integer_are_told_from_their_size(api: Api) -> None:
    id_ = start(api, big={"value": 1 << 40, "type": "Long"}, small={"value": 5, "type": "Integer"})
    assert {name: variable["type"] for name, variable in read(api, id_).items()} == {"big": "Long", "small": "Integer"}


def test_a_truth_value_or_null_as_an_object_is_what_it_is(api: Api) -> None:
    id_ = start(api, yes={"value": True, "type": "Object"}, none={"value": None, "type": "Long"})
    assert {name: variable["type"] for name, variable in read(api, id_).items()} == {"yes": "Boolean", "none": "Null"}


@pytest.mark.parametrize("wrong", ["x" * 1001, 5])
def test_a_class_name_that_is_none_is_refused(api: Api, wrong: object) -> None:
    deploy(api, task("t"))
    given = {"o": {"value": "{}", "type": "Object", "valueInfo": {"objectTypeName": wrong}}}
    refused = api.post("/process-definition/key/p/start", {"variables": given}, 400)
    assert "objectTypeName" in refused["message"]


def test_filters_compare_the_values(api: Api, engine: Engine) -> None:
    id_ = start(api, long=LONG)
    assert [instance["id"] for instance in api.get("/process-instance", variables="long_eq_5")] == [id_]
    assert engine.instance_reader.get_variables(id_) == {"long": 5}
