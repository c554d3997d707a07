"""An expression that is there but says nothing (clause 8.4.8): what should happen would be a guess."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.model.problems import Problem

RULE = "empty-expression"


def check(document: Document) -> Iterator[Problem]:
    for element, kind in document.typed.elements:
        if kind.name in ("expression", "formalExpression") and not element.text.strip():
            parent = element.parent.label if element.parent else "the file"
            yield refuse(RULE, element, f"Expected an expression in '{element.name}' of {parent}, but found nothing")
