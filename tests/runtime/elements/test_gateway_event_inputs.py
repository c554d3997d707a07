"""Input mappings of a catching event behind an event-based gateway are applied when the event has come."""

from __future__ import annotations

from tests.runtime.lab import Lab

MODEL = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <message id="m1" name="one"/><message id="m2" name="two"/>
  <process id="p" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
    <eventBasedGateway id="g"/>
    <sequenceFlow id="f2" sourceRef="g" targetRef="a"/><sequenceFlow id="f3" sourceRef="g" targetRef="b"/>
    <intermediateCatchEvent id="a">
      <extensionElements><camunda:inputOutput>
        <camunda:inputParameter name="doubled">${amount * 2}</camunda:inputParameter>
        <camunda:outputParameter name="result">${doubled + 1}</camunda:outputParameter>
      </camunda:inputOutput></extensionElements>
      <messageEventDefinition messageRef="m1"/>
    </intermediateCatchEvent>
    <intermediateCatchEvent id="b"><messageEventDefinition messageRef="m2"/></intermediateCatchEvent>
    <sequenceFlow id="f4" sourceRef="a" targetRef="e"/><sequenceFlow id="f5" sourceRef="b" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>"""


def test_the_inputs_of_the_event_that_came_are_seen_by_its_outputs() -> None:
    # given an instance at the gateway
    lab = Lab.of(MODEL).start(amount=3)

    # when the first message comes
    lab.message("one")

    # then its input and output mappings have been applied, the input only inside the event
    assert lab.state == "completed"
    assert lab.variables == {"amount": 3, "result": 7}
