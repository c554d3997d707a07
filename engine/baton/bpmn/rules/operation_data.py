"""An activity that uses an operation has the data of the operation's messages (clause 10.3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.queries.items import are_equivalent, find_message_item, list_inputs, list_outputs
from baton.bpmn.queries.items import find_definition as item_of
from baton.model.problems import Problem

RULE = "operation-data"


def check(document: Document) -> Iterator[Problem]:
    """Only where an ``ioSpecification`` is given: without one, variables and mappings do its work."""
    for element, kind in document.typed.elements:
        if kind.name not in ("serviceTask", "sendTask", "receiveTask") or element.find("ioSpecification") is None:
            continue
        read, written = _find_messages(document, element)
        yield from _check_side(document, element, "Input", list_inputs(element), read)
        yield from _check_side(document, element, "Output", list_outputs(element), written)


def _find_messages(document: Document, task: Element) -> tuple[Element | None, Element | None]:
    """The message that goes out with the data inputs, and the one that comes in with the outputs."""
    operation = document.ids.get(task.get_ref("operationRef") or "")
    message = document.ids.get(task.get_ref("messageRef") or "")
    if task.name == "sendTask":
        return message or _find_message(document, operation, "inMessageRef"), None
    if task.name == "receiveTask":
        return None, message or _find_message(document, operation, "inMessageRef")
    return _find_message(document, operation, "inMessageRef"), _find_message(document, operation, "outMessageRef")


def _find_message(document: Document, operation: Element | None, name: str) -> Element | None:
    return document.ids.get(operation.get_ref(name) or "") if operation is not None else None


def _check_side(
    document: Document, task: Element, side: str, found: list[Element], message: Element | None
) -> Iterator[Problem]:
    if message is None:
        return
    specification = task.find("ioSpecification")
    sets = specification.find_all(f"{side.lower()}Set") if specification is not None else []
    if len(sets) > 1 or len(found) > 1:
        yield refuse(
            RULE, task, f"Expected one data{side} in one set for {message.label} in {task.label}, but found more"
        )
    if len(found) == 1 and not are_equivalent(item_of(document, found[0]), find_message_item(document, message)):
        yield refuse(
            RULE,
            found[0],
            f"Expected {found[0].label} of {task.label} to have the type of {message.label}, but it differs",
        )
