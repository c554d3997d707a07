"""Bytes to elements with a hardened lxml parser: no DOCTYPE, no entities, no network, bounded size and depth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from lxml import etree

from baton.bpmn.element import Element
from baton.bpmn.names import ALIASES, BPMN
from baton.bpmn.schema.assign import Typed, assign
from baton.model.problems import Problem, Severity

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 200
"""Below libxml2's own limit of 256: nested subprocesses 50 deep need about 60."""
MAX_ELEMENTS = 500_000
MAX_ATTRIBUTES = 500
MAX_NAMESPACES = 20
_WRONG_NAMESPACE = re.compile(r"xmlns(?::\S+)?: '(.+?)' is not a valid URI", re.DOTALL)
_URI_SIGNS = "%/:=&?~#+!$,;@()*[]"
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """A file that is XML with a BPMN ``definitions`` root. ``ids`` holds the first element of each id, ``beside`` the
    files of the same deployment by name, ``prefixes`` the namespaces that the root names."""

    root: Element
    resource: str = ""
    ids: dict[str, Element] = field(default_factory=dict[str, Element])
    beside: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    prefixes: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def typed(self) -> Typed:
        """Every BPMN element with its type in the schema, and those that have none."""
        return assign(self.root)

    @cached_property
    def words(self) -> frozenset[str]:
        """The names of all elements and attributes, without their namespaces."""
        found: set[str] = set()
        for element in self.root.walk():
            found.add(element.name)
            found.update(element.attributes)
            found.update(name for _, name in element.extensions)
        return frozenset(found)


class Refused(Exception):
    """The bytes are no document at all; nothing more can be said about the file."""

    def __init__(self, rule: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(rule=rule, severity=Severity.ERROR, message=message, line=line)


def parse(data: bytes, resource: str = "", beside: Mapping[str, bytes] | None = None) -> Document:
    """Raises Refused if the bytes are too many, not well-formed, hold a DOCTYPE, or are no BPMN 2.0."""
    _check_bytes(data)
    tree = _parse(data)
    root = _convert(tree)
    if (root.namespace, root.name) != (BPMN, "definitions"):
        raise Refused(
            "not-bpmn",
            f"Expected the root element 'definitions' of namespace {BPMN}, but found '{root.name}' of "
            f"namespace '{root.namespace}'",
            root.line,
        )
    prefixes: dict[str, str] = {prefix: uri for prefix, uri in tree.nsmap.items() if prefix}
    return Document(root, resource, _index_ids(root), beside or {}, prefixes)


def parse_tree(data: bytes) -> Any:
    """The root as lxml has it, to be written again. Raises Refused for what is not well-formed, or too much."""
    _check_bytes(data)
    return _parse(data)


def _check_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Refused("too-large", f"Expected at most {MAX_BYTES // 2**20} MB, but found {len(data) / 2**20:.1f} MB")
    if not data.strip():
        raise Refused("not-xml", "Expected a BPMN 2.0 XML file, but found nothing")
    prolog = _PROLOG.match(data)
    if prolog and data[prolog.end() : prolog.end() + 9].upper() == b"<!DOCTYPE":
        line = prolog.group().count(b"\n") + 1
        raise Refused("doctype", "Expected no DOCTYPE and no entities, but found one: remove it", line)


def _parse(data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = _parse_bytes(data, parser)
    except etree.XMLSyntaxError as exc:
        raise Refused(*_describe_syntax_error(exc)) from None
    except (ValueError, LookupError) as exc:
        raise Refused("not-xml", f"Expected well-formed XML, but found: {exc}") from None
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise Refused("doctype", "Expected no DOCTYPE and no entities, but found one: remove it", 1)
    return root


def _parse_bytes(data: bytes, parser: Any) -> Any:
    """Some tools write names with blanks into the URIs of their namespaces; XML does not compare URIs but texts."""
    for _ in range(MAX_NAMESPACES):
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as exc:
            escaped = _escape_namespace(data, str(exc.msg))
            if escaped == data:
                raise
            data = escaped
    return etree.fromstring(data, parser)


def _escape_namespace(data: bytes, message: str) -> bytes:
    """The bytes with the namespace that the parser complains of as a valid URI; the same bytes if it is none."""
    found = _WRONG_NAMESPACE.match(message)
    if found is None:
        return data
    uri = found.group(1)
    declared = re.compile(rb"(\sxmlns(?::[^\s=]+)?\s*=\s*[\"'])" + re.escape(uri.encode()) + rb"(?=[\"'])")
    return declared.sub(lambda match: match.group(1) + quote(uri, safe=_URI_SIGNS).encode(), data)


def _describe_syntax_error(exc: Any) -> tuple[str, str, int | None]:
    text = str(exc.msg)
    if "depth" in text.lower():
        return "too-deep", f"Expected elements nested at most {MAX_DEPTH} deep, but found more", exc.lineno
    if "encod" in text.lower():
        return "encoding", f"Expected text in the encoding that the file declares, but found: {text}", exc.lineno
    return "not-xml", f"Expected well-formed XML, but found: {text}", exc.lineno


def _convert(root: Any) -> Element:
    top = _make_element(root, None)
    stack: list[tuple[Any, Element, int]] = [(root, top, 1)]
    count = 0
    while stack:
        node, element, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise Refused(
                "too-deep", f"Expected elements nested at most {MAX_DEPTH} deep, but found more", element.line
            )
        count += len(node)
        if count > MAX_ELEMENTS:
            raise Refused("too-large", f"Expected at most {MAX_ELEMENTS} XML elements, but found more", element.line)
        for child in node:
            if not isinstance(child.tag, str):
                raise Refused("doctype", "Expected no entity references, but found one: remove it", child.sourceline)
            converted = _make_element(child, element)
            element.children.append(converted)
            stack.append((child, converted, depth + 1))
    return top


def _make_element(node: Any, parent: Element | None) -> Element:
    namespace, name = _split(node.tag)
    element = Element(namespace, name, node.sourceline or 0, text=_join_text(node), parent=parent)
    if len(node.attrib) > MAX_ATTRIBUTES:
        raise Refused(
            "too-large",
            f"Expected at most {MAX_ATTRIBUTES} attributes of an element, but found {len(node.attrib)}",
            node.sourceline,
        )
    for key, value in node.attrib.items():
        space, attribute = _split(key)
        if space in ("", BPMN):
            element.attributes[attribute] = value
        else:
            element.extensions[(space, attribute)] = value
    return element


def _join_text(node: Any) -> str:
    """All text directly inside, also between children (a script around a comment comes in pieces)."""
    return (node.text or "") + "".join(child.tail or "" for child in node)


def _split(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    namespace = namespace.removeprefix("{")
    return ALIASES.get(namespace, namespace), name


def _index_ids(root: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for element in root.walk():
        if element.namespace == BPMN and element.id:
            found.setdefault(element.id, element)
    return found
