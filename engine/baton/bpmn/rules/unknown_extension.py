"""An extension element or attribute that Baton does not read: what it asks for does not happen."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import warn
from baton.bpmn.names import FOREIGN_ENGINES, PREFIXES
from baton.bpmn.schema.extensions import ATTRIBUTES, ELEMENTS, HARMLESS_ATTRIBUTES, KNOWN, REFUSED_ATTRIBUTES
from baton.bpmn.schema.types import is_a
from baton.model.problems import Problem

RULE = "unknown-extension"


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        if element.namespace in KNOWN:
            yield from _check_element(element)
        elif element.namespace in FOREIGN_ENGINES:
            engine = FOREIGN_ENGINES[element.namespace]
            yield warn(
                RULE,
                element,
                f"Expected an extension that Baton reads, but found '{element.name}' of {engine}: no effect",
            )
        for namespace, name in element.extensions:
            yield from _check_attribute(element, namespace, name)


def _check_element(element: Element) -> Iterator[Problem]:
    read = ELEMENTS[element.namespace].get(element.name)
    if read is None:
        yield warn(RULE, element, f"Expected an extension that Baton reads, but found {element.label}: no effect")
        return
    for name in element.attributes:
        if name not in read.split():
            yield warn(RULE, element, f"Expected no '{name}' at {element.label}, but found it: no effect")


def _check_attribute(element: Element, namespace: str, name: str) -> Iterator[Problem]:
    if namespace in FOREIGN_ENGINES:
        engine = FOREIGN_ENGINES[namespace]
        yield warn(
            RULE, element, f"Expected an attribute that Baton reads at {element.label}, but found '{name}' of {engine}"
        )
    elif namespace in KNOWN and name not in HARMLESS_ATTRIBUTES | REFUSED_ATTRIBUTES:
        hosts = ATTRIBUTES[namespace].get(name)
        if hosts is None or not is_a(element.name, *hosts):
            found = f"{PREFIXES[namespace]}:{name}"
            yield warn(RULE, element, f"Expected no {found} at {element.label}, but found it: no effect there")
