"""Random processes made of blocks: whatever splits is joined again, so every run must come to an end.

Conditions are variables that hold true or false; the driver sets them at random. Every loop goes through a task that
waits, so that no run spins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
ROOTS = (
    '<message id="M1" name="m1"/><message id="M2" name="m2"/><signal id="S1" name="s1"/>'
    '<error id="E1" name="e1" errorCode="e1"/><escalation id="X1" name="x1" escalationCode="x1"/>'
)
FLAGS = ("a", "b", "c", "d")
EVENTS = {
    "message": '<messageEventDefinition messageRef="M1"/>',
    "signal": '<signalEventDefinition signalRef="S1"/>',
    "timer": "<timerEventDefinition><timeDuration>PT10S</timeDuration></timerEventDefinition>",
    "cycle": "<timerEventDefinition><timeCycle>R3/PT10S</timeCycle></timerEventDefinition>",
    "conditional": "<conditionalEventDefinition><condition>${a and b}</condition></conditionalEventDefinition>",
    "filtered": '<conditionalEventDefinition camunda:variableName="a"><condition>${a and b}</condition>'
    "</conditionalEventDefinition>",
    "error": '<errorEventDefinition errorRef="E1"/>',
    "escalation": '<escalationEventDefinition escalationRef="X1"/>',
}
INTERRUPTING = ("message", "signal", "timer", "conditional", "error", "escalation")
BESIDE = ("message", "signal", "cycle", "conditional", "filtered", "escalation")


@dataclass
class Block:
    """A piece of a process with one way in and one way out."""

    first: str
    last: str


@dataclass
class Builder:
    random: Random
    parts: list[list[str]] = field(default_factory=lambda: [[]])
    count: int = 0
    depth: int = 0
    budget: int = 12
    free: bool = False
    """In an ad-hoc subprocess, which has no start and end events."""

    def id(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def put(self, text: str) -> None:
        self.parts[-1].append(text)

    def node(self, prefix: str, tag: str, inner: str = "", attributes: str = "") -> str:
        name = self.id(prefix)
        self.put(f'<{tag} id="{name}"{" " if attributes else ""}{attributes}>{inner}</{tag}>')
        return name

    def flow(self, source: str, target: str, condition: str | None = None) -> str:
        name = self.id("f")
        inner = f"<conditionExpression>${{{condition}}}</conditionExpression>" if condition else ""
        self.put(f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
        return name

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def flag(self) -> str:
        return self.random.choice(FLAGS)

    # -- blocks ---------------------------------------------------------------------------------------------------

    def block(self) -> Block:
        self.budget -= 1
        simple: list[Callable[[], Block]] = [self.task, self.task, self.wait, self.throw]
        nested: list[Callable[[], Block]] = [
            *(self.sequence, self.exclusive, self.parallel, self.inclusive, self.loop),
            *(self.subprocess, self.subprocess, self.event_choice, self.complex, self.ad_hoc, self.call),
        ]
        if self.count >= 1000:
            nested.remove(self.call)
        deep = self.budget <= 0 or self.depth >= 3
        return self.random.choice(simple if deep or self.chance(0.4) else nested)()

    def inner(self) -> Block:
        self.depth += 1
        found = self.block()
        self.depth -= 1
        return found

    def sequence(self) -> Block:
        blocks = [self.inner() for _ in range(self.random.randint(2, 3))]
        for before, after in pairwise(blocks):
            self.flow(before.last, after.first)
        return Block(blocks[0].first, blocks[-1].last)

    def task(self) -> Block:
        kind = self.random.choice(("external", "external", "user", "plain", "script", "receive"))
        marker = self.marker() if self.chance(0.25) else ""
        attributes, inner = self.asynchronous(), marker
        if kind == "external":
            tag, attributes = "serviceTask", f'camunda:type="external" camunda:topic="t" {attributes}'
        elif kind == "script":
            tag = "scriptTask"
            attributes = f'scriptFormat="juel" camunda:resultVariable="n" {attributes}'
            inner = f"{marker}<script>${{n + 1}}</script>"
        elif kind == "receive":
            tag, attributes = "receiveTask", f'messageRef="M2" {attributes}'
        else:
            tag = {"user": "userTask", "plain": "task"}[kind]
        name = self.node("t", tag, inner, attributes.strip())
        if self.chance(0.3):
            self.handler(name)
        return Block(name, self.boundary(name, thrown=kind == "external") if self.chance(0.25) else name)

    def asynchronous(self) -> str:
        return self.random.choice(("", "", "", 'camunda:asyncBefore="true"', 'camunda:asyncAfter="true"'))

    def marker(self) -> str:
        if self.chance(0.25):
            condition = "<loopCondition>${c}</loopCondition>"
            return f'<standardLoopCharacteristics loopMaximum="2">{condition}</standardLoopCharacteristics>'
        sequential = "true" if self.chance(0.5) else "false"
        counted = self.chance(0.5)
        items = "" if counted else 'camunda:collection="items" camunda:elementVariable="item"'
        cardinality = "<loopCardinality>${size}</loopCardinality>" if counted else ""
        completion = "<completionCondition>${d}</completionCondition>" if self.chance(0.3) else ""
        return (
            f'<multiInstanceLoopCharacteristics isSequential="{sequential}" {items}>{cardinality}{completion}'
            "</multiInstanceLoopCharacteristics>"
        )

    def handler(self, host: str) -> None:
        boundary = self.node("b", "boundaryEvent", "<compensateEventDefinition/>", f'attachedToRef="{host}"')
        external = 'camunda:type="external" camunda:topic="t"' if self.chance(0.6) else ""
        tag = "serviceTask" if external else "task"
        handler = self.node("h", tag, "", f'isForCompensation="true" {external}')
        self.put(f'<association id="{self.id("as")}" sourceRef="{boundary}" targetRef="{handler}"/>')

    def boundary(self, host: str, *, thrown: bool) -> str:
        """A boundary event, and where to go on: an interrupting one joins the way of its activity again."""
        interrupting = self.chance(0.6)
        kind = self.random.choice(INTERRUPTING if interrupting else BESIDE)
        if kind in ("error", "escalation") and not thrown:
            kind = "message"
        cancel = f'cancelActivity="{str(interrupting).lower()}"'
        event = self.node("b", "boundaryEvent", EVENTS[kind], f'attachedToRef="{host}" {cancel}')
        task = self.node("t", "serviceTask", "", 'camunda:type="external" camunda:topic="t"')
        self.flow(event, task)
        return self._joined(host, task) if interrupting else self._ended(host, task)

    def _joined(self, host: str, other: str) -> str:
        merge = self.node("g", "exclusiveGateway")
        self.flow(host, merge)
        self.flow(other, merge)
        return merge

    def _ended(self, host: str, other: str) -> str:
        if not self.free:
            self.flow(other, self.node("e", "endEvent"))
        return host

    def wait(self) -> Block:
        kind = self.random.choice(("message", "signal", "timer", "conditional"))
        name = self.node("w", "intermediateCatchEvent", EVENTS[kind], self.asynchronous())
        return Block(name, name)

    def throw(self) -> Block:
        kind = self.random.choice(("none", "signal", "escalation", "compensate", "compensate"))
        inner = {**EVENTS, "none": "", "compensate": "<compensateEventDefinition/>"}[kind]
        name = self.node("w", "intermediateThrowEvent", inner)
        return Block(name, name)

    def exclusive(self) -> Block:
        split, join = self.id("g"), self.node("g", "exclusiveGateway")
        flows: list[str] = []
        for _ in range(self.random.randint(2, 3)):
            way = self.inner()
            flows.append(self.flow(split, way.first, self.flag()))
            self.flow(way.last, join)
        default = self.flow(split, join)
        self.put(f'<exclusiveGateway id="{split}" default="{default}"/>')
        return Block(split, join)

    def parallel(self) -> Block:
        split = self.node("g", "parallelGateway", "", self.asynchronous())
        join = self.node("g", "parallelGateway", "", self.asynchronous())
        return self._ways(split, join, None)

    def complex(self) -> Block:
        """Goes on when one way has come; the others are taken in."""
        split = self.node("g", "parallelGateway")
        condition = "<activationCondition>${activationCount >= 1}</activationCondition>"
        join = self.node("g", "complexGateway", condition)
        return self._ways(split, join, None)

    def inclusive(self) -> Block:
        split, join = self.id("g"), self.node("g", "inclusiveGateway")
        self._ways(split, join, self.flag)
        default = self.flow(split, join)
        self.put(f'<inclusiveGateway id="{split}" default="{default}"/>')
        return Block(split, join)

    def _ways(self, split: str, join: str, condition: Callable[[], str] | None) -> Block:
        for _ in range(self.random.randint(2, 3)):
            way = self.inner()
            self.flow(split, way.first, condition() if condition else None)
            self.flow(way.last, join)
        return Block(split, join)

    def loop(self) -> Block:
        merge, body = self.node("g", "exclusiveGateway"), self.inner()
        pause = self.node("t", "serviceTask", "", 'camunda:type="external" camunda:topic="t"')
        split, after = self.id("g"), self.node("g", "exclusiveGateway")
        self.flow(merge, body.first)
        self.flow(body.last, pause)
        self.flow(pause, split)
        self.flow(split, merge, "again")
        default = self.flow(split, after)
        self.put(f'<exclusiveGateway id="{split}" default="{default}"/>')
        return Block(merge, after)

    def event_choice(self) -> Block:
        split, join = self.node("g", "eventBasedGateway"), self.node("g", "exclusiveGateway")
        for kind in self.random.sample(("message", "signal", "timer", "conditional"), 2):
            event, way = self.node("w", "intermediateCatchEvent", EVENTS[kind]), self.inner()
            self.flow(split, event)
            self.flow(event, way.first)
            self.flow(way.last, join)
        return Block(split, join)

    def subprocess(self) -> Block:
        tag = "transaction" if self.chance(0.25) else "subProcess"
        name = self.id("p")
        marker = self.marker() if self.chance(0.25) else ""
        self.parts.append([])
        self.scope(tag)
        inner = "".join(self.parts.pop())
        attributes = self.asynchronous()
        self.put(f'<{tag} id="{name}" {attributes}>{marker}{inner}</{tag}>')
        last = self.cancelled(name, alone=not marker) if tag == "transaction" else name
        if self.chance(0.25):
            self.handler(name)
        if self.chance(0.4) and last == name:
            last = self.boundary(name, thrown=True)
        return Block(name, last)

    def ad_hoc(self) -> Block:
        name = self.id("p")
        self.parts.append([])
        self.free = True
        for _ in range(self.random.randint(1, 3)):
            self.task()
        self.free = False
        ordering = self.random.choice(("Parallel", "Sequential"))
        condition = "<completionCondition>${d}</completionCondition>" if self.chance(0.3) else ""
        inner = "".join(self.parts.pop())
        self.put(f'<adHocSubProcess id="{name}" ordering="{ordering}">{inner}{condition}</adHocSubProcess>')
        return Block(name, name)

    def call(self) -> Block:
        marker = self.marker() if self.chance(0.25) else ""
        mapping = (
            '<extensionElements><camunda:in variables="all"/><camunda:out source="n" target="n"/></extensionElements>'
        )
        name = self.node("t", "callActivity", mapping + marker, f'calledElement="q" {self.asynchronous()}')
        if self.chance(0.3):
            self.handler(name)
        return Block(name, self.boundary(name, thrown=True) if self.chance(0.25) else name)

    def cancelled(self, transaction: str, *, alone: bool) -> str:
        """Of many instances each leaves by its own, and all go on together besides."""
        event = self.node("b", "boundaryEvent", "<cancelEventDefinition/>", f'attachedToRef="{transaction}"')
        return self._joined(transaction, event) if alone else self._ended(transaction, event)

    def scope(self, tag: str) -> None:
        """What is inside a process or a subprocess."""
        start, body = self.node("s", "startEvent"), self.inner()
        self.flow(start, body.first)
        self.end(body.last, tag)
        if self.chance(0.25):
            self.event_subprocess()

    def end(self, last: str, tag: str) -> None:
        kinds = ["", "", "", "<compensateEventDefinition/>", EVENTS["signal"], EVENTS["escalation"]]
        kinds += ["<terminateEventDefinition/>"] if tag != "transaction" else []
        kind = self.random.choice(kinds)
        if tag == "transaction" and self.chance(0.3):
            kind = "<cancelEventDefinition/>"
        if kind == "" and not last.startswith("g") and self.chance(0.3):
            return
        self.flow(last, self.node("e", "endEvent", kind))

    def event_subprocess(self) -> None:
        interrupting = self.chance(0.4)
        kind = self.random.choice(INTERRUPTING if interrupting else BESIDE)
        self.parts.append([])
        attributes = f'isInterrupting="{str(interrupting).lower()}"'
        start, body = self.node("s", "startEvent", EVENTS[kind], attributes), self.task()
        self.flow(start, body.first)
        self.flow(body.last, self.node("e", "endEvent"))
        inner = "".join(self.parts.pop())
        self.put(f'<subProcess id="{self.id("p")}" triggeredByEvent="true">{inner}</subProcess>')


def structured(random: Random) -> str:
    """The XML of a random process ``p`` that must come to an end, and of a ``q`` that it may call."""
    builder = Builder(random, budget=random.randint(3, 10))
    builder.scope("process")
    called = Builder(random, budget=random.randint(1, 3), depth=2, count=1000)
    called.scope("process")
    text = "".join(_process(key, value) for key, value in (("p", builder), ("q", called)))
    return f'<definitions {NAMESPACES} targetNamespace="r" id="d">{ROOTS}{text}</definitions>'


def _process(key: str, builder: Builder) -> str:
    return f'<process id="{key}" isExecutable="true">{"".join(builder.parts.pop())}</process>'
