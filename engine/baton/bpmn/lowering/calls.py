"""What call activities and business rule tasks call, with which variables."""

from __future__ import annotations

from typing import Literal

from baton.bpmn.element import Element, local
from baton.bpmn.lowering import expressions
from baton.bpmn.names import CAMUNDA, SPIFF, ZEEBE
from baton.model.attributes import CalledElement, CallMapping, Expression

Binding = Literal["latest", "deployment", "version", "versionTag"]
BINDINGS = ("latest", "deployment", "version", "versionTag")


def process(element: Element) -> CalledElement | None:
    """What a call activity calls: None if it names nothing (a rule's finding)."""
    zeebe = element.extension(ZEEBE, "calledElement")
    if zeebe is not None:
        return _zeebe_process(zeebe)
    text = element.get("calledElement")
    if text is None:
        return None
    key = local(text) if "${" not in text and "#{" not in text else text
    return CalledElement(
        key=expressions.value(key, element.line) or Expression(key),
        binding=_binding(element.ext(CAMUNDA, "calledElementBinding")),
        version=_version(element, "calledElement"),
        business_key=_business_key(element),
        inputs=mappings(element, "in"),
        outputs=mappings(element, "out"),
    )


def _zeebe_process(zeebe: Element) -> CalledElement | None:
    key = expressions.value(zeebe.get("processId"), zeebe.line)
    if key is None:
        return None
    everything = CallMapping(all=True)
    return CalledElement(
        key=key,
        binding=_binding(zeebe.get("bindingType")),
        version=expressions.value(zeebe.get("versionTag"), zeebe.line),
        inputs=() if zeebe.get("propagateAllParentVariables") == "false" else (everything,),
        outputs=() if zeebe.get("propagateAllChildVariables") == "false" else (everything,),
    )


def decision(element: Element) -> CalledElement | None:
    """What a business rule task decides by: ``camunda:decisionRef`` or ``zeebe:calledDecision``; None without."""
    zeebe = element.extension(ZEEBE, "calledDecision")
    if zeebe is not None:
        key = expressions.value(zeebe.get("decisionId"), zeebe.line)
        result = zeebe.get("resultVariable")
        binding = _binding(zeebe.get("bindingType"))
        tag = expressions.value(zeebe.get("versionTag"), zeebe.line)
        return (
            CalledElement(
                kind="decision",
                key=key,
                binding=binding,
                version=tag,
                result_variable=result,
                map_decision_result="value",
            )
            if key
            else None
        )
    key = expressions.value(element.ext(CAMUNDA, "decisionRef"), element.line)
    if key is None:
        key = _spiff_decision(element)
        return None if key is None else CalledElement(kind="decision", key=key, map_decision_result="outputs")
    return CalledElement(
        kind="decision",
        key=key,
        binding=_binding(element.ext(CAMUNDA, "decisionRefBinding")),
        version=_version(element, "decisionRef"),
        result_variable=element.ext(CAMUNDA, "resultVariable"),
        map_decision_result=element.ext(CAMUNDA, "mapDecisionResult"),
    )


def _spiff_decision(element: Element) -> Expression | None:
    called = element.extension(SPIFF, "calledDecisionId")
    return expressions.value(called.text, called.line) if called is not None else None


def _binding(text: str | None) -> Binding:
    return text if text in BINDINGS else "latest"


def _version(element: Element, prefix: str) -> Expression | None:
    name = "VersionTag" if element.ext(CAMUNDA, f"{prefix}Binding") == "versionTag" else "Version"
    text = element.ext(CAMUNDA, f"{prefix}{name}")
    return expressions.value(text, element.line)


def _business_key(element: Element) -> Expression | None:
    for one in element.extension_elements(CAMUNDA):
        if one.name == "in" and one.get("businessKey"):
            return expressions.value(one.get("businessKey"), one.line)
    return None


def mappings(element: Element, name: str) -> tuple[CallMapping, ...]:
    """``camunda:in`` or ``camunda:out``, the business key apart."""
    found = [e for e in element.extension_elements(CAMUNDA) if e.name == name and not e.get("businessKey")]
    return tuple(_mapping(one) for one in found)


def _mapping(element: Element) -> CallMapping:
    return CallMapping(
        all=element.get("variables") == "all",
        source=element.get("source"),
        expression=expressions.value(element.get("sourceExpression"), element.line),
        target=element.get("target"),
        local=element.get("local") == "true",
    )
