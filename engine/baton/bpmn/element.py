"""The document as plain objects: what ``document`` makes of the XML and everything else here works on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from baton.bpmn.names import BPMN, PREFIXES


@dataclass(slots=True, eq=False)
class Element:
    """One XML element. ``attributes`` are those without namespace, ``extensions`` those with (namespace, name)."""

    namespace: str
    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    extensions: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    text: str = ""
    children: list[Element] = field(default_factory=list["Element"])
    parent: Element | None = None

    @property
    def id(self) -> str | None:
        return self.attributes.get("id") or None

    @property
    def label(self) -> str:
        """How messages call the element: ``userTask 'approve'``."""
        prefix = "" if self.namespace == BPMN else f"{PREFIXES.get(self.namespace, '?')}:"
        return f"{prefix}{self.name}" + (f" '{self.id}'" if self.id else "")

    @property
    def nearest_id(self) -> str | None:
        """The id of the element or of the nearest one around it that has one: where a problem is shown."""
        return next((e.id for e in self.walk_up() if e.id), None)

    def walk_up(self) -> Iterator[Element]:
        """The element, its parent, and so on up to the root."""
        at: Element | None = self
        while at is not None:
            yield at
            at = at.parent

    def is_bpmn(self, *names: str) -> bool:
        return self.namespace == BPMN and self.name in names

    def find_all(self, *names: str, namespace: str = BPMN) -> list[Element]:
        """The direct children of these names, in the order of the document."""
        return [c for c in self.children if c.namespace == namespace and c.name in names]

    def find(self, name: str, namespace: str = BPMN) -> Element | None:
        return next(iter(self.find_all(name, namespace=namespace)), None)

    def get(self, name: str) -> str | None:
        """The attribute without surrounding blanks; None if absent or empty."""
        return (self.attributes.get(name) or "").strip() or None

    def get_extension(self, namespace: str, name: str) -> str | None:
        """The extension attribute without surrounding blanks; None if absent or empty."""
        return (self.extensions.get((namespace, name)) or "").strip() or None

    def get_refs(self, name: str) -> list[str]:
        """The ids named by child elements such as ``incoming``."""
        return [get_local_name(c.text) for c in self.find_all(name) if c.text.strip()]

    def get_ref(self, name: str) -> str | None:
        """The id named by an attribute or, where the schema puts it there, by a child element."""
        value = self.get(name)
        return get_local_name(value) if value else next(iter(self.get_refs(name)), None)

    def find_extensions(self, namespace: str) -> list[Element]:
        """The direct children of ``extensionElements`` in the namespace."""
        return [c for holder in self.find_all("extensionElements") for c in holder.children if c.namespace == namespace]

    def find_extension(self, namespace: str, name: str) -> Element | None:
        return next((e for e in self.find_extensions(namespace) if e.name == name), None)

    def walk(self) -> Iterator[Element]:
        """The element and everything inside it, in the order of the document, without recursion."""
        stack: list[Element] = [self]
        while stack:
            element = stack.pop()
            yield element
            stack += reversed(element.children)


def get_local_name(qname: str) -> str:
    """The id in a reference: ``tns:order`` -> ``order``."""
    return qname.strip().rpartition(":")[2]


def split_list(text: str | None) -> tuple[str, ...]:
    """The names between commas."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
