"""The catalogue of the suite: tests with a model, and the cases of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Case:
    number: int
    test: str | None
    integer: int
    parallel_process: bool
    """The process ``ParallelProcess`` of the file is started first."""
    delay_ms: int
    """How long the suite waits until it reads the trace."""
    expected: tuple[str, ...]

    @property
    def expects_failure(self) -> bool:
        return any(token.startswith("ERROR") for token in self.expected)

    def variables(self) -> dict[str, Any]:
        found: dict[str, Any] = {"integerVariable": self.integer}
        return found if self.test is None else {**found, "test": self.test}


@dataclass(frozen=True)
class Test:
    __test__ = False
    name: str
    model: Path
    cases: tuple[Case, ...]


def catalogue(folder: Path, names: tuple[str, ...]) -> list[Test]:
    """The tests of the suite, or only those named."""
    entries = json.loads((folder / "tests.json").read_text())
    return [
        Test(entry["name"], folder / entry["model"], tuple(_case(case) for case in entry["cases"]))
        for entry in entries
        if not names or entry["name"] in names
    ]


def faulty_models(folder: Path) -> list[Path]:
    """Models that break one constraint of the standard each."""
    return sorted((folder / "must-be-refused").glob("*.bpmn"))


def _case(entry: dict[str, Any]) -> Case:
    return Case(
        number=entry["n"],
        test=entry["test"],
        integer=entry["integerVariable"],
        parallel_process=entry["parallelProcess"],
        delay_ms=max(entry["delay_ms"], 0),
        expected=tuple(entry["expected"]),
    )
