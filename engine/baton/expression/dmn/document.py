"""Bytes to DMN elements with a hardened parser: no DOCTYPE, no entities, no network, bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

MAX_BYTES = 5 * 1024 * 1024
_NAMESPACES = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
_CAMUNDA = "{http://camunda.org/schema/1.0/dmn}"


class Refused(Exception):
    """The bytes are no DMN file at all."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Element:
    """An element of the DMN namespace; children of other namespaces (diagrams, extensions) are not seen."""

    __slots__ = ("_node", "line", "name")

    def __init__(self, node: Any) -> None:
        self._node = node
        self.name = str(node.tag).rpartition("}")[2]
        self.line = int(node.sourceline or 0)

    def get(self, name: str) -> str | None:
        value = self._node.get(name)
        return str(value) if value else None

    def get_camunda(self, name: str) -> str | None:
        value = self._node.get(_CAMUNDA + name)
        return str(value) if value else None

    def list_children(self, *names: str) -> Iterator[Element]:
        for node in self._node:
            if str(node.tag).startswith(tuple(f"{{{space}}}" for space in _NAMESPACES)):
                element = Element(node)
                if not names or element.name in names:
                    yield element

    def walk(self, name: str) -> Iterator[Element]:
        """All elements of this name below, at any depth."""
        for node in self._node.iter(*(f"{{{space}}}{name}" for space in _NAMESPACES)):
            yield Element(node)

    def find_child(self, name: str) -> Element | None:
        return next(self.list_children(name), None)

    def read_text(self, name: str = "text") -> str:
        """The text of a child element, stripped."""
        found = self.find_child(name)
        return "" if found is None else found.text

    @property
    def text(self) -> str:
        return str(self._node.text or "").strip()


def parse(data: bytes) -> Element:
    """The ``definitions`` element. Raises Refused."""
    if len(data) > MAX_BYTES:
        raise Refused(f"Expected at most {MAX_BYTES // 2**20} MB, but found {len(data) / 2**20:.1f} MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"Expected well-formed XML, but found: {error.msg}", error.lineno) from None
    except (ValueError, LookupError) as error:
        raise Refused(f"Expected well-formed XML, but found: {error}") from None
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise Refused("Expected no DOCTYPE and no entities, but found one: remove it", 1)
    if str(root.tag) not in {f"{{{space}}}definitions" for space in _NAMESPACES}:
        raise Refused(f"Expected the root element 'definitions' of DMN 1.1 to 1.5, but found '{root.tag}'")
    return Element(root)
