"""All references of a document: attributes and child elements that name the id of another element."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from baton.bpmn.element import Element, get_local_name
from baton.bpmn.schema.assign import Typed


@dataclass(frozen=True, slots=True)
class Reference:
    """``text`` as written, ``target`` the id in it; ``types`` empty: any element will do. ``at`` gives the line."""

    owner: Element
    at: Element
    name: str
    text: str
    types: tuple[str, ...]

    @property
    def target(self) -> str:
        return get_local_name(self.text)


def find_references(typed: Typed) -> Iterator[Reference]:
    """Attributes first, then child elements; empty ones are left out."""
    for element, kind in typed.elements:
        for attribute in kind.attributes.values():
            text = element.get(attribute.name) if attribute.kind.startswith("ref:") else None
            if text:
                yield Reference(element, element, attribute.name, text, _list_types(attribute.kind))
    for child, slot in typed.references:
        if child.text.strip() and child.parent is not None:
            yield Reference(child.parent, child, child.name, child.text.strip(), _list_types(slot.type))


def _list_types(kind: str) -> tuple[str, ...]:
    return tuple(part for part in kind.removeprefix("ref:").split(",") if part)
