"""Your own script engine for models that are trusted."""

from __future__ import annotations

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

from baton.expression.scripts import BpmnErrorRaised, LocalScriptRunner
from baton.model.events import EventType
from baton.runtime import Instance, Ports, TrustedPython
from tests.runtime.lab import Lab

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
    '<error id="err" errorCode="TOO_MUCH"/><process id="p" isExecutable="true">'
)
MODEL = (
    HEAD
    + '<startEvent id="s"/><scriptTask id="tax"><script>gross = with_tax(net)\nlog.append(net)</script></scriptTask>'
    '<boundaryEvent id="caught" attachedToRef="tax"><errorEventDefinition errorRef="err"/></boundaryEvent>'
    '<exclusiveGateway id="choice" default="low"/><endEvent id="High"/><endEvent id="Low"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="tax"/><sequenceFlow id="f2" sourceRef="tax" targetRef="choice"/>'
    '<sequenceFlow id="high" sourceRef="choice" targetRef="High"><conditionExpression>gross &gt; limit'
    '</conditionExpression></sequenceFlow><sequenceFlow id="low" sourceRef="choice" targetRef="Low"/>'
    "</process></definitions>"
)


def with_tax(net: int) -> int:
    if net > 1_000:
        raise BpmnErrorRaised("TOO_MUCH")
    return net * 2


def trusting(source: str = MODEL) -> Lab:
    lab = Lab.of(source)
    engine = PythonScriptEngine(TaskDataEnvironment({"with_tax": with_tax, "limit": 180}))
    lab.ports = Ports(lab.library, TrustedPython(engine, LocalScriptRunner()))
    lab.instance = Instance(lab.instance.id, lab.ports)
    return lab


def test_scripts_and_conditions_in_python_use_the_names_of_the_engine_that_was_handed_in() -> None:
    lab = trusting().start(net=100, log=[])

    assert lab.path()[-1] == "High"
    assert lab.variables == {"net": 100, "gross": 200, "log": [100]}


def test_without_one_the_same_model_stops_at_the_unknown_function() -> None:
    lab = Lab.of(MODEL).start(net=100, log=[])

    assert "with_tax" in lab.incidents[0].message


def test_a_failing_script_stops_its_step_and_leaves_the_variables_alone() -> None:
    lab = trusting().start(net="much", log=[])

    assert lab.incidents[0].element == "tax"
    assert lab.variables == {"net": "much", "log": []}


def test_a_bpmn_error_that_a_function_raises_is_caught_by_the_boundary_event() -> None:
    lab = trusting().start(net=2_000, log=[])

    assert lab.path(EventType.ELEMENT_COMPLETED)[-1] == "caught"
    assert lab.state == "completed"


def test_a_condition_must_be_true_or_false() -> None:
    lab = trusting(MODEL.replace("gross &gt; limit", "gross"))

    lab.start(net=1, log=[])

    assert "true or false" in lab.incidents[0].message
