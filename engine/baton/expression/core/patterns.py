"""Regular expressions in linear time (RE2), so that no pattern can hang a turn."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

from baton.expression.core.errors import ExpressionError
from baton.expression.core.limits import MAX_PATTERN, check_room_for_text, check_text, describe

_BLANKS = re.compile(r"(\[(?:\\.|[^\]\\])*\])|\s+")
"""White space that the flag ``x`` drops; in a class of characters it stays."""


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str = "") -> re2.Pattern:
    """The compiled pattern; ``flags`` are those of XPath: i, s, m, x."""
    if len(pattern) > MAX_PATTERN:
        raise ExpressionError(f"Expected a pattern of at most {MAX_PATTERN} characters, but found {len(pattern)}")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    unknown = set(flags) - set("imsx")
    if unknown:
        raise ExpressionError(f"Expected flags among i, m, s and x, but found '{flags}'")
    if "x" in flags:
        pattern = _BLANKS.sub(lambda found: found.group(1) or "", pattern)
    inline = "".join(flag for flag in "ims" if flag in flags)
    try:
        return re2.compile(f"(?{inline}){pattern}" if inline else pattern, options)
    except re2.error as error:
        detail = b"".join(part for part in error.args if isinstance(part, bytes)).decode(errors="replace")
        raise ExpressionError(
            f"Expected a regular expression without look-around and back-references, but found '{pattern}': {detail}"
        ) from None


def check_text_and_pattern(text: Any, pattern: Any) -> tuple[str, str]:
    if not isinstance(text, str) or not isinstance(pattern, str):
        raise ExpressionError(f"Expected two texts to match, but found {describe(text)} and {describe(pattern)}")
    return text, pattern


def match_fully(text: Any, pattern: Any) -> bool:
    subject, expression = check_text_and_pattern(text, pattern)
    return compile_pattern(expression).fullmatch(subject) is not None


def replace_all(text: Any, pattern: Any, replacement: Any, flags: str = "") -> str:
    """``$1`` in the replacement stands for a group."""
    subject, expression = check_text_and_pattern(text, pattern)
    if not isinstance(replacement, str):
        raise ExpressionError(f"Expected a text as replacement, but found {describe(replacement)}")
    parts = _replacement(replacement)
    made: list[str] = []
    end = size = 0
    for found in compile_pattern(expression, flags).finditer(subject):
        piece = subject[end : found.start()] + "".join(_group(found, part) for part in parts)
        size += len(piece)
        check_room_for_text(size)
        made.append(piece)
        end = found.end()
    return check_text("".join(made) + subject[end:])


def split_all(text: Any, pattern: Any) -> list[str]:
    subject, expression = check_text_and_pattern(text, pattern)
    return [part or "" for part in compile_pattern(expression).split(subject)]


def _group(found: Any, part: str | int) -> str:
    if isinstance(part, str):
        return part
    return (found.group(part) or "") if part <= len(found.groups()) else ""


def _replacement(text: str) -> list[str | int]:
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        letter, following = text[position], text[position + 1 : position + 2]
        if letter == "$" and following.isascii() and following.isdigit():
            parts.append(int(following))
            position += 2
        elif letter == "\\" and following:
            parts.append(following)
            position += 2
        else:
            parts.append(letter)
            position += 1
    return parts
