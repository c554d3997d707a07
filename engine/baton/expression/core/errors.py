"""The one exception of this room."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

SHOWN = 120


class ExpressionError(Exception):
    """An expression, script, time text or decision that cannot be read or evaluated.

    ``position`` is the offset in the text (0-based; messages say "column", 1-based). ``kind`` is "syntax" when the text
    is wrong, "evaluation" when its data is.
    """

    def __init__(
        self,
        message: str,
        kind: Literal["syntax", "evaluation"] = "evaluation",
        position: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind: Literal["syntax", "evaluation"] = kind
        self.position = position

    def __str__(self) -> str:
        return self.message

    def add_position(self, position: int) -> ExpressionError:
        """The same error; a position already known is more exact and stays."""
        if self.position is None:
            self.position = position
        return self

    def add_text(self, text: str) -> ExpressionError:
        """A copy whose message also says where in ``text`` the error is."""
        where = "" if self.position is None else f"column {self.position + 1} of "
        return type(self)(f"{self.message} ({where}{_shorten(text)})", self.kind, self.position)


def make_syntax_error(expected: str, found: str, position: int, hint: str = "") -> ExpressionError:
    """``Expected <expected>, but found <found>``, with a hint."""
    tail = f"; {hint}" if hint else ""
    return ExpressionError(f"Expected {expected}, but found {found}{tail}", "syntax", position)


def suggest(name: str, known: Iterable[str]) -> str:
    """``"; did you mean 'x'?"`` when a known name is close, else an empty text."""
    names = sorted({entry for entry in known if entry != name})[:1000]
    folded = [entry for entry in names if entry.lower() == name.lower()]
    found = folded or get_close_matches(name[:100], names, n=1, cutoff=0.6)
    return f"; did you mean '{found[0]}'?" if found else ""


def _shorten(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"
