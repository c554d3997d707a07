"""What a multi-instance activity takes from and puts into collections fits them (clause 13.3.7)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import error
from baton.bpmn.queries.items import TRUE, definition, equivalent
from baton.model.problems import Problem

RULE = "loop-data"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name == "multiInstanceLoopCharacteristics":
            yield from _side(document, element, "loopDataInputRef", "inputDataItem")
            yield from _side(document, element, "loopDataOutputRef", "outputDataItem")


def _side(document: Document, element: Element, collection: str, item: str) -> Iterator[Problem]:
    whole = definition(document, document.ids.get(element.ref(collection) or ""))
    one = definition(document, element.first(item))
    if whole is None or one is None:
        return
    if one.get("isCollection") in TRUE:
        yield error(
            RULE,
            element,
            f"Expected the type of {item} to be one element of {collection}, but found the collection {one.label}",
        )
    elif one is not whole and not equivalent(one, whole):
        yield error(
            RULE,
            element,
            f"Expected {item} and {collection} to have the same structure, but found {one.label} and {whole.label}",
        )
