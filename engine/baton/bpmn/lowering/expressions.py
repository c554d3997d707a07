"""Texts of the file as expressions: which dialect a text is in."""

from __future__ import annotations

from baton.bpmn.element import Element
from baton.expression import detect
from baton.model.attributes import Dialect, Expression, Script

LANGUAGES: dict[str, Dialect] = {
    "juel": "juel",
    "feel": "feel",
    "python": "python",
    "literal": "literal",
}


def to_expression(text: str | None, line: int, plain: Dialect = "literal") -> Expression | None:
    """An expression, or None for no text. ``plain`` is the dialect of a text without delimiters."""
    if text is None or not text.strip():
        return None
    stripped = text.strip()
    return Expression(stripped, detect(stripped, plain), line)


def read_expression(element: Element | None, plain: Dialect = "python") -> Expression | None:
    """The expression in a BPMN ``expression`` element; its ``language`` decides over what the text looks like."""
    if element is None or not element.text.strip():
        return None
    text = element.text.strip()
    if text in ("true", "false"):  # as XML writes them; Python would look for a variable of that name
        return Expression(f"${{{text}}}", "juel", element.line)
    dialect = detect(text, plain)
    named = detect_language(element.get("language"))
    if dialect == plain and named in LANGUAGES:
        dialect = LANGUAGES[named]
        text = f"={text}" if dialect == "feel" else text
    return Expression(text, dialect, element.line)


def detect_language(uri: str | None) -> str:
    """``http://www.omg.org/spec/FEEL/20140401`` -> ``feel``; anything else in lower case."""
    name = (uri or "").strip().lower()
    if "feel" in name:
        return "feel"
    if "uel" in name or "java.sun.com/products/jsp" in name:
        return "juel"
    return "python" if "python" in name else name


def make_script(text: str, given: str | None, line: int) -> Script:
    return Script(text, detect_language(given), line)
