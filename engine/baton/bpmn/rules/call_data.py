"""A call activity passes what the called process or task asks for (clause 10.3.6)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element, get_local_name
from baton.bpmn.findings import refuse
from baton.bpmn.queries.items import are_equivalent, find_definition, list_inputs, list_outputs
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "call-data"


def check(document: Document) -> Iterator[Problem]:
    """Only where both sides state their data (``ioSpecification``); variable mappings need none."""
    for element, kind in document.typed.elements:
        if is_a(kind.name, "callableElement"):
            yield from _check_binding(element)
        called = (
            document.ids.get(get_local_name(element.get("calledElement") or ""))
            if kind.name == "callActivity"
            else None
        )
        if called is None or element.find("ioSpecification") is None or called.find("ioSpecification") is None:
            continue
        yield from _check_side(document, element, called, list_inputs(element), list_inputs(called), "data inputs")
        yield from _check_side(document, element, called, list_outputs(element), list_outputs(called), "data outputs")


def _check_side(
    document: Document, call: Element, called: Element, given: list[Element], asked: list[Element], words: str
) -> Iterator[Problem]:
    if len(given) != len(asked):
        yield refuse(
            RULE, call, f"Expected {len(asked)} {words} in {call.label}, as {called.label} has, but found {len(given)}"
        )
        return
    for one, other in zip(given, asked, strict=True):
        if not are_equivalent(find_definition(document, one), find_definition(document, other)):
            yield refuse(
                RULE, one, f"Expected {one.label} to have the type of {other.label} in {called.label}, but it differs"
            )


def _check_binding(element: Element) -> Iterator[Problem]:
    """A process or task that offers an interface says which of its data belongs to which operation."""
    offers = element.get_refs("supportedInterfaceRef")
    if offers and element.find("ioSpecification") is not None and not element.find_all("ioBinding"):
        yield refuse(
            RULE, element, f"Expected an ioBinding for the interface '{offers[0]}' of {element.label}, but found none"
        )
