"""What stands in a data folder when another release opens it: one instance of each kind, and random ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from baton.worker import Rest
from baton.worker.values import to_typed_variables
from tests.runtime.randomly.structured import structured
from tests.service.processes import MESSAGE, bpmn, external, line, receive, timer
from tests.upgrade.driving import Driver

MULTIPLE = (
    '<serviceTask id="{id}" camunda:type="external" camunda:topic="{id}"><multiInstanceLoopCharacteristics '
    'isSequential="{sequential}" camunda:collection="items" camunda:elementVariable="item"/></serviceTask>'
)


def undoable(*ids: str) -> str:
    handlers = "".join(
        f'<boundaryEvent id="u{id_}" attachedToRef="{id_}"><compensateEventDefinition/></boundaryEvent>'
        f'<serviceTask id="h{id_}" isForCompensation="true" camunda:type="external" camunda:topic="undo-{id_}"/>'
        f'<association id="x{id_}" associationDirection="One" sourceRef="u{id_}" targetRef="h{id_}"/>'
        for id_ in ids
    )
    return line(*(external(id_, id_) for id_ in ids), external("last", "last")) + handlers


def begin_undoing(driver: Driver) -> None:
    for element in ("a", "b"):
        driver.do(element)
    driver.rest.post(f"/process-instance/{driver.instance}/cancel", {"compensate": True})
    driver.do("hb")


@dataclass(frozen=True)
class Scene:
    key: str
    files: tuple[bytes, ...]
    prepare: Callable[[Driver], None]
    end: str = "completed"


SCENES = (
    Scene(
        "waiting",
        (bpmn(line('<userTask id="u"/>', receive("r"), timer("t", "PT10H"), external("w")), "waiting", MESSAGE),),
        lambda driver: driver.do("u"),
    ),
    Scene("timer", (bpmn(line(timer("t", "PT10H"), external("w")), "timer"),), lambda driver: None),
    Scene("undoing", (bpmn(undoable("a", "b"), "undoing"),), begin_undoing, "compensated"),
    Scene(
        "many-at-once",
        (bpmn(line(MULTIPLE.format(id="m", sequential="false"), external("w")), "many-at-once"),),
        lambda driver: driver.do("m"),
    ),
    Scene(
        "one-by-one",
        (bpmn(line(MULTIPLE.format(id="m", sequential="true"), external("w")), "one-by-one"),),
        lambda driver: driver.do("m"),
    ),
    Scene(
        "caller",
        (
            bpmn(line('<callActivity id="c" calledElement="called"/>', external("w")), "caller"),
            bpmn(line(external("inner"), external("second")), "called"),
        ),
        lambda driver: driver.do("inner"),
    ),
    Scene(
        "incident",
        (bpmn(line(external("w"), external("x")), "incident"),),
        lambda driver: driver.do("w", fails=True),
    ),
)


def begin(rests: Sequence[Rest], scene: Scene) -> Driver:
    """Deploy it, start it, and bring it where it waits."""
    for number, content in enumerate(scene.files):
        deploy(rests[0], f"{scene.key}-{number}", content)
    driver = Driver(rests, start(rests[0], scene.key, items=["x", "y", "z"]), seed=0)
    scene.prepare(driver)
    return driver


def begin_random(rests: Sequence[Rest], seed: int) -> Driver:
    """Random process ``seed``, whose names are its own, so that it hears of no other."""
    text = structured(Random(seed))
    for own in ('id="p"', 'id="q"', 'calledElement="q"', 'name="m1"', 'name="m2"', 'name="s1"'):
        text = text.replace(own, f'{own[:-1]}_{seed}"')
    deploy(rests[0], f"random-{seed}", text.replace("PT10S", "PT10H").encode())
    random = Random(seed)
    values: dict[str, Any] = {flag: random.random() < 0.5 for flag in "abcd"}
    values |= {"again": False, "n": 0, "size": random.randint(0, 3), "items": ["x", "y"]}
    return Driver(rests, start(rests[0], f"p_{seed}", **values), seed)


def deploy(rest: Rest, name: str, content: bytes) -> None:
    fields = {"deployment-name": (None, name), "file": (f"{name}.bpmn", content)}
    rest.request("POST", "/deployment/create", files=fields)


def start(rest: Rest, key: str, **variables: Any) -> str:
    body = {"variables": to_typed_variables(variables), "businessKey": key}
    return str(rest.post(f"/process-definition/key/{key}/start", body)["id"])
