"""Values and errors in messages: short, and never failing whatever a class does in its own methods."""

from __future__ import annotations

_LONGEST_REPR = 200


def describe_value(value: object) -> str:
    """A short ``repr`` that never fails."""
    try:
        text = repr(value)
    except Exception:
        return f"<{type(value).__name__} whose repr() fails>"
    return text if len(text) <= _LONGEST_REPR else text[:_LONGEST_REPR] + "…"


def describe_error(error: BaseException) -> str:
    """The error's text, and its type where the text alone says too little; never fails."""
    text = read_text(error)
    return text if isinstance(error, TypeError) and text else f"{type(error).__name__}: {text}"


def name_error(error: BaseException) -> str:
    """The error's type and text; never fails."""
    return f"{type(error).__name__}: {read_text(error)}"


def read_text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "<its str() fails>"
