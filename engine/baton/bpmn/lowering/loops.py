"""Standard loops and multi-instance."""

from __future__ import annotations

from typing import Literal

from baton.bpmn.element import Element
from baton.bpmn.lowering import expressions
from baton.bpmn.lowering.data import Names, is_name
from baton.bpmn.lowering.events import Events
from baton.bpmn.names import CAMUNDA, TRUE, ZEEBE
from baton.model.attributes import Expression
from baton.model.definition import BehaviorEvent, EventDefinition, MultiInstance, StandardLoop

Behavior = Literal["none", "one", "all", "complex"]
BEHAVIORS = ("none", "one", "all", "complex")


MARKERS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def read_loop(element: Element, events: Events, names: Names) -> StandardLoop | MultiInstance | None:
    standard = element.find("standardLoopCharacteristics")
    if standard is not None:
        return _read_standard_loop(standard)
    multi = element.find("multiInstanceLoopCharacteristics")
    return _read_multi_instance(multi, events, names) if multi is not None else None


def _read_standard_loop(element: Element) -> StandardLoop:
    return StandardLoop(
        condition=expressions.read_expression(element.find("loopCondition")),
        test_before=element.get("testBefore") in TRUE,
        maximum=expressions.to_expression(element.get("loopMaximum"), element.line),
    )


def _read_multi_instance(element: Element, events: Events, names: Names) -> MultiInstance:
    zeebe = element.find_extension(ZEEBE, "loopCharacteristics")
    output = expressions.to_expression(zeebe.get("outputElement"), zeebe.line) if zeebe is not None else None
    text = (element.get("behavior") or "All").lower()
    return MultiInstance(
        sequential=element.get("isSequential") in TRUE,
        cardinality=expressions.read_expression(element.find("loopCardinality")),
        collection=_read_collection(element, zeebe, names),
        element_variable=element.get_extension(CAMUNDA, "elementVariable")
        or _read_zeebe_loop(zeebe, "inputElement")
        or _read_item(element, "in"),
        output_collection=_read_zeebe_loop(zeebe, "outputCollection") or _read_output(element, names),
        output_element=output or _read_output_element(element),
        completion_condition=expressions.read_expression(element.find("completionCondition")),
        zeebe=zeebe is not None,
        behavior=text if text in BEHAVIORS else "all",
        behavior_event=_read_behavior_event(element, events),
        complex_behavior=tuple(
            _read_complex_behavior(item, events) for item in element.find_all("complexBehaviorDefinition")
        ),
    )


def _read_zeebe_loop(zeebe: Element | None, name: str) -> str | None:
    return zeebe.get(name) if zeebe is not None else None


def _read_collection(element: Element, zeebe: Element | None, names: Names) -> Expression | None:
    """A text without delimiters is a variable's name; so is what ``loopDataInputRef`` refers to."""
    given = element.get_extension(CAMUNDA, "collection") or _read_zeebe_loop(zeebe, "inputCollection")
    if given is not None:
        return expressions.to_expression(given, element.line, "python")
    ref = element.get_ref("loopDataInputRef")
    return Expression(names.get_variable(ref), "python", element.line) if ref else None


def _read_item(element: Element, direction: Literal["in", "out"]) -> str | None:
    item = element.find(f"{direction}putDataItem")
    name = item.get("name") if item is not None else None
    return name if name and is_name(name) else (item.id if item is not None else None)


def _read_output(element: Element, names: Names) -> str | None:
    ref = element.get_ref("loopDataOutputRef")
    return names.get_variable(ref) if ref else None


def _read_output_element(element: Element) -> Expression | None:
    name = _read_item(element, "out") if element.get_ref("loopDataOutputRef") else None
    return Expression(name, "python", element.line) if name else None


def _read_behavior_event(element: Element, events: Events) -> EventDefinition | None:
    """``noneBehaviorEventRef`` or ``oneBehaviorEventRef``, by the behaviour."""
    attribute = {"none": "noneBehaviorEventRef", "one": "oneBehaviorEventRef"}
    wanted = attribute.get((element.get("behavior") or "").lower())
    ref = element.get_ref(wanted) if wanted else None
    return events.read_by_id(ref) if ref else None


def _read_complex_behavior(element: Element, events: Events) -> BehaviorEvent:
    condition = expressions.read_expression(element.find("condition"))
    thrown = element.find("event")
    found = events.read_all(thrown) if thrown is not None else ()
    empty = Expression("", "python", element.line)
    return BehaviorEvent(condition=condition or empty, event=found[0] if found else None)
