"""The XML tree of a file, edited in place: comments, white space and the diagram stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from baton.bpmn.document import parse
from baton.bpmn.names import ALIASES, BPMN, CAMUNDA, FOREIGN_ENGINES
from baton.convert.report import CHANGES, Note, NoteKind

Node = Any
"""An element of lxml."""

FLOWABLE = next(uri for uri, name in FOREIGN_ENGINES.items() if name == "Flowable")
NAMESPACES = (CAMUNDA, *(uri for uri, meant in ALIASES.items() if meant == CAMUNDA))
"""All that mean the words of Camunda 7."""

_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_NAME = re.compile(rb"<[\w.:-]+")
_END = re.compile(rb"</[\w.:-]+\s*>(?=(?>\s+|<\?.*?\?>|<!--.*?-->)*+\Z)", re.DOTALL)
_CLOSING = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|(?<=\S)/>", re.DOTALL)
_STEP = "  "


class Tree:
    """A file under conversion, with the notes that were made of it. Raises Refused for what is not BPMN."""

    def __init__(self, content: bytes, beside: Mapping[str, bytes] | None = None) -> None:
        parse(content)
        self.content = content
        self.beside = beside or {}
        self.notes: list[Note] = []
        self.is_changed = False
        self._begin = self._find_root()
        self._added = b"" if any(uri.encode() in content for uri in NAMESPACES) else _make_declaration(content)
        start = self._begin or 0
        declared = _NAME.sub(lambda found: found.group() + self._added, content[start:], count=1)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
        )
        self.root: Node = etree.fromstring(content[:start] + declared, parser)
        found = set(self.root.nsmap.values())
        self.namespace = next((uri for uri in NAMESPACES if uri in found), CAMUNDA)

    def write(self) -> bytes:
        """The file; the same bytes where nothing was changed."""
        if not self.is_changed:
            return self.content
        encoding = self.root.getroottree().docinfo.encoding or "UTF-8"
        if self._begin is None:
            written: bytes = etree.tostring(self.root.getroottree(), xml_declaration=True, encoding=encoding)
            return written
        written = etree.tostring(self.root, encoding=encoding, xml_declaration=False, with_tail=False)
        if self._added and written.count(self._added.split(b":")[1].split(b"=")[0] + b":") == 0:
            written = written.replace(self._added, b"", 1)
        end = _END.search(self.content)
        after = self.content[end.end() :] if end is not None else b""
        return self.content[: self._begin] + self._keep_style(written) + after

    def _find_root(self) -> int | None:
        """Where the root begins, after what stays byte by byte; None in encodings of two bytes a letter."""
        found = _PROLOG.match(self.content)
        return found.end() if found is not None and self.content[found.end() : found.end() + 1] == b"<" else None

    def _keep_style(self, written: bytes) -> bytes:
        """A blank before ``/>`` where the file has them: only what changed differs."""
        if 2 * self.content.count(b" />") <= self.content.count(b"/>"):
            return written
        return _CLOSING.sub(lambda found: b" />" if found.group() == b"/>" else found.group(), written)

    def note(self, kind: NoteKind, at: Node, message: str) -> None:
        """Add to the report; a change is only made where this is called for it."""
        self.is_changed = self.is_changed or kind in CHANGES
        self.notes.append(Note(kind, get_nearest_id(at), at.sourceline, message))

    def walk(self, *names: str) -> list[Node]:
        """The BPMN elements of these names, in the order of the file; all BPMN elements without names."""
        found = [node for node in self.root.iter() if isinstance(node.tag, str) and split(node)[0] == BPMN]
        return [node for node in found if not names or split(node)[1] in names]

    def find(self, id_: str) -> Node | None:
        return next((node for node in self.walk() if node.get("id") == id_), None)

    def make_id(self, wanted: str) -> str:
        """The id, with a number where the file has it already."""
        taken = {node.get("id") for node in self.root.iter() if isinstance(node.tag, str)}
        name = re.sub(r"[^\w.-]", "_", wanted)
        name = name if re.match(r"[A-Za-z_]", name) else f"_{name}"
        return next(each for each in (name, *(f"{name}_{n}" for n in range(2, len(taken) + 3))) if each not in taken)

    def make_tag(self, name: str) -> str:
        """The tag of an element of the ``camunda:`` dialect, in the namespace that the file uses for it."""
        return f"{{{self.namespace}}}{name}"

    def set(self, node: Node, name: str, value: str) -> None:
        """Set an attribute of the ``camunda:`` dialect."""
        remove_attribute(node, name)
        node.set(self.make_tag(name), value)

    def extend(self, node: Node) -> Node:
        """The ``extensionElements`` of an element; made where there is none."""
        holder = find_child(node, "extensionElements")
        if holder is not None:
            return holder
        at = sum(1 for child in node if is_bpmn(child, "documentation"))
        return insert_child(node, at, f"{{{BPMN}}}extensionElements")

    def add_extension(self, node: Node, name: str, **attributes: str) -> Node:
        return insert_child(self.extend(node), None, self.make_tag(name), attributes)

    def add_property(self, node: Node, name: str, value: str) -> None:
        """Remember what an element was, for readers, workers and stubs (``camunda:properties``)."""
        holder = find_extension(node, "properties")
        if holder is None:
            holder = self.add_extension(node, "properties")
        insert_child(holder, None, self.make_tag("property"), {"name": name, "value": value})

    def add_parameter(self, node: Node, direction: str, name: str, text: str) -> Node:
        """An ``inputParameter`` or ``outputParameter``; one of this name that is there is left alone."""
        holder = find_extension(node, "inputOutput")
        if holder is None:
            holder = self.add_extension(node, "inputOutput")
        same = [child for child in find_children(holder, direction) if child.get("name") == name]
        if same:
            return same[0]
        last_input = sum(1 for child in holder if is_camunda(child, "inputParameter"))
        at = last_input if direction == "inputParameter" else None
        made = insert_child(holder, at, self.make_tag(direction), {"name": name})
        made.text = text
        return made


def _make_declaration(content: bytes) -> bytes:
    """Of the dialect's namespace, for the root of a file that has none of it."""
    prefix = b"camunda7" if b"xmlns:camunda=" in content else b"camunda"
    return b" xmlns:" + prefix + b'="' + CAMUNDA.encode() + b'"'


