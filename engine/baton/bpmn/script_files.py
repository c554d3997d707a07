"""Scripts in files beside the model (``camunda:resource="deployment://total.py"``): read as if they stood in it.

The files belong to the same deployment, so that a version of a process always runs the same scripts. A resource of a
class path, which is any other, is nothing that exists here.
"""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.names import BPMN, CAMUNDA

PREFIX = "deployment://"
RESOURCE = "resource"
"""The attribute that names a file."""


def list_references(root: Element) -> Iterator[tuple[Element, str]]:
    """The elements that name a resource as their script, and the resource as written."""
    for element in root.walk():
        inside = element.get(RESOURCE) if (element.namespace, element.name) == (CAMUNDA, "script") else None
        found = element.get_extension(CAMUNDA, RESOURCE) or inside
        if found:
            yield element, found


def holds_script(element: Element) -> bool:
    """Whether a script may stand at the element."""
    return element.is_bpmn("scriptTask") or (element.namespace, element.name) == (CAMUNDA, "script")


def get_file_name(reference: str) -> str | None:
    """The name of the file in the deployment; None for a resource that is elsewhere."""
    return reference.removeprefix(PREFIX) if reference.startswith(PREFIX) else None


def find_file_names(document: Document) -> frozenset[str]:
    """The files of the deployment that the model takes scripts from."""
    names = (get_file_name(reference) for element, reference in list_references(document.root) if holds_script(element))
    return frozenset(name for name in names if name is not None and name in document.beside)


def read_script(document: Document, name: str) -> str | None:
    """The text of a file beside; None if it is not there or is not text in UTF-8."""
    try:
        return document.beside[name].decode("utf-8-sig")
    except (KeyError, UnicodeDecodeError):
        return None


def insert_scripts(document: Document) -> None:
    """Put the text of each file where the model refers to it. What cannot be read is a rule's finding."""
    for element, reference in list_references(document.root):
        name = get_file_name(reference)
        text = read_script(document, name) if name is not None and holds_script(element) else None
        if text is not None:
            _set_script(element, text)


def _set_script(element: Element, text: str) -> None:
    if element.namespace == CAMUNDA:
        element.text = text
        return
    script = element.find("script")
    if script is None:
        script = Element(BPMN, "script", element.line, parent=element)
        element.children.append(script)
    script.text = text
