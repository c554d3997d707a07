"""What is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

HEAD = ("model", "case", "expected", "got", "state", "verdict")


def rows(table: Iterable[Sequence[str]], head: Sequence[str] = HEAD) -> str:
    """A Markdown table with its columns in line."""
    lines = [tuple(head), *(tuple(row) for row in table)]
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in lines
    ]
    return "\n".join([text[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *text[1:]])


def short(tokens: Iterable[str]) -> str:
    """``SCRIPT_task1 SCRIPT_task1 MARKER_exists`` as ``1 1 MARKER``."""
    return " ".join(token.removeprefix("SCRIPT_task").removesuffix("_exists") for token in tokens) or "-"
