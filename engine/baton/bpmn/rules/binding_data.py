"""A binding joins data and messages of one type (clause 10.4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.queries.items import are_equivalent, find_definition, find_message_item
from baton.model.problems import Problem

RULE = "binding-data"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        operation = document.ids.get(element.get_ref("operationRef") or "") if kind.name == "ioBinding" else None
        if operation is None:
            continue
        for name, message in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
            yield from _check_side(document, element, name, operation.get_ref(message))


def _check_side(document: Document, binding: Element, name: str, message_id: str | None) -> Iterator[Problem]:
    item = document.ids.get(binding.get_ref(name) or "")
    message = document.ids.get(message_id or "")
    if item is None or message is None or not item.is_bpmn("dataInput", "dataOutput"):
        return
    if not are_equivalent(find_definition(document, item), find_message_item(document, message)):
        yield refuse(
            RULE,
            binding,
            f"Expected {item.label} to have the type of {message.label}, to which it is bound, but it differs",
        )
