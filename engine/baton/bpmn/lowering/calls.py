"""What call activities and business rule tasks call, with which variables."""

from __future__ import annotations

from typing import Literal

from baton.bpmn.element import Element, get_local_name
from baton.bpmn.lowering import expressions
from baton.bpmn.names import CAMUNDA, FALSE, SPIFF, TRUE, ZEEBE
from baton.model.attributes import CalledElement, CallMapping, Expression

Binding = Literal["latest", "deployment", "version", "versionTag"]
BINDINGS = ("latest", "deployment", "version", "versionTag")


def read_called_process(element: Element) -> CalledElement | None:
    """What a call activity calls: None if it names nothing (a rule's finding)."""
    zeebe = element.find_extension(ZEEBE, "calledElement")
    if zeebe is not None:
        return _read_zeebe_process(zeebe)
    text = element.get("calledElement")
    if text is None:
        return None
    key = get_local_name(text) if "${" not in text and "#{" not in text else text
    return CalledElement(
        key=expressions.to_expression(key, element.line) or Expression(key),
        binding=_read_binding(element.get_extension(CAMUNDA, "calledElementBinding")),
        version=_read_version(element, "calledElement"),
        business_key=_read_business_key(element),
        inputs=read_mappings(element, "in"),
        outputs=read_mappings(element, "out"),
    )


def _read_zeebe_process(zeebe: Element) -> CalledElement | None:
    key = expressions.to_expression(zeebe.get("processId"), zeebe.line)
    if key is None:
        return None
    everything = CallMapping(all=True)
    return CalledElement(
        key=key,
        binding=_read_binding(zeebe.get("bindingType")),
        version=expressions.to_expression(zeebe.get("versionTag"), zeebe.line),
        inputs=() if zeebe.get("propagateAllParentVariables") in FALSE else (everything,),
        outputs=() if zeebe.get("propagateAllChildVariables") in FALSE else (everything,),
    )


def read_called_decision(element: Element) -> CalledElement | None:
    """What a business rule task decides by: ``camunda:decisionRef`` or ``zeebe:calledDecision``; None without."""
    zeebe = element.find_extension(ZEEBE, "calledDecision")
    if zeebe is not None:
        key = expressions.to_expression(zeebe.get("decisionId"), zeebe.line)
        result = zeebe.get("resultVariable")
        binding = _read_binding(zeebe.get("bindingType"))
        tag = expressions.to_expression(zeebe.get("versionTag"), zeebe.line)
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
    key = expressions.to_expression(element.get_extension(CAMUNDA, "decisionRef"), element.line)
    if key is None:
        key = _read_spiff_decision(element)
        return None if key is None else CalledElement(kind="decision", key=key, map_decision_result="outputs")
    return CalledElement(
        kind="decision",
        key=key,
        binding=_read_binding(element.get_extension(CAMUNDA, "decisionRefBinding")),
        version=_read_version(element, "decisionRef"),
        result_variable=element.get_extension(CAMUNDA, "resultVariable"),
        map_decision_result=element.get_extension(CAMUNDA, "mapDecisionResult"),
    )


def _read_spiff_decision(element: Element) -> Expression | None:
    called = element.find_extension(SPIFF, "calledDecisionId")
    return expressions.to_expression(called.text, called.line) if called is not None else None


def _read_binding(text: str | None) -> Binding:
    return text if text in BINDINGS else "latest"


def _read_version(element: Element, prefix: str) -> Expression | None:
    name = "VersionTag" if element.get_extension(CAMUNDA, f"{prefix}Binding") == "versionTag" else "Version"
    text = element.get_extension(CAMUNDA, f"{prefix}{name}")
    return expressions.to_expression(text, element.line)


def _read_business_key(element: Element) -> Expression | None:
    for extension in element.find_extensions(CAMUNDA):
        if extension.name == "in" and extension.get("businessKey"):
            return expressions.to_expression(extension.get("businessKey"), extension.line)
    return None


def read_mappings(element: Element, name: str) -> tuple[CallMapping, ...]:
    """``camunda:in`` or ``camunda:out``, the business key apart."""
    found = [e for e in element.find_extensions(CAMUNDA) if e.name == name and not e.get("businessKey")]
    return tuple(_read_mapping(item) for item in found)


def _read_mapping(element: Element) -> CallMapping:
    return CallMapping(
        all=element.get("variables") == "all",
        source=element.get("source"),
        expression=expressions.to_expression(element.get("sourceExpression"), element.line),
        target=element.get("target"),
        local=element.get("local") in TRUE,
    )
