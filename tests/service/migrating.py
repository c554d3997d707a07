"""Processes in all their wait states, edits of them, and a way to bring any instance to its end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from baton.model.commands import CompleteUserTask, DeliverMessage, FireJob
from baton.model.records import InstanceHeader, Subscription
from baton.service import (
    Engine,
    ExternalTaskQuery,
    JobQuery,
    LockedTask,
    MessageQuery,
    SubscriptionQuery,
    UserTaskQuery,
)
from tests.service.processes import MESSAGE, SIGNAL, bpmn, external, fetch, line, receive, timer

EXTRA = MESSAGE + SIGNAL
CALLED = bpmn(line('<userTask id="inside"/>'), key="called")
LOOP = "<multiInstanceLoopCharacteristics{}><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
SEQUENTIAL = LOOP.format(' isSequential="true"')
FOREVER = '<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT9H</timeDuration></timerEventDefinition>'
UNDO = (
    '<boundaryEvent id="undoable" attachedToRef="first"><compensateEventDefinition/></boundaryEvent>'
    '<serviceTask id="undo" isForCompensation="true" camunda:type="external" camunda:topic="undo"/>'
    '<association id="a1" associationDirection="One" sourceRef="undoable" targetRef="undo"/>'
)
THROW = '<intermediateThrowEvent id="throw"><compensateEventDefinition/></intermediateThrowEvent>'
FORK = (
    '<startEvent id="s"/><parallelGateway id="fork"/>{before}<userTask id="wait"/><parallelGateway id="join"/>'
    '<serviceTask id="passed" camunda:expression="${{1}}"/>{after}<endEvent id="e"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="fork"/><sequenceFlow id="f2" sourceRef="fork" targetRef="wait"/>'
    '<sequenceFlow id="f3" sourceRef="fork" targetRef="passed"/>'
    '<sequenceFlow id="f4" sourceRef="wait" targetRef="join"/>'
    '<sequenceFlow id="f5" sourceRef="passed" targetRef="join"/>'
)
GATE = (
    '<startEvent id="s"/>{before}<eventBasedGateway id="wait"/><intermediateCatchEvent id="paid">'
    '<messageEventDefinition messageRef="m1"/></intermediateCatchEvent>'
    '<intermediateCatchEvent id="late">' + FOREVER + "</intermediateCatchEvent>{after}"
    '<endEvent id="e"/><endEvent id="e2"/>'
    '<sequenceFlow id="gf1" sourceRef="wait" targetRef="paid"/>'
    '<sequenceFlow id="gf2" sourceRef="wait" targetRef="late"/>'
    '<sequenceFlow id="gf3" sourceRef="late" targetRef="e2"/>'
)

WAITS: dict[str, str] = {
    "external task": external("wait"),
    "user task": '<userTask id="wait"/>',
    "timer": timer("wait", "PT1H"),
    "message": receive("wait"),
    "signal": '<intermediateCatchEvent id="wait"><signalEventDefinition signalRef="g1"/></intermediateCatchEvent>',
    "receive task": '<receiveTask id="wait" messageRef="m1"/>',
    "receive task without a message": '<receiveTask id="wait"/>',
    "condition": '<intermediateCatchEvent id="wait"><conditionalEventDefinition><condition>${go == 1}</condition>'
    "</conditionalEventDefinition></intermediateCatchEvent>",
    "job": '<userTask id="wait" camunda:asyncBefore="true"/>',
    "called process": '<callActivity id="wait" calledElement="called"/>',
    "subprocess": '<subProcess id="wait">'
    + line('<userTask id="in"/>')
    .replace('id="s"', 'id="is"')
    .replace('id="e"', 'id="ie"')
    .replace('"s"', '"is"')
    .replace('"e"', '"ie"')
    .replace('id="f', 'id="if')
    + "</subProcess>",
    "parallel multi-instance": f'<userTask id="wait">{LOOP.format("")}</userTask>',
    "sequential multi-instance": f'<userTask id="wait">{SEQUENTIAL}</userTask>',
    "boundary timer": '<userTask id="wait"/>',
    "what can be undone": '<userTask id="wait"/>',
    "undoing": THROW.replace("throw", "wait"),
    "join": "",
    "event-based gateway": "",
    "event subprocess": '<userTask id="wait"/>',
}
BESIDE = {
    "boundary timer": f'<boundaryEvent id="limit" attachedToRef="wait">{FOREVER}</boundaryEvent><endEvent id="le"/>'
    '<sequenceFlow id="lf" sourceRef="limit" targetRef="le"/>',
    "what can be undone": UNDO,
    "undoing": UNDO,
    "event subprocess": '<subProcess id="es" triggeredByEvent="true"><startEvent id="ess" isInterrupting="false">'
    '<messageEventDefinition messageRef="m1"/></startEvent><endEvent id="ese"/>'
    '<sequenceFlow id="esf" sourceRef="ess" targetRef="ese"/></subProcess>',
}


def make_process(wait: str, *, before: str = "", after: str = "") -> bytes:
    """A process that comes to the wait state, with tasks put in before and after it."""
    if wait == "join":
        tail = ("join", after, "e") if after else ("join", "e")
        return bpmn(_fill(FORK, "", after) + _chain("t", *tail), extra=EXTRA)
    if wait == "event-based gateway":
        return bpmn(
            _fill(GATE, before, after) + _chain("b", "s", before, "wait") + _chain("t", "paid", after, "e"), extra=EXTRA
        )
    first = external("first", "first") if wait in ("what can be undone", "undoing") else ""
    last = THROW if wait == "what can be undone" else ""
    nodes = [node for node in (first, before, WAITS[wait], after, last) if node]
    return bpmn(line(*nodes) + BESIDE.get(wait, ""), extra=EXTRA)


def _fill(text: str, before: str, after: str) -> str:
    return text.format(before=before, after=after)


def _chain(name: str, *nodes: str) -> str:
    ids = [node.split('id="')[1].split('"')[0] if "<" in node else node for node in nodes if node]
    flows = pairwise(ids)
    return "".join(f'<sequenceFlow id="{name}{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(flows))


BEFORE, AFTER = '<serviceTask id="early" camunda:expression="${1}"/>', external("late-task", "added")
EDITS: dict[str, Callable[[str], bytes]] = {
    "nothing that matters": lambda wait: make_process(wait).replace(b'id="e"', b'id="e" name="The end"'),
    "a task before": lambda wait: make_process(wait, before=BEFORE),
    "a task after": lambda wait: make_process(wait, after=AFTER),
    "another id": lambda wait: make_process(wait).replace(b'"wait"', b'"renamed"'),
}


def advance(engine: Engine, forward: Callable[[int], None]) -> bool:
    """Do the next thing that something waits for; False when nothing does."""
    for task, _ in engine.external_tasks.find(ExternalTaskQuery()):
        engine.external_tasks.lock(task.id, "w", 60_000)
        engine.external_tasks.complete(task.id, "w", variables={task.topic: "done"})
        return True
    for task in engine.user_tasks.find(UserTaskQuery()):
        engine.mailbox.submit(task.instance_id, CompleteUserTask(task_id=task.id, variables={"person": "done"}))
        return True
    for subscription in engine.subscriptions.find(SubscriptionQuery()):
        if subscription.kind == "message" and subscription.element not in ("ess",):
            engine.messages.correlate(MessageQuery(name="Paid", process_instance_id=subscription.instance_id, all=True))
            return True
        if subscription.kind == "signal":
            engine.messages.send_signal("Alarm", {})
            return True
    for job in engine.jobs.find(JobQuery()):
        if job.element != "limit":
            engine.mailbox.submit(job.instance_id, FireJob(job_id=job.id))
            return True
    del forward
    return False


def summarize(engine: Engine, header: InstanceHeader) -> dict[str, object]:
    """What an instance has come to."""
    found = engine.instances.get(header.id)
    ledger = [(entry.element, str(entry.state)) for entry in engine.instance_reader.get_ledger(header.id)]
    return {"state": str(found.state), "end": found.end_element, "ledger": ledger, "incidents": found.incidents}


def deliver(subscription: Subscription) -> DeliverMessage:
    return DeliverMessage(subscription_id=subscription.id)


def fetch_one(engine: Engine) -> list[LockedTask]:
    return fetch(engine, n=1)
