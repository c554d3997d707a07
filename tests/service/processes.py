"""Small processes, as text, and short ways to deploy and work them."""

from __future__ import annotations

from itertools import pairwise

from baton.model.definition import Definition
from baton.service import Engine, LockedTask, Resource, TopicRequest

_HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">'
)


def bpmn(body: str, key: str = "p", extra: str = "", attributes: str = "") -> bytes:
    process = f'<process id="{key}" isExecutable="true" camunda:historyTimeToLive="1" {attributes}>{body}</process>'
    return f"{_HEAD}{extra}{process}</definitions>".encode()


def line(*nodes: str) -> str:
    """Nodes in a row: ``s``, the ones given, ``e``."""
    ids = ["s", *(node.split('id="')[1].split('"')[0] for node in nodes), "e"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairwise(ids))
    )
    return '<startEvent id="s"/>' + "".join(nodes) + '<endEvent id="e"/>' + flows


def external(id_: str, topic: str = "work") -> str:
    return f'<serviceTask id="{id_}" camunda:type="external" camunda:topic="{topic}"/>'


def timer(id_: str, duration: str) -> str:
    return (
        f'<intermediateCatchEvent id="{id_}"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">'
        f"{duration}</timeDuration></timerEventDefinition></intermediateCatchEvent>"
    )


def receive(id_: str, message: str = "m1") -> str:
    return (
        f'<intermediateCatchEvent id="{id_}"><messageEventDefinition messageRef="{message}"/></intermediateCatchEvent>'
    )


MESSAGE = '<message id="m1" name="Paid"/>'
SIGNAL = '<signal id="g1" name="Alarm"/>'
ONE_TASK = bpmn(line(external("t")))


def deploy(engine: Engine, xml: bytes = ONE_TASK, name: str = "p") -> Definition:
    return engine.deployments.deploy(name, [Resource(f"{name}.bpmn", xml)]).definitions[0]


def fetch(engine: Engine, topic: str = "work", worker: str = "w", n: int = 10, **more: object) -> list[LockedTask]:
    return engine.task_fetcher.fetch_and_lock(worker, n, [TopicRequest(name=topic, lock_ms=10_000, **more)])  # type: ignore[arg-type]
