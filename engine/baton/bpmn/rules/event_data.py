"""An event with data has one data element for each of its definitions that carries data (clause 10.5.1)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.events import KINDS
from baton.bpmn.queries.items import are_equivalent, find_definition, find_message_item, list_inputs, list_outputs
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "event-data"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if not is_a(kind.name, "event"):
            continue
        data = list_outputs(element) if is_a(kind.name, "catchEvent") else list_inputs(element)
        carried = _list_carried(document, element)
        if not data or not carried:
            continue
        if len(data) != len(carried):
            yield refuse(
                RULE, element, f"Expected {len(carried)} data elements in {element.label}, but found {len(data)}"
            )
            continue
        for item, (name, wanted) in zip(data, carried, strict=True):
            found = find_definition(document, item)
            same = are_equivalent(found, wanted) or (found is not None and found.get("structureRef") == name)
            if found is not None and not same:
                yield refuse(
                    RULE,
                    item,
                    f"Expected {item.label} of {element.label} to have the type '{name}', but found {found.label}",
                )


def _list_carried(document: Document, event: Element) -> list[tuple[str, Element | None]]:
    """Name and definition of the type that each event definition carries, those that carry none left out."""
    refs = (document.ids.get(ref) for ref in event.get_refs("eventDefinitionRef"))
    inline = (child for child in event.children if child.is_bpmn(*KINDS))
    found: list[tuple[str, Element | None]] = []
    for item in (*inline, *refs):
        carried = _find_type(document, item) if item is not None else None
        if carried is not None:
            found.append(carried)
    return found


def _find_type(document: Document, event_definition: Element) -> tuple[str, Element | None] | None:
    kind = event_definition.name.removesuffix("EventDefinition")
    target = document.ids.get(event_definition.get_ref(f"{kind}Ref") or "")
    if target is None:
        return None
    if kind == "message":
        item = find_message_item(document, target)
        return (item.id or "", item) if item is not None else None
    structure = target.get("structureRef")
    return (structure, document.ids.get(structure.rpartition(":")[2])) if structure else None