def split(node: Node) -> tuple[str, str]:
    """Namespace and name, of the meaning where several namespaces mean the same."""
    tag: str = node.tag
    namespace, _, name = tag.rpartition("}")
    namespace = namespace.removeprefix("{")
    return ALIASES.get(namespace, namespace), name


def is_bpmn(node: Node, *names: str) -> bool:
    """Whether it is a BPMN element of one of the names."""
    return isinstance(node.tag, str) and split(node)[0] == BPMN and split(node)[1] in names


def is_camunda(node: Node, *names: str) -> bool:
    """Whether it is of the dialect, and has one of the names if any are given."""
    return isinstance(node.tag, str) and split(node)[0] == CAMUNDA and (not names or split(node)[1] in names)


def find_child(node: Node, name: str) -> Node | None:
    return next((child for child in node if is_bpmn(child, name)), None)


def find_children(node: Node, *names: str) -> list[Node]:
    """The children of the ``camunda:`` dialect."""
    return [child for child in node if is_camunda(child, *names)]


def list_extensions(node: Node) -> list[Node]:
    """What stands in ``extensionElements``, of all dialects, without comments."""
    holder = find_child(node, "extensionElements")
    return [] if holder is None else [child for child in holder if isinstance(child.tag, str)]


def find_extensions(node: Node, *names: str) -> list[Node]:
    return [child for child in list_extensions(node) if is_camunda(child, *names)]


def find_extension(node: Node, name: str) -> Node | None:
    return next(iter(find_extensions(node, name)), None)


def get(node: Node, name: str) -> str | None:
    """An attribute of the ``camunda:`` dialect without blanks around it; None if absent or empty."""
    found = (node.get(f"{{{namespace}}}{name}") for namespace in NAMESPACES)
    return next((value.strip() for value in found if value and value.strip()), None)


def remove_attribute(node: Node, name: str) -> None:
    for namespace in NAMESPACES:
        node.attrib.pop(f"{{{namespace}}}{name}", None)


def get_nearest_id(node: Node) -> str | None:
    return next((each.get("id") for each in walk_up(node) if each.get("id")), None)


def walk_up(node: Node) -> Iterator[Node]:
    at = node
    while at is not None:
        yield at
        at = at.getparent()


def describe(node: Node) -> str:
    """``serviceTask 'pay'``, as messages call an element."""
    prefix = "camunda:" if split(node)[0] == CAMUNDA else ""
    return f"{prefix}{split(node)[1]}" + (f" '{node.get('id')}'" if node.get("id") else "")


def insert_child(parent: Node, index: int | None, tag: str, attributes: Mapping[str, str] | None = None) -> Node:
    """A new child on a line of its own, as deep as the others; the last one without ``index``."""
    child = parent.makeelement(tag, dict(attributes or {}))
    at = len(parent) if index is None else index
    inner = parent.text if len(parent) else _indent(parent) + _STEP
    if at == 0:
        child.tail = parent.text if len(parent) else _indent(parent)
        parent.text = inner
    else:
        child.tail = parent[at - 1].tail
        parent[at - 1].tail = inner
    parent.insert(at, child)
    return child


def _indent(node: Node) -> str:
    """The line break and the blanks before an element."""
    before = node.getprevious()
    parent = node.getparent()
    found = before.tail if before is not None else parent.text if parent is not None else "\n"
    return "\n" + (found or "").rpartition("\n")[2] if not (found or "").strip() else "\n"


def remove(node: Node) -> None:
    """Take an element out with the white space before it."""
    parent, before = node.getparent(), node.getprevious()
    if node.getnext() is None:
        if before is not None:
            before.tail = node.tail
        elif not (parent.text or "").strip():
            parent.text = node.tail
    parent.remove(node)
    if not len(parent) and not (parent.text or "").strip() and is_bpmn(parent, "extensionElements"):
        remove(parent)


def rename(node: Node, name: str) -> None:
    """Make another BPMN element of it, in the namespace that it has."""
    node.tag = f"{{{etree.QName(node).namespace}}}{name}"


def read_text(node: Node) -> str:
    """All text directly inside."""
    return (node.text or "") + "".join(child.tail or "" for child in node)
