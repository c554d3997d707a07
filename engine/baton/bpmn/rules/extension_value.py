"""The value of an extension is not of its kind: it would count as the default, and nobody would know."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.queries.values import find_mismatch
from baton.bpmn.schema.extensions import ATTRIBUTE_VALUES, ELEMENT_VALUES
from baton.model.problems import Problem

RULE = "extension-value"
WORDS = (*(name for _, name in ATTRIBUTE_VALUES), *(name for _, name in ELEMENT_VALUES))


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        for name, kind, text in _list_values(element):
            expected = find_mismatch(kind, text)
            if expected:
                yield refuse(RULE, element, f"Expected {expected} as '{name}' of {element.label}, but found '{text}'")


def _list_values(element: Element) -> Iterator[tuple[str, str, str]]:
    """Name, kind and text of each value given that has a kind."""
    for (namespace, name), given in element.extensions.items():
        kind = ATTRIBUTE_VALUES.get((namespace, name))
        if kind is not None and given.strip():
            yield name, kind, given.strip()
    for name, kind in ELEMENT_VALUES.get((element.namespace, element.name), {}).items():
        text = element.get(name)
        if text is not None:
            yield name, kind, text
