"""The models of these tests: the examples of the reference, and some more beside it."""

from __future__ import annotations

from pathlib import Path

from tests.runtime.lab import Lab

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "reference" / "bpmn"
EXAMPLES = PAGES / "examples"
MODELS = Path(__file__).parent / "models"
MINUTE, HOUR = 60_000, 3_600_000
DAY = 24 * HOUR


def example(name: str) -> Lab:
    """A laboratory with an example of the reference."""
    return Lab.of(EXAMPLES / f"{name}.bpmn")


def model(name: str) -> Lab:
    return Lab.of(MODELS / f"{name}.bpmn")


def completed(lab: Lab, *elements: str) -> list[str]:
    """Those of the elements that have completed, in order, once for each time."""
    return [element for element in lab.path() if element in elements]
