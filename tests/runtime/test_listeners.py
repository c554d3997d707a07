"""Listeners are external tasks of their own, before and after the work."""

from __future__ import annotations

from tests.runtime.lab import Lab

MODEL = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="p" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="work"/>
    <serviceTask id="work" camunda:type="external" camunda:topic="work">
      <extensionElements>
        <camunda:executionListener event="start" topic="before-1"/>
        <camunda:executionListener event="start" topic="before-2"/>
        <camunda:executionListener event="end" topic="after"/>
      </extensionElements>
    </serviceTask>
    <sequenceFlow id="f2" sourceRef="work" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>"""


def topics(lab: Lab) -> list[str]:
    return [task.topic for task in lab.open_tasks]


def test_listeners_are_called_one_after_the_other_around_the_work() -> None:
    # given an activity with two start listeners and one end listener
    lab = Lab.of(MODEL).start()

    # when each is completed, then the next is open and nothing else
    seen = []
    while lab.state == "active":
        (topic,) = topics(lab)
        seen.append(topic)
        lab.complete("work")

    assert seen == ["before-1", "before-2", "work", "after"]
    assert lab.path() == ["s", "work", "e"]


def test_a_bpmn_error_from_a_listener_is_thrown_at_its_activity() -> None:
    # given an instance at its first listener
    lab = Lab.of(MODEL).start()

    # when the listener reports an error that nobody catches
    lab.error("work", "nope")

    # then it is an incident of the activity
    (incident,) = lab.incidents
    assert (incident.kind, incident.element) == ("unhandledError", "work")
