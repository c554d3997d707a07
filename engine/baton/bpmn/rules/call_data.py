"""A call activity passes what the called process or task asks for (clause 10.3.6)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element, local
from baton.bpmn.findings import error
from baton.bpmn.queries.items import definition, equivalent, inputs, outputs
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "call-data"


def check(document: Document) -> Iterator[Problem]:
    """Only where both sides state their data (``ioSpecification``); variable mappings need none."""
    for element, kind in document.typed.elements:
        if is_a(kind.name, "callableElement"):
            yield from _binding(element)
        called = document.ids.get(local(element.get("calledElement") or "")) if kind.name == "callActivity" else None
        if called is None or element.first("ioSpecification") is None or called.first("ioSpecification") is None:
            continue
        yield from _side(document, element, called, inputs(element), inputs(called), "data inputs")
        yield from _side(document, element, called, outputs(element), outputs(called), "data outputs")


def _side(
    document: Document, call: Element, called: Element, given: list[Element], asked: list[Element], words: str
) -> Iterator[Problem]:
    if len(given) != len(asked):
        yield error(
            RULE, call, f"Expected {len(asked)} {words} in {call.label}, as {called.label} has, but found {len(given)}"
        )
        return
    for one, other in zip(given, asked, strict=True):
        if not equivalent(definition(document, one), definition(document, other)):
            yield error(
                RULE, one, f"Expected {one.label} to have the type of {other.label} in {called.label}, but it differs"
            )


def _binding(element: Element) -> Iterator[Problem]:
    """A process or task that offers an interface says which of its data belongs to which operation."""
    offers = element.refs("supportedInterfaceRef")
    if offers and element.first("ioSpecification") is not None and not element.all("ioBinding"):
        yield error(
            RULE, element, f"Expected an ioBinding for the interface '{offers[0]}' of {element.label}, but found none"
        )
