"""A called process can be started without an event, and the call says what it calls (clause 10.3.6)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element, get_local_name
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.calls import BINDINGS
from baton.bpmn.lowering.events import KINDS
from baton.bpmn.names import CAMUNDA, ZEEBE
from baton.expression.dmn import MAPPINGS
from baton.model.problems import Problem

RULE = "called-process"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name in ("callActivity", "businessRuleTask"):
            yield from _check_binding(element)
            yield from _check_result(element)
        if kind.name != "callActivity":
            continue
        if not _names_something(element):
            cmmn = (
                " (camunda:caseRef calls a CMMN case, which cannot run here)"
                if element.get_extension(CAMUNDA, "caseRef")
                else ""
            )
            yield refuse(RULE, element, f"Expected calledElement in {element.label}, but found none{cmmn}")
        called = document.ids.get(get_local_name(element.get("calledElement") or ""))
        if called is not None and called.is_bpmn("process") and not _is_startable(called):
            yield refuse(
                RULE,
                element,
                f"Expected a start event without trigger in {called.label}, called by {element.label}, but found none",
            )


def _names_something(element: Element) -> bool:
    zeebe = element.find_extension(ZEEBE, "calledElement")
    return (zeebe.get("processId") if zeebe is not None else element.get("calledElement")) is not None


def _check_binding(element: Element) -> Iterator[Problem]:
    """A binding that is misspelt, or that lacks the version it asks for."""
    prefix = "calledElement" if element.name == "callActivity" else "decisionRef"
    zeebe = element.find_extension(ZEEBE, "calledElement") or element.find_extension(ZEEBE, "calledDecision")
    given = zeebe.get("bindingType") if zeebe is not None else element.get_extension(CAMUNDA, f"{prefix}Binding")
    if given is not None and given not in BINDINGS:
        yield refuse(
            RULE, element, f"Expected a binding ({', '.join(BINDINGS)}) in {element.label}, but found '{given}'"
        )
    name = {"version": "Version", "versionTag": "VersionTag"}.get(given or "")
    version = zeebe.get("versionTag") if zeebe is not None else element.get_extension(CAMUNDA, f"{prefix}{name}")
    if name is not None and version is None:
        yield refuse(RULE, element, f"Expected the {given} that {element.label} is bound to, but found none")


def _check_result(element: Element) -> Iterator[Problem]:
    """The shape in which the result of a decision is wanted."""
    how = element.get_extension(CAMUNDA, "mapDecisionResult")
    if how is not None and how not in MAPPINGS:
        yield refuse(
            RULE,
            element,
            f"Expected one of {', '.join(MAPPINGS)} as mapDecisionResult of {element.label}, but found '{how}'",
        )


def _is_startable(process: Element) -> bool:
    starts = process.find_all("startEvent")
    return not starts or any(not start.find_all(*KINDS, "eventDefinitionRef") for start in starts)
