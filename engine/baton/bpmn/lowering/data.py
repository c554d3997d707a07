"""Data objects, properties, stores, inputs and outputs, and the associations that move data between them."""

from __future__ import annotations

import re
from typing import Literal

from baton.bpmn.element import Element
from baton.bpmn.lowering import expressions
from baton.bpmn.names import TRUE
from baton.bpmn.schema.types import is_a
from baton.model.attributes import Expression
from baton.model.definition import DataAssociation, DataItem

PLACEHOLDER = "__targetRef_placeholder"
"""What bpmn-js calls the property that stands for «the task itself»: the association is a drawing, no data moves."""

_NAME = re.compile(r"[^\W\d][\w-]*")

Kind = Literal["object", "property", "input", "output", "store"]
KINDS: dict[str, Kind] = {
    "dataObject": "object",
    "property": "property",
    "dataInput": "input",
    "dataOutput": "output",
    "dataStoreReference": "store",
}


def is_name(text: str) -> bool:
    """Whether a label can be a variable's name: expressions could not reach one with blanks."""
    return _NAME.fullmatch(text) is not None


class Names:
    """Which variable a data element stands for. ``ids`` are the document's elements by id."""

    def __init__(self, ids: dict[str, Element]) -> None:
        self._ids = ids
        self._labels: dict[str, str] = {}
        for element in ids.values():
            target = element.get_ref("dataObjectRef") if element.name == "dataObjectReference" else None
            if target and element.get("name"):
                self._labels.setdefault(target, element.get("name") or "")

    def get_variable(self, ref: str) -> str:
        """The name of the data element (its id if the name is not a plain word), through references.

        Modelers often name only the reference.
        """
        element = self._ids.get(ref)
        if element is None:
            return ref
        if element.name == "dataObjectReference":
            target = element.get_ref("dataObjectRef")
            return self.get_variable(target) if target and target != ref else ref
        name = element.get("name") or self._labels.get(ref)
        return name if name and is_name(name) else ref

    def is_drawing(self, ref: str) -> bool:
        """Whether an end of an association stands for «the activity itself»."""
        element = self._ids.get(ref)
        return element is not None and (element.get("name") == PLACEHOLDER or is_a(element.name, "flowNode"))


def read_items(holder: Element, names: Names) -> tuple[DataItem, ...]:
    """The data elements directly in a process, activity or event, or in its ``ioSpecification``."""
    specification = holder.find("ioSpecification")
    inner = specification.children if specification is not None else []
    found = [e for e in (*holder.children, *inner) if e.is_bpmn(*KINDS) and e.id]
    return tuple(
        DataItem(
            id=e.id or "",
            name=names.get_variable(e.id or ""),
            kind=KINDS[e.name],
            is_collection=e.get("isCollection") in TRUE,
        )
        for e in found
        if e.get("name") != PLACEHOLDER
    )


def read_associations(holder: Element, name: str, names: Names) -> tuple[DataAssociation, ...]:
    """``dataInputAssociation`` or ``dataOutputAssociation`` of a node."""
    found: list[DataAssociation] = []
    for element in holder.find_all(name):
        targets = element.get_refs("targetRef")
        if not targets or any(names.is_drawing(ref) for ref in (*targets, *element.get_refs("sourceRef"))):
            continue
        found.append(
            DataAssociation(
                sources=tuple(names.get_variable(ref) for ref in element.get_refs("sourceRef")),
                target=names.get_variable(targets[0]) if targets else None,
                transformation=expressions.read_expression(element.find("transformation")),
                assignments=tuple(_read_assignment(item) for item in element.find_all("assignment")),
            )
        )
    return tuple(found)


def _read_assignment(element: Element) -> tuple[Expression, Expression]:
    empty = Expression("", "literal", element.line)
    source = expressions.read_expression(element.find("from"))
    target = expressions.read_expression(element.find("to"), "literal")
    return source or empty, target or empty
