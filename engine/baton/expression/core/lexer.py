"""Text to tokens; the dialects differ in operators, quotes and names of several words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from baton.expression.core.errors import make_syntax_error
from baton.expression.core.limits import MAX_SOURCE
from baton.model.values import join_surrogates

Kind = Literal["number", "string", "name", "op", "end"]

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_HEX = {"u": 4, "U": 6, "x": 2}
_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())
_ASTRAL = "[\U00010000-\U000effff]"
_WORD = rf"(?:[^\W\d]|{_ASTRAL})(?:\w|{_ASTRAL})*"


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as written; ``value`` of a string is its content, of a name the name without back quotes."""

    kind: Kind
    text: str
    position: int
    value: Any = None
    quoted: bool = False

    @property
    def shown(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text}'"


def _spaced(phrase: str) -> str:
    """Words may be apart by any white space, also by a line break."""
    return r"\s+".join(map(re.escape, phrase.split()))


class Lexicon:
    """The vocabulary of one dialect."""

    def __init__(
        self, operators: str, *, quotes: str = "\"'", phrases: tuple[str, ...] = (), comments: str | None = None
    ) -> None:
        ordered = sorted(operators.split(), key=len, reverse=True)
        spoken = sorted(phrases, key=len, reverse=True)
        parts = [
            r"(?P<space>\s+" + (f"|{comments}" if comments else "") + ")",
            r"(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)",
            r"(?P<name>" + "".join(rf"\b{_spaced(phrase)}\b|" for phrase in spoken) + rf"{_WORD}|`[^`\n]+`)",
            rf"(?P<quote>[{quotes}])",
            r"(?P<op>" + "|".join(re.escape(op) for op in ordered) + ")",
        ]
        self.pattern = re.compile("|".join(parts), re.DOTALL)


def tokenize(text: str, lexicon: Lexicon, start: int = 0, until: str | None = None) -> list[Token]:
    """The tokens from ``start``; stops after the closing bracket ``until`` that has no partner, if given."""
    if len(text) > MAX_SOURCE:
        raise make_syntax_error(f"an expression of at most {MAX_SOURCE} characters", str(len(text)), 0)
    tokens: list[Token] = []
    position, depth = start, 0
    while position < len(text):
        token, position = _next(text, lexicon, position)
        if token is None:
            continue
        tokens.append(token)
        if token.kind == "op":
            depth += (token.text in _OPENING) - (token.text in _CLOSING)
            if until is not None and depth < 0 and token.text == until:
                return tokens
    tokens.append(Token("end", "", len(text)))
    return tokens


def _next(text: str, lexicon: Lexicon, position: int) -> tuple[Token | None, int]:
    found = lexicon.pattern.match(text, position)
    if found is None:
        raise make_syntax_error("an expression", f"'{text[position]}'", position, "this character has no meaning here")
    if found.lastgroup == "space":
        return None, found.end()
    if found.lastgroup == "quote":
        return _string(text, position)
    written = found.group()
    if found.lastgroup == "name":
        quoted = written.startswith("`")
        name = written.strip("`") if quoted else " ".join(written.split())
        return Token("name", written, position, name, quoted), found.end()
    return Token("number" if found.lastgroup == "number" else "op", written, position), found.end()


def _string(text: str, start: int) -> tuple[Token, int]:
    quote, position = text[start], start + 1
    parts: list[str] = []
    while position < len(text):
        character = text[position]
        if character == quote:
            content = join_surrogates("".join(parts))
            return Token("string", text[start : position + 1], start, content), position + 1
        if character == "\\" and position + 1 < len(text):
            part, position = _escape(text, position)
            parts.append(part)
        else:
            parts.append(character)
            position += 1
    raise make_syntax_error(f"a closing {quote}", "the end", start, "the text that starts here is not closed")


def _escape(text: str, position: int) -> tuple[str, int]:
    letter = text[position + 1]
    digits = text[position + 2 : position + 2 + _HEX.get(letter, 0)]
    if letter in _HEX and len(digits) == _HEX[letter] and all(c in "0123456789abcdefABCDEF" for c in digits):
        code = int(digits, 16)
        if code <= 0x10FFFF:
            return chr(code), position + 2 + len(digits)
    if letter in _ESCAPES:
        return _ESCAPES[letter], position + 2
    if letter in "\\\"'":
        return letter, position + 2
    return "\\" + letter, position + 2
