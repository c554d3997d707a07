"""Plain words: phrases and names that say nothing to a reader stay away."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TEXTS = ("engine/baton", "designer/src", "docs", "definitions", "bench", "scripts", "tests")
ENDINGS = {".py", ".md", ".ts", ".css", ".html", ".lua", ".bpmn", ".dmn", ".mjs", ".tsx", ".java"}
BUILT = {"static", "node_modules", "__pycache__", "openapi.d.ts"}

AVOIDED = {
    r"whoever": "say who: the worker, the caller, the process that …",
    r"in one hand": "say what is done at once, or in one call",
    r"the whole truth": "say what is complete",
    r"what is said of": "say what describes or reports it",
}
"""Phrase, as a pattern -> what to write instead. They sound archaic, or only their writer knows what they mean."""

PAGES = ("docs", "designer", "definitions", "bench")
AVOIDED_ON_PAGES = {
    r"(is|was) said of": "say what describes or reports it",
    r"for ever": "forever, without end, permanently",
    r"for good": "permanently",
    r"in silence": "silently",
    r"anew": "again; or restart, rebuild, generate",
    r"shall": "is to, must, will",
    r"mend(s|ed|ing)?": "fix, repair, correct",
    r"one's own|of (ours|yours|theirs)": "your own, Baton's own",
    r"own accord": "by itself, automatically",
    r"(stands?|stood) still": "stops, does not continue, is frozen",
    r"knows? nothing of": "does not depend on",
    r"(is|are|was|were|be) told": "is notified, is reported, gets, is an argument, looks different",
    r"(is|are|was|were|be) handed": "gets, receives, is passed",
    r"hand(s|ed|ing) (on|over|in|out)": "pass, give, return",
    r"pass(es|ed|ing)? over": "skip, ignore, leave out",
    r"(is|are|was|were|been|be|not) looked at": "is checked, evaluated, read",
    r"worked off": "executed, done",
    r"com(e|es|ing) to rest": "say that every token waits",
    r"who asks": "the caller, the client, the user",
    r"(told|said) otherwise": "say what the default is",
}
"""The same for what users and newcomers read: docs, READMEs, samples and the texts of the designer."""

COMMENT = re.compile(r"^\s*(#|//|/?\*+|--)\s?", re.MULTILINE)


def list_texts() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    for folder in TEXTS:
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.suffix in ENDINGS
                and path != Path(__file__)
                and path.name not in BUILT
                and not BUILT & set(path.parts)
            ):
                yield path


def read_words(path: Path) -> str:
    """The text on one line, without the marks of comments, so that a phrase is found across the end of a line."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return " ".join(COMMENT.sub(" ", text).lower().split())


def find_phrases(phrases: dict[str, str], paths: Iterable[Path]) -> list[str]:
    patterns = {re.compile(rf"(?<![\w'])({phrase})(?!\w)"): instead for phrase, instead in phrases.items()}
    return [
        f"{path.relative_to(ROOT)}: '{found[0]}': {instead}"
        for path in paths
        for text in [read_words(path)]
        for pattern, instead in patterns.items()
        for found in pattern.finditer(text)
    ]


def test_phrases_that_a_stranger_stumbles_over_are_not_used() -> None:
    assert find_phrases(AVOIDED, list_texts()) == []


def test_phrases_that_a_stranger_stumbles_over_are_not_used_on_pages() -> None:
    pages = [path for path in list_texts() if path.suffix == ".md" or path.relative_to(ROOT).parts[0] in PAGES]
    pages = [path for path in pages if path.name != "CHANGELOG.md" and "decisions" not in path.parts]

    assert find_phrases(AVOIDED_ON_PAGES, pages) == []


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
