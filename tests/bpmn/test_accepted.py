"""What Baton accepts although the standard is stricter (docs/reference/rules/accepted.md), some with a warning."""

from __future__ import annotations

import pytest

from baton.bpmn import read
from tests.bpmn.build import NAMESPACES, around, process, rules_of

CHOICE = (
    '<startEvent id="s"/><{0} id="g" {1}/><task id="a"/><task id="b"/><endEvent id="e"/>'
    '<sequenceFlow id="g-a" sourceRef="g" targetRef="a">{2}</sequenceFlow>'
)
WITHOUT_TYPE = "<conditionExpression>${x}</conditionExpression>"
DATA = '<dataObject id="object"/><dataObjectReference id="ref" name="Order [paid]" dataObjectRef="object"/>'
BARE = '<process id="p" isExecutable="true"><task id="1-2"/></process>'
POOLS = (
    '<collaboration id="c"><participant id="shop" processRef="p"/><participant id="buyer"/>'
    '<messageFlow id="mf" sourceRef="buyer" targetRef="start"/></collaboration>'
)


@pytest.mark.parametrize(
    ("data", "warnings"),
    [
        pytest.param(
            process(CHOICE.format("exclusiveGateway", 'default="g-b"', WITHOUT_TYPE), "s>g>b>e a>e"),
            [],
            id="an expression without type, a gateway without direction",
        ),
        pytest.param(
            process(CHOICE.format("inclusiveGateway", "", WITHOUT_TYPE), "s>g>b>e a>e"),
            ["choice-without-condition"],
            id="an inclusive gateway with a flow that is always taken",
        ),
        pytest.param(
            process(CHOICE.format("parallelGateway", "", WITHOUT_TYPE), "s>g>b>e a>e"),
            ["condition-placement"],
            id="a condition out of a parallel gateway",
        ),
        pytest.param(
            around('<task id="n"><documentation textFormat="plain">x</documentation></task>'),
            [],
            id="a text format that is not a MIME type",
        ),
        pytest.param(
            around('<scriptTask id="n"><script>x = 1</script></scriptTask>'), [], id="a script without a format"
        ),
        pytest.param(
            around('<task id="n"><outgoing>gone</outgoing></task>'), ["flow-lists"], id="a list with a left-over"
        ),
        pytest.param(
            around('<receiveTask id="n" messageRef="m"/>', '<message id="m"/>'),
            ["unnamed-message"],
            id="a message without a name, a task without an operation",
        ),
        pytest.param(around('<task id="n"/>', POOLS), ["message-flow"], id="a message flow to a start without message"),
        pytest.param(process('<startEvent id="s"/><task id="n"/>', "s>n"), ["end-without-start"], id="no end event"),
        pytest.param(process('<task id="a"/><task id="b"/>', "a>b"), [], id="neither a start event nor an end event"),
        pytest.param(
            process('<startEvent id="s"/><task id="a"/><task id="n"/><endEvent id="e"/>', "s>a>e s>n"),
            ["dead-end"],
            id="a path without an end event",
        ),
        pytest.param(
            process(
                '<startEvent id="s"/><task id="n"/><endEvent id="e"/><boundaryEvent id="b" attachedToRef="n">'
                "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>",
                "s>n>e",
            ),
            ["boundary-flows"],
            id="a boundary event that leads nowhere",
        ),
        pytest.param(
            process('<startEvent id="s"/><parallelGateway id="g"/><endEvent id="e"/>', "s>g>e"),
            ["gateway-without-flows"],
            id="a gateway that neither splits nor joins",
        ),
        pytest.param(
            around('<task id="n"/>').replace(b'isExecutable="true"', b'isExecutable="true" processType="Public"'),
            ["process-settings"],
            id="an executable public process",
        ),
        pytest.param(
            process(
                '<startEvent id="s"/><endEvent id="e"/>'
                '<sequenceFlow id="f" sourceRef="s" targetRef="e" isImmediate="false"/>'
            ),
            ["immediate-flow"],
            id="a flow that is not immediate",
        ),
        pytest.param(
            around(
                '<task id="n"><dataInputAssociation id="d"><sourceRef>ref</sourceRef></dataInputAssociation></task>',
                more=DATA,
            ),
            ["data-association"],
            id="data that is only drawn",
        ),
        pytest.param(
            around(
                '<task id="n"><multiInstanceLoopCharacteristics><loopDataInputRef>orders</loopDataInputRef>'
                '<inputDataItem id="i" name="order"/></multiInstanceLoopCharacteristics></task>'
            ),
            ["dangling-reference"],
            id="a collection named by its variable",
        ),
        pytest.param(
            f"<definitions {NAMESPACES}>{BARE}</definitions>".encode(),
            [],
            id="no target namespace, an id that begins with a digit",
        ),
    ],
)
def test_what_changes_nothing_about_the_run_is_accepted(data: bytes, warnings: list[str]) -> None:
    reading = read(data)

    assert reading.ok, [str(problem) for problem in reading.errors]
    assert rules_of(reading) == warnings
