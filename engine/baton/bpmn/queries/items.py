"""What rules ask about the types of data (item definitions, clause 10.4)."""

from __future__ import annotations

from baton.bpmn.document import Document
from baton.bpmn.element import Element


def find_definition(document: Document, element: Element | None, attribute: str = "itemSubjectRef") -> Element | None:
    """The item definition that the element refers to; a data reference takes that of what it stands for."""
    if element is None:
        return None
    own = document.ids.get(element.get_ref(attribute) or "")
    target = element.get_ref("dataObjectRef") or element.get_ref("dataStoreRef")
    if own is None and target and target != element.id:
        return find_definition(document, document.ids.get(target), attribute)
    return own if own is not None and own.is_bpmn("itemDefinition") else None


def find_message_item(document: Document, message: Element | None) -> Element | None:
    return find_definition(document, message, "itemRef")


def are_equivalent(one: Element | None, other: Element | None) -> bool:
    """The same definition, or two that have the same structure. One that is not given fits nothing but nothing."""
    if one is other:
        return True
    if one is None or other is None:
        return False
    structure = one.get("structureRef")
    return structure is not None and structure == other.get("structureRef")


def list_inputs(holder: Element) -> list[Element]:
    """Data inputs of an activity's or process's ``ioSpecification``, or of a throw event."""
    return (holder.find("ioSpecification") or holder).find_all("dataInput")


def list_outputs(holder: Element) -> list[Element]:
    return (holder.find("ioSpecification") or holder).find_all("dataOutput")
