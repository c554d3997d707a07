"""Models with compensation as XML, piece by piece: for tests, and for random ones."""

from __future__ import annotations

from tests.bpmn.build import NAMESPACES, flows

EXTERNAL = 'camunda:type="external" camunda:topic'


READ_ONLY = (
    '<extensionElements><camunda:properties><camunda:property name="baton:readOnly" value="true"/></camunda:properties>'
    "</extensionElements>"
)


def task(name: str, undo: str | None = None, inner: str = "", read_only: bool | None = None) -> str:
    """An external task; with ``undo`` a compensation boundary event tied to a handler of that name.

    One without is marked as changing nothing outside, unless ``read_only`` says otherwise.
    """
    marked = READ_ONLY if (undo is None if read_only is None else read_only) else ""
    return f'<serviceTask id="{name}" {EXTERNAL}="{name}">{marked}{inner}</serviceTask>' + handled(name, undo)


def handled(name: str, undo: str | None, handler: str | None = None) -> str:
    """The boundary event, the association and the handler that undo the activity ``name``."""
    if undo is None:
        return ""
    given = handler or f'<serviceTask id="{undo}" isForCompensation="true" {EXTERNAL}="{undo}"/>'
    return (
        f'<boundaryEvent id="{name}-undone" attachedToRef="{name}"><compensateEventDefinition/></boundaryEvent>{given}'
        f'<association id="{name}-by" associationDirection="One" sourceRef="{name}-undone" targetRef="{undo}"/>'
    )


def sub(
    name: str, *content: str, flow: str = "", undo: str | None = None, kind: str = "subProcess", more: str = ""
) -> str:
    return f'<{kind} id="{name}" {more}>{"".join(content)}{flows(flow)}</{kind}>' + handled(name, undo)


def event_sub(name: str, *content: str, flow: str = "") -> str:
    return sub(name, *content, flow=flow, more='triggeredByEvent="true"')


def call(name: str, called: str, undo: str | None = None, inner: str = "") -> str:
    mapped = '<extensionElements><camunda:in variables="all"/></extensionElements>'
    return f'<callActivity id="{name}" calledElement="{called}">{mapped}{inner}</callActivity>' + handled(name, undo)


def event(kind: str, name: str, definition: str = "", more: str = "") -> str:
    return f'<{kind} id="{name}" {more}>{definition}</{kind}>'


def start(name: str = "start", definition: str = "", more: str = "") -> str:
    return event("startEvent", name, definition, more)


def end(name: str = "end", definition: str = "") -> str:
    return event("endEvent", name, definition)


def throw(name: str, definition: str = "") -> str:
    return event("intermediateThrowEvent", name, definition)


def catch(name: str, definition: str) -> str:
    return event("intermediateCatchEvent", name, definition)


def boundary(name: str, host: str, definition: str, interrupting: bool = True) -> str:
    more = f'attachedToRef="{host}"' + ("" if interrupting else ' cancelActivity="false"')
    return event("boundaryEvent", name, definition, more)


def gateway(name: str, kind: str = "parallel", default: str | None = None) -> str:
    return f'<{kind}Gateway id="{name}"' + (f' default="{default}"' if default else "") + "/>"


def when(condition: str, source: str, target: str) -> str:
    """A flow with a condition; its id is ``source-target``."""
    return (
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression></sequenceFlow>'
    )


def compensate(ref: str | None = None, wait: bool = True) -> str:
    named = f' activityRef="{ref}"' if ref else ""
    waits = "" if wait else ' waitForCompletion="false"'
    return f"<compensateEventDefinition{named}{waits}/>"


def timer(duration: str) -> str:
    lasting = f'<timeDuration xsi:type="tFormalExpression">{duration}</timeDuration>'
    return f"<timerEventDefinition>{lasting}</timerEventDefinition>"


def error(ref: str | None = None) -> str:
    return f'<errorEventDefinition errorRef="{ref}"/>' if ref else "<errorEventDefinition/>"


def message(ref: str) -> str:
    return f'<messageEventDefinition messageRef="{ref}"/>'


TERMINATE = "<terminateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"


def each(collection: str, variable: str, sequential: bool = False) -> str:
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f'camunda:collection="{collection}" camunda:elementVariable="{variable}"/>'
    )


def loop(condition: str) -> str:
    return (
        '<standardLoopCharacteristics><loopCondition xsi:type="tFormalExpression">'
        f"{condition}</loopCondition></standardLoopCharacteristics>"
    )


def inputs(**values: str) -> str:
    """Input mappings, inside the element's own extension elements."""
    each_one = "".join(f'<camunda:inputParameter name="{n}">{v}</camunda:inputParameter>' for n, v in values.items())
    return f"<extensionElements><camunda:inputOutput>{each_one}</camunda:inputOutput></extensionElements>"


def process(name: str, *content: str, flow: str = "") -> str:
    return f'<process id="{name}" isExecutable="true">{"".join(content)}{flows(flow)}</process>'


def file(*content: str) -> str:
    given = f'{NAMESPACES} id="definitions" targetNamespace="https://example.org/compensation"'
    return f"<definitions {given}>{''.join(content)}</definitions>"
