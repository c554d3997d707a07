"""Which type of the schema each element of a document has."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from baton.bpmn.element import Element
from baton.bpmn.names import BPMN
from baton.bpmn.schema.types import Child, Type, is_a, load_types


@dataclass(frozen=True)
class Typed:
    """``elements``: the BPMN elements with their types, in the order of the document. ``slots``: for a child, the place
    that its parent's type gives it. ``strays``: BPMN elements that their parent cannot hold (nothing inside is typed).
    ``foreign``: elements of other namespaces outside ``extensionElements``."""

    elements: list[tuple[Element, Type]] = field(default_factory=list[tuple[Element, Type]])
    slots: dict[int, Child] = field(default_factory=dict[int, Child])
    references: list[tuple[Element, Child]] = field(default_factory=list[tuple[Element, Child]])
    strays: list[Element] = field(default_factory=list[Element])
    foreign: list[Element] = field(default_factory=list[Element])


def assign(root: Element) -> Typed:
    """Walk the document from ``definitions`` down, without recursion."""
    found = Typed()
    stack: list[tuple[Element, Type]] = [(root, load_types()["definitions"])]
    while stack:
        element, kind = stack.pop()
        found.elements.append((element, kind))
        inner = [] if kind.open and kind.name != "expression" else _assign_children(element, kind, found)
        stack.extend(reversed(inner))
    return found


def _assign_children(element: Element, kind: Type, found: Typed) -> list[tuple[Element, Type]]:
    inner: list[tuple[Element, Type]] = []
    for child in element.children:
        if child.namespace != BPMN:
            found.foreign.append(child)
            continue
        slot = find_slot(kind.name, child.name)
        if slot is None:
            found.strays.append(child)
            continue
        found.slots[id(child)] = slot
        if slot.type.startswith("ref:"):
            found.references.append((child, slot))
        elif slot.type not in ("text", "any"):
            inner.append((child, load_types()[child.name if slot.name == slot.type else slot.type]))
    return inner


@cache
def find_slot(parent: str, child: str) -> Child | None:
    """The place for the child in the parent's type: by its own name, or by an abstract type that it is derived from."""
    children = load_types()[parent].children
    named = next((c for c in children if c.name == child), None)
    return named or next((c for c in children if c.name == c.type and is_a(child, c.type)), None)
