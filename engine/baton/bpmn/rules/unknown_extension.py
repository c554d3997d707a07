"""An extension element or attribute that Baton does not read: what it asks for does not happen."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import warning
from baton.bpmn.names import FOREIGN_ENGINES, PREFIXES
from baton.bpmn.rules.extension_names import (
    HARMLESS_ATTRIBUTES,
    JAVA_ATTRIBUTES,
    KNOWN,
    READ_ATTRIBUTES,
    READ_ELEMENTS,
)
from baton.model.problems import Problem

RULE = "unknown-extension"


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        if element.namespace in KNOWN and element.name not in READ_ELEMENTS[element.namespace]:
            yield warning(
                RULE, element, f"Expected an extension that Baton reads, but found {element.label}: it has no effect"
            )
        elif element.namespace in FOREIGN_ENGINES:
            engine = FOREIGN_ENGINES[element.namespace]
            yield warning(
                RULE,
                element,
                f"Expected an extension that Baton reads, but found '{element.name}' of {engine}: no effect",
            )
        for namespace, name in element.extensions:
            yield from _attribute(element, namespace, name)


def _attribute(element: Element, namespace: str, name: str) -> Iterator[Problem]:
    if namespace in FOREIGN_ENGINES:
        engine = FOREIGN_ENGINES[namespace]
        yield warning(
            RULE, element, f"Expected an attribute that Baton reads at {element.label}, but found '{name}' of {engine}"
        )
    elif namespace in KNOWN and name not in READ_ATTRIBUTES[namespace] | HARMLESS_ATTRIBUTES | JAVA_ATTRIBUTES:
        found = f"{PREFIXES[namespace]}:{name}"
        yield warning(
            RULE, element, f"Expected an attribute that Baton reads at {element.label}, but found {found}: no effect"
        )
