"""Plain words: phrases and names that say nothing to a reader stay away."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TEXTS = ("engine/baton", "designer/src", "docs", "definitions", "bench", "scripts", "tests")
ENDINGS = {".py", ".md", ".ts", ".css", ".html", ".lua", ".bpmn", ".dmn", ".mjs"}
BUILT = {"static", "node_modules", "__pycache__"}

AVOIDED = {
    "whoever": "say who: the worker, the caller, the process that …",
    "in one hand": "say what is done at once, or in one call",
    "the whole truth": "say what is complete",
    "what is said of": "say what it describes",
}


def list_texts() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    for folder in TEXTS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in ENDINGS and path != Path(__file__) and not BUILT & set(path.parts):
                yield path


def test_phrases_that_a_stranger_stumbles_over_are_not_used() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: '{phrase}': {instead}"
        for path in list_texts()
        for text in [" ".join(path.read_text(encoding="utf-8", errors="replace").lower().split())]
        for phrase, instead in AVOIDED.items()
        if phrase in text
    ]
    assert wrong == []


def list_bound(owner: ast.AST) -> tuple[str, ...]:
    """The names that a loop or a function gives to what it is handed."""
    match owner:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            arguments = owner.args
            return tuple(found.arg for found in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            return tuple(found.id for found in ast.walk(owner.target) if isinstance(found, ast.Name))
        case _:
            return ()


@pytest.mark.parametrize("folder", ["engine/baton", "bench", "scripts", "definitions", "tests"])
def test_what_a_loop_or_a_function_is_handed_is_named_after_what_it_is(folder: str) -> None:
    """``one`` says nothing, but beside ``other`` or ``two`` it says that there are two of a kind."""
    wrong = [
        f"{path.relative_to(ROOT)}:{getattr(owner, 'lineno', '')} {', '.join(bound)}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not BUILT & set(path.parts)
        for owner in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for bound in [list_bound(owner)]
        if "one" in bound and not {"other", "two"} & set(bound)
    ]
    assert wrong == []
