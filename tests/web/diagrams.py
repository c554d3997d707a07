"""Small processes for the tests of the web, one per thing that the API shows."""

from __future__ import annotations

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  targetNamespace="http://test">
"""


def process(key: str, body: str, extra: str = "", attributes: str = 'name="A process" camunda:versionTag="v1"') -> str:
    opening = f'<bpmn:process id="{key}" isExecutable="true" camunda:historyTimeToLive="30" {attributes}>'
    return f"{HEAD}{extra}{opening}{body}</bpmn:process></bpmn:definitions>"


def flow(number: int, source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}"/>'


def line(key: str, inner: str, element: str) -> str:
    """A process with one element, ``inner``, between its start and its end."""
    body = f'<bpmn:startEvent id="S"/>{inner}<bpmn:endEvent id="E"/>'
    return process(key, body + flow(1, "S", element) + flow(2, element, "E"))


WORK = process(
    "work",
    """<bpmn:startEvent id="Start"/>
    <bpmn:serviceTask id="Do" name="Do it" camunda:type="external" camunda:topic="work">
      <bpmn:extensionElements><camunda:properties><camunda:property name="unit" value="EUR"/></camunda:properties>
      </bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:boundaryEvent id="Failed" attachedToRef="Do"><bpmn:errorEventDefinition errorRef="E"/></bpmn:boundaryEvent>
    <bpmn:endEvent id="End"/><bpmn:endEvent id="Rejected"/>"""
    + flow(1, "Start", "Do")
    + flow(2, "Do", "End")
    + flow(3, "Failed", "Rejected"),
    '<bpmn:error id="E" errorCode="rejected"/>',
)
MANY = process(
    "many",
    """<bpmn:startEvent id="Start"/>
    <bpmn:userTask id="Ask" name="Ask everybody"><bpmn:multiInstanceLoopCharacteristics>
      <bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">2</bpmn:loopCardinality>
    </bpmn:multiInstanceLoopCharacteristics></bpmn:userTask><bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Ask")
    + flow(2, "Ask", "End"),
)
MAPPED = process(
    "mapped",
    """<bpmn:startEvent id="Start"/>
    <bpmn:serviceTask id="Do" camunda:type="external" camunda:topic="work"><bpmn:extensionElements>
      <camunda:inputOutput><camunda:inputParameter name="inner">${outer}</camunda:inputParameter></camunda:inputOutput>
    </bpmn:extensionElements></bpmn:serviceTask><bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Do")
    + flow(2, "Do", "End"),
)
PERSON = process(
    "person",
    """<bpmn:startEvent id="Start" camunda:formKey="embedded:app:start.html"><bpmn:extensionElements>
      <camunda:formData><camunda:formField id="amount" label="Amount" type="long" defaultValue="7"/>
      <camunda:formField id="kind" label="Kind" type="enum" defaultValue="a"><camunda:value id="a" name="A"/>
      <camunda:value id="b" name="B"/></camunda:formField></camunda:formData></bpmn:extensionElements></bpmn:startEvent>
    <bpmn:userTask id="Look" name="Look at it" camunda:candidateGroups="sales,support" camunda:formKey="look"/>
    <bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Look")
    + flow(2, "Look", "End"),
)
WAITING = process(
    "waiting",
    """<bpmn:startEvent id="Start"/>
    <bpmn:intermediateCatchEvent id="Paid"><bpmn:messageEventDefinition messageRef="M"/></bpmn:intermediateCatchEvent>
    <bpmn:intermediateCatchEvent id="Later"><bpmn:timerEventDefinition>
      <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Paid")
    + flow(2, "Paid", "Later")
    + flow(3, "Later", "End"),
    '<bpmn:message id="M" name="Payment"/>',
)
UNDO = process(
    "undo",
    """<bpmn:startEvent id="Start"/>
    <bpmn:serviceTask id="Book" camunda:type="external" camunda:topic="book"/>
    <bpmn:boundaryEvent id="Undo" attachedToRef="Book"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>
    <bpmn:serviceTask id="Unbook" isForCompensation="true" camunda:type="external" camunda:topic="unbook"/>
    <bpmn:association id="a1" associationDirection="One" sourceRef="Undo" targetRef="Unbook"/>
    <bpmn:userTask id="Wait"/>
    <bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Book")
    + flow(2, "Book", "Wait")
    + flow(3, "Wait", "End"),
)
NESTED = process(
    "nested",
    """<bpmn:startEvent id="Start"/>
    <bpmn:subProcess id="Inside"><bpmn:startEvent id="In"/><bpmn:userTask id="Ask"/>"""
    + flow(3, "In", "Ask")
    + """</bpmn:subProcess><bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Inside")
    + flow(2, "Inside", "End"),
)
RECEIVE = process(
    "receive",
    """<bpmn:startEvent id="Start"/><bpmn:receiveTask id="Wait"/><bpmn:receiveTask id="Again"/>
    <bpmn:endEvent id="End"/>"""
    + flow(1, "Start", "Wait")
    + flow(2, "Wait", "Again")
    + flow(3, "Again", "End"),
)
BROKEN = process("broken", '<bpmn:startEvent id="Start"/><bpmn:task id="T"/>' + flow(1, "Start", "Nowhere"))
BY_NAME = {
    "work": WORK,
    "many": MANY,
    "mapped": MAPPED,
    "person": PERSON,
    "waiting": WAITING,
    "undo": UNDO,
    "nested": NESTED,
    "broken": BROKEN,
    "receive": RECEIVE,
    "not-xml": "this is not XML",
    "doctype": '<!DOCTYPE x [<!ENTITY a "b">]>' + WORK.removeprefix('<?xml version="1.0" encoding="UTF-8"?>'),
}
