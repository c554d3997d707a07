"""An activity that uses an operation has the data of the operation's messages (clause 10.3.3)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import error
from baton.bpmn.queries.items import definition as item_of
from baton.bpmn.queries.items import equivalent, inputs, message_item, outputs
from baton.model.problems import Problem

RULE = "operation-data"


def check(document: Document) -> Iterator[Problem]:
    """Only where an ``ioSpecification`` is given: without one, variables and mappings do its work."""
    for element, kind in document.typed.elements:
        if kind.name not in ("serviceTask", "sendTask", "receiveTask") or element.first("ioSpecification") is None:
            continue
        read, written = _messages(document, element)
        yield from _side(document, element, "Input", inputs(element), read)
        yield from _side(document, element, "Output", outputs(element), written)


def _messages(document: Document, task: Element) -> tuple[Element | None, Element | None]:
    """The message that goes out with the data inputs, and the one that comes in with the outputs."""
    operation = document.ids.get(task.ref("operationRef") or "")
    message = document.ids.get(task.ref("messageRef") or "")
    if task.name == "sendTask":
        return message or _message(document, operation, "inMessageRef"), None
    if task.name == "receiveTask":
        return None, message or _message(document, operation, "inMessageRef")
    return _message(document, operation, "inMessageRef"), _message(document, operation, "outMessageRef")


def _message(document: Document, operation: Element | None, name: str) -> Element | None:
    return document.ids.get(operation.ref(name) or "") if operation is not None else None


def _side(
    document: Document, task: Element, side: str, found: list[Element], message: Element | None
) -> Iterator[Problem]:
    if message is None:
        return
    specification = task.first("ioSpecification")
    sets = specification.all(f"{side.lower()}Set") if specification is not None else []
    if len(sets) > 1 or len(found) > 1:
        yield error(
            RULE, task, f"Expected one data{side} in one set for {message.label} in {task.label}, but found more"
        )
    if len(found) == 1 and not equivalent(item_of(document, found[0]), message_item(document, message)):
        yield error(
            RULE,
            found[0],
            f"Expected {found[0].label} of {task.label} to have the type of {message.label}, but it differs",
        )
