"""``traceparent`` of requests and events: kept with what they begin, and handed on to workers and receivers."""

from __future__ import annotations

from typing import Any

import pytest

from baton.model.headers import TRACE as TRACE_FIELD
from baton.model.traces import make_trace_id, parse_traceparent
from baton.service import Engine, Resource
from baton.store import keys
from baton.store.operations import apply_ops
from baton.web import WebSettings, create_app
from tests.service.processes import MESSAGE, bpmn, external, line, receive
from tests.web.conftest import Api
from tests.web.test_cloud_events_in import ORDERED, deploy, make_event

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-01"
OTHER = f"00-{'a' * 32}-{'b' * 16}-01"
THROW = '<intermediateThrowEvent id="t"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>'


def deploy_line(engine: Engine, *nodes: str, key: str = "p") -> None:
    engine.deployments.deploy(key, [Resource(f"{key}.bpmn", bpmn(line(*nodes), key=key, extra=MESSAGE))])


def start(api: Api, key: str = "p", traceparent: str = GIVEN) -> str:
    path = f"/process-definition/key/{key}/start"
    return str(api.post(path, {"businessKey": "o-1"}, headers={"traceparent": traceparent})["id"])


def list_given(engine: Engine, instance_id: str) -> list[Any]:
    return [
        event.data["traceparent"] for event in engine.history.list_events(instance_id) if "traceparent" in event.data
    ]


def test_what_a_start_belongs_to_goes_along_with_each_of_its_tasks(api: Api, engine: Engine) -> None:
    deploy_line(engine, external("a"), external("b"))
    instance = start(api)

    for variables in (None, []):
        (task,) = api.fetch(topic={"variables": variables})
        assert (task["processInstanceId"], task["traceparent"]) == (instance, GIVEN)
        api.complete(task)

    assert list_given(engine, instance) == [GIVEN]


def test_a_task_of_no_trace_says_nothing_of_one(api: Api, engine: Engine) -> None:
    deploy_line(engine, external("a"))
    api.start("p")

    assert "traceparent" not in api.fetch()[0]


@pytest.mark.parametrize(
    "header", ["", "nonsense", f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01", f"{GIVEN}-more", GIVEN.upper()]
)
def test_a_header_that_the_standard_calls_invalid_is_as_good_as_none(api: Api, engine: Engine, header: str) -> None:
    deploy_line(engine, external("a"))

    start(api, traceparent=header)

    assert "traceparent" not in api.fetch()[0]


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    found = parse_traceparent(f"01-{TRACE}-{SPAN}-03-more")

    assert found is not None
    assert found.format() == GIVEN


def test_a_message_says_in_the_history_what_it_belongs_to(api: Api, engine: Engine) -> None:
    deploy_line(engine, receive("r"), external("a"))
    instance = start(api)

    api.post("/message", {"messageName": "Paid", "businessKey": "o-1"}, headers={"traceparent": OTHER})

    assert list_given(engine, instance) == [GIVEN, OTHER]
    assert api.fetch()[0]["traceparent"] == GIVEN


def test_an_event_names_its_trace_itself_or_else_its_request_does(api: Api, engine: Engine) -> None:
    deploy(engine, ORDERED)

    by_header = api.post("/event", make_event("ordered", "e1", subject="1"), headers={"traceparent": GIVEN})
    by_event = make_event("ordered", "e2", subject="2", traceparent=OTHER)
    by_both = api.post("/event", by_event, headers={"traceparent": GIVEN})

    assert list_given(engine, by_header["instances"][0]) == [GIVEN]
    assert list_given(engine, by_both["instances"][0]) == [OTHER]


def test_a_message_between_instances_carries_the_trace_of_its_sender(api: Api, engine: Engine) -> None:
    deploy_line(engine, THROW)
    begun = '<startEvent id="s2"><messageEventDefinition messageRef="m1"/></startEvent>'
    body = f'{begun}{external("x")}<sequenceFlow id="f" sourceRef="s2" targetRef="x"/>'
    engine.deployments.deploy("q", [Resource("q.bpmn", bpmn(body, key="q", extra=MESSAGE))])
    start(api)

    engine.outbox.dispatch()

    (task,) = api.fetch()
    assert (task["processDefinitionKey"], task["traceparent"]) == ("q", GIVEN)
    assert [event["traceparent"] for _, event in engine.outbox.list_published()] == [GIVEN]


def test_a_trace_that_cannot_be_read_any_more_keeps_no_message_back(api: Api, engine: Engine) -> None:
    deploy_line(engine, THROW)
    instance = start(api)
    damage: list[list[str | bytes | int]] = [["HSET", keys.name_state(instance), TRACE_FIELD, b"damaged"]]
    apply_ops(engine.store.backend, keys.name_state(instance), damage)

    engine.outbox.dispatch()

    assert ["traceparent" in event for _, event in engine.outbox.list_published()] == [False]
    assert api.get(f"/process-instance/{instance}/trace")["traceId"] == make_trace_id(instance)


def test_an_instance_says_in_which_trace_it_is_and_where_that_is_seen(api: Api, engine: Engine) -> None:
    deploy_line(engine, external("a"))
    within, alone = start(api), api.start("p")

    assert api.get(f"/process-instance/{within}/trace") == {"traceId": TRACE, "url": None}
    assert api.get(f"/process-instance/{alone}/trace") == {"traceId": make_trace_id(alone), "url": None}
    api.get("/process-instance/none/trace", 404)

    settings = WebSettings(trace_url="http://zipkin:9411/zipkin/traces/{trace}")
    shown = Api(create_app(engine, settings).test_client(), engine).get(f"/process-instance/{within}/trace")
    assert shown["url"] == f"http://zipkin:9411/zipkin/traces/{TRACE}"


@pytest.mark.parametrize("address", ["http://zipkin:9411/", "javascript:{trace}"])
def test_an_address_of_traces_has_a_place_for_the_trace(address: str) -> None:
    with pytest.raises(ValueError, match=r"an address with http or https and with \{trace\} in it"):
        WebSettings(trace_url=address)
