"""The words of FEEL."""

from __future__ import annotations

from baton.expression.core.lexer import Lexicon
from baton.expression.feel.functions import FUNCTIONS

_PHRASES = ("date and time", "days and time duration", "years and months duration")
TYPES = (
    "number",
    "string",
    "boolean",
    "list",
    "context",
    "date",
    "time",
    "Any",
    "null",
    "range",
    "function",
    *_PHRASES,
)
_PROPERTIES = ("time offset", "start included", "end included")
LEXICON = Lexicon(
    ".. -> ** != <= >= < > = + - * / . , ( ) [ ] { } : ? @ ; '",
    quotes='"',
    phrases=tuple(name for name in (*FUNCTIONS, *TYPES, *_PROPERTIES) if " " in name),
    comments=r"//[^\n]*|/\*.*?(?:\*/|\Z)",
)
