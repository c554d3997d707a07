"""Expressions in a language that Baton does not have (clause 8.4.8)."""

from __future__ import annotations

from collections.abc import Iterator

from baton.bpmn.document import Document
from baton.bpmn.findings import refuse
from baton.bpmn.lowering.expressions import LANGUAGES, detect_language
from baton.model.problems import Problem

RULE = "expression-language"


def check(document: Document) -> Iterator[Problem]:
    """Only where the expression itself names a language and its text has no delimiters that say otherwise."""
    for element, kind in document.typed.elements:
        if kind.name not in ("expression", "formalExpression"):
            continue
        named = detect_language(element.get("language"))
        marked = element.text.strip().startswith("=") or "${" in element.text or "#{" in element.text
        if named and named not in LANGUAGES and not marked:
            yield refuse(
                RULE,
                element,
                f"Expected an expression in juel, feel or python, but found the language '{element.get('language')}'",
            )
