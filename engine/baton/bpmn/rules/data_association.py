"""Data moves from one source to a target of the same type, unless it is transformed (clause 10.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.bpmn.queries.items import are_equivalent, find_definition
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "data-association"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if is_a(kind.name, "dataAssociation"):
            yield from _ends(document, element)
            yield from _check_types(document, element)
            yield from _check_direction(document, element)


def _ends(document: Document, element: Element) -> Iterator[Problem]:
    """Some tools name the activity itself, or nothing: the association is then a drawing."""
    if not element.get_refs("targetRef"):
        yield warn(RULE, element, f"Expected a targetRef in {element.label}, but found none: no data moves")
    for ref in (*element.get_refs("sourceRef"), *element.get_refs("targetRef")):
        end = document.ids.get(ref)
        if end is not None and is_a(end.name, "flowNode"):
            find = warn if end is element.parent else refuse
            yield find(
                RULE, element, f"Expected data at both ends of {element.label}, but found {end.label}: no data moves"
            )


def _check_types(document: Document, element: Element) -> Iterator[Problem]:
    if element.find("transformation") is not None:
        return
    sources = [document.ids.get(ref) for ref in element.get_refs("sourceRef")]
    if len(sources) > 1:
        yield refuse(
            RULE, element, f"Expected one sourceRef in {element.label} or a transformation, but found {len(sources)}"
        )
    target = next((document.ids.get(ref) for ref in element.get_refs("targetRef")), None)
    if len(sources) != 1 or element.find_all("assignment"):
        return
    one, other = find_definition(document, sources[0]), find_definition(document, target)
    if one is not None and other is not None and not are_equivalent(one, other):
        yield refuse(
            RULE,
            element,
            f"Expected source and target of {element.label} to be of one type, but found {one.label} and {other.label}",
        )


def _check_direction(document: Document, element: Element) -> Iterator[Problem]:
    """Inside a process its own inputs are only read and its own outputs only written."""
    for name, wrong, words in (("targetRef", "dataInput", "written"), ("sourceRef", "dataOutput", "read")):
        for ref in element.get_refs(name):
            found = document.ids.get(ref)
            if found is not None and found.is_bpmn(wrong) and _is_of_process(found):
                yield refuse(
                    RULE,
                    element,
                    f"Expected {found.label} of the process not to be {words} inside it, but found that it is",
                )


def _is_of_process(item: Element) -> bool:
    specification = item.parent
    if specification is None or not specification.is_bpmn("ioSpecification"):
        return False
    holder = specification.parent
    return holder is not None and holder.is_bpmn("process")
