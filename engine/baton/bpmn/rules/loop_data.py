"""What a multi-instance activity takes from and puts into collections fits them (clause 13.3.7)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.names import TRUE
from baton.bpmn.queries.items import are_equivalent, find_definition
from baton.model.problems import Problem

RULE = "loop-data"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name == "multiInstanceLoopCharacteristics":
            yield from _check_side(document, element, "loopDataInputRef", "inputDataItem")
            yield from _check_side(document, element, "loopDataOutputRef", "outputDataItem")


def _check_side(document: Document, element: Element, collection: str, item: str) -> Iterator[Problem]:
    whole = find_definition(document, document.ids.get(element.get_ref(collection) or ""))
    single = find_definition(document, element.find(item))
    if whole is None or single is None:
        return
    if single.get("isCollection") in TRUE:
        yield refuse(
            RULE,
            element,
            f"Expected the type of {item} to be one element of {collection}, but found the collection {single.label}",
        )
    elif single is not whole and not are_equivalent(single, whole):
        yield refuse(
            RULE,
            element,
            f"Expected {item} and {collection} to have the same structure, but found {single.label} and {whole.label}",
        )
