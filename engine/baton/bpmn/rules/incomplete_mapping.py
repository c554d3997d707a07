"""A mapping that does not say from where or to where: the value would get lost."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.element import Element
from baton.bpmn.findings import refuse
from baton.bpmn.names import CAMUNDA, ZEEBE
from baton.model.problems import Problem

RULE = "incomplete-mapping"
NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    (CAMUNDA, "inputParameter"): ("name",),
    (CAMUNDA, "outputParameter"): ("name",),
    (CAMUNDA, "entry"): ("key",),
    (CAMUNDA, "formField"): ("id",),
    (CAMUNDA, "formProperty"): ("id",),
    (ZEEBE, "input"): ("target",),
    (ZEEBE, "output"): ("source", "target"),
    (ZEEBE, "header"): ("key",),
    (ZEEBE, "subscription"): ("correlationKey",),
}
"""Extension element -> the attributes without which it says nothing."""


def check(document: Document) -> Iterator[Problem]:
    for element in document.root.walk():
        missing = [name for name in NEEDED.get((element.namespace, element.name), ()) if element.get(name) is None]
        if element.namespace == CAMUNDA and element.name in ("in", "out") and not _passes(element):
            missing = ['variables="all", a businessKey, or a source and a target']
        if missing:
            yield refuse(RULE, element, f"Expected {' and '.join(missing)} at {element.label}, but found none")


def _passes(element: Element) -> bool:
    if element.get("variables") or element.get("businessKey"):
        return True
    return bool(element.get("target")) and bool(element.get("source") or element.get("sourceExpression"))
