"""Names of several words that look like two names with a mistyped operator between them: they would be null."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

OPERATORS = ("and", "or", "in", "between", "then", "else", "instance", "satisfies", "return")
_THREE_WORDS = re.compile(r"\w\s+\w+\s+\w")


@dataclass(frozen=True, slots=True)
class Mistyped:
    """``word`` in the middle of ``name``, read as a part of it, looks like ``operator``. ``column`` counts from 1."""

    name: str
    word: str
    operator: str
    column: int
    text: str

    def explain(self, what: str = "") -> str:
        """For a warning; ``what`` says which part of its element the expression is."""
        where = f" as {what}" if what else ""
        return (
            f"Expected an operator such as '{self.operator}'{where}, but found '{self.word}' (column {self.column} of "
            f"{self.text}): '{self.name}' is read as one name, which is null unless there is a variable of that name"
        )


def may_have_mistyped(text: str) -> bool:
    """Whether it is worth looking at the names of an expression: only those of three words can have such a mistake."""
    return _THREE_WORDS.search(text) is not None


def find_mistyped(text: str, names: Iterable[tuple[str, int]]) -> Iterator[Mistyped]:
    """``names``: those in the expression, each with its position in the text."""
    for name, position in names:
        found = _find_mistake(name)
        if found is not None:
            word, operator = found
            yield Mistyped(name, word, operator, text.find(word, position) + 1, text)


def _find_mistake(name: str) -> tuple[str, str] | None:
    """The word that looks like an operator, and the operator; only a word between two others can be one."""
    for word in name.split()[1:-1]:
        for operator in OPERATORS:
            if _looks_like(word, operator):
                return word, operator
    return None


def _looks_like(word: str, operator: str) -> bool:
    """The operator in capitals, with two letters exchanged, or with one of them typed twice."""
    typed = word.lower()
    if typed == operator:
        return True
    if len(typed) == len(operator):
        wrong = [at for at, (one, other) in enumerate(zip(typed, operator, strict=True)) if one != other]
        first, last = (wrong[0], wrong[-1]) if wrong else (0, 0)
        exchanged = len(wrong) == 2 and last == first + 1
        return exchanged and (typed[first], typed[last]) == (operator[last], operator[first])
    return typed in {operator[:at] + letter + operator[at:] for at, letter in enumerate(operator)}
