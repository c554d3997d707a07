"""Input and output sets list what they use, and agree with each other (clause 10.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse, warn
from baton.model.problems import Problem

RULE = "data-sets"
EXTRAS = ("optional{}Refs", "whileExecuting{}Refs")


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name == "ioSpecification":
            yield from _check_lists(element, "Input")
            yield from _check_lists(element, "Output")
            yield from _check_mutual(document, element)
            yield from _check_holder(element)


def _check_lists(specification: Element, side: str) -> Iterator[Problem]:
    name = f"data{side}Refs"
    sets = specification.find_all(f"{side.lower()}Set")
    if not sets:
        return
    listed = {ref for entry in sets for ref in entry.get_refs(name)}
    for item in specification.find_all(f"data{side}"):
        if item.id not in listed:
            yield refuse(RULE, item, f"Expected {item.label} in a set ({name}), but found it in none")
    for entry in sets:
        for extra in (pattern.format(side) for pattern in EXTRAS):
            for ref in entry.get_refs(extra):
                if ref not in entry.get_refs(name):
                    yield refuse(
                        RULE,
                        entry,
                        f"Expected '{ref}' ({extra}) also among {name} of the same set, but found it missing",
                    )


def _check_mutual(document: Document, specification: Element) -> Iterator[Problem]:
    """If an input set names an output set, that one names it back, and the other way round."""
    for item in (*specification.find_all("inputSet"), *specification.find_all("outputSet")):
        there, back = (
            ("outputSetRefs", "inputSetRefs") if item.name == "inputSet" else ("inputSetRefs", "outputSetRefs")
        )
        for ref in item.get_refs(there):
            other = document.ids.get(ref)
            if other is not None and item.id not in other.get_refs(back):
                yield refuse(RULE, item, f"Expected {other.label} to name {item.label} in {back}, as it is named by it")


def _check_holder(specification: Element) -> Iterator[Problem]:
    """Subprocesses see the data around them: they have no inputs and outputs of their own (clause 10.4.2)."""
    holder = specification.parent
    if holder is not None and holder.is_bpmn("subProcess", "transaction", "adHocSubProcess"):
        yield warn(
            RULE, specification, f"Expected no ioSpecification in {holder.label}: a subprocess sees the data around it"
        )
