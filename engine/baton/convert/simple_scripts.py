"""Scripts that are one plain expression which means the same here: constants, and variables as they are.

Nothing with an operator on variables: ``a + b`` and ``a == b`` mean other things in Groovy, JavaScript and FEEL.
"""

from __future__ import annotations

import re

LANGUAGES = ("groovy", "javascript", "ecmascript", "js", "graal.js", "nashorn")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
_SUM = re.compile(r"\d{1,6}(?:\s*[+*-]\s*\d{1,6})+")
_TEXT = re.compile(r"'([^'\\$\n]*)'|\"([^\"\\$\n]*)\"")
_READ = re.compile(r"execution\.getVariable\(\s*(?:'([A-Za-z_]\w*)'|\"([A-Za-z_]\w*)\")\s*\)")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_WORDS = frozenset(
    {"this", "null", "true", "false", "undefined", "execution", "task", "new", "return", "if", "else", "in", "for"}
    | {"and", "or", "not", "empty", "div", "mod", "eq", "ne", "lt", "gt", "le", "ge", "instanceof"}
)


def translate(language: str, text: str) -> tuple[str, str] | None:
    """Language and text of the same expression; None for what is more than one plain expression."""
    if language.strip().lower() not in LANGUAGES:
        return None
    source = text.strip().removesuffix(";").strip()
    if source in ("true", "false", "null"):
        return "feel", source
    if _NUMBER.fullmatch(source) or _SUM.fullmatch(source):
        return "feel", source
    if (found := _TEXT.fullmatch(source)) is not None:
        return "feel", '"' + (found[1] or found[2] or "").replace('"', '\\"') + '"'
    if (found := _READ.fullmatch(source)) is not None:
        return "feel", found[1] or found[2]
    if _VARIABLE.fullmatch(source) and source not in _WORDS:
        return "juel", "${" + source + "}"
    return None
