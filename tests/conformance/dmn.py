"""Runs the public DMN compatibility kit (dmn-tck) against Baton's own reader: ``make dmn-tck TCK=<folder TestCases>``.

The kit is not part of Baton; its folder is an argument. Each test gives inputs and the value that each result node must
have. A refusal or an error counts as right where the kit expects null or an error. Prints a table by chapter; exit code
1 below the floors.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from baton.expression import ExpressionError
from baton.expression.dmn import DmnReading, evaluate, evaluate_service, map_result, read_dmn
from baton.expression.feel.temporal import read_date, read_duration, read_moment, read_time
from baton.expression.feel.values import export

LEVELS = ("compliance-level-2", "compliance-level-3")
FLOORS = {"compliance-level-2": 1.0, "compliance-level-3": 0.9}
"""Share of result nodes that must be right."""
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NOW = {"now": datetime(2026, 1, 31, 10, tzinfo=UTC)}


@dataclass(frozen=True)
class Outcome:
    """One result node: ``right`` or not, and what was expected and found."""

    chapter: str
    test: str
    right: bool
    expected: Any
    found: Any


def _child(node: Any, name: str) -> Any:
    return next(node.iterchildren("{*}" + name), None)


def _children(node: Any, name: str) -> list[Any]:
    return list(node.iterchildren("{*}" + name))


def read_value(node: Any) -> Any:
    """The value that an ``inputNode``, ``expected``, ``component`` or ``item`` holds."""
    if node.get(_NIL) == "true":
        return None
    components = _children(node, "component")
    if components:
        return {part.get("name"): read_value(part) for part in components}
    listed = _child(node, "list")
    if listed is not None:
        return None if listed.get(_NIL) == "true" else [read_value(item) for item in _children(listed, "item")]
    value = _child(node, "value")
    if value is None or value.get(_NIL) == "true":
        return None
    return _read_text(value.text or "", (value.get(_TYPE) or "string").rpartition(":")[2])


def _read_text(text: str, kind: str) -> Any:
    match kind:
        case "boolean":
            return text.strip() in ("true", "1")
        case "decimal" | "double" | "integer" | "int" | "long" | "float":
            return float(text) if "." in text or "e" in text.lower() or "N" in text else int(text)
        case "date":
            return read_date(text) or text
        case "time":
            return read_time(text) or text
        case "dateTime":
            return read_moment(text) or text
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return read_duration(text) or text
        case _:
            return text


def is_same(expected: Any, found: Any) -> bool:
    """Equality as the kit means it: numbers up to what their notation says, a list in order."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)):
        return math.isclose(expected, found, rel_tol=1e-8, abs_tol=1e-8)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(is_same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(is_same(expected[key], found[key]) for key in expected)
    return type(expected) is type(found) and expected == found


def run_file(file: Path, chapter: str) -> Iterator[Outcome]:
    """The outcomes of one file of tests."""
    root = etree.XML(file.read_bytes())
    model = file.parent / (_child(root, "modelName").text or "").strip()
    others = {other.name: other.read_bytes() for other in file.parent.glob("*.dmn") if other != model}
    reading = read_dmn(model.read_bytes(), model.name, others)
    for case in _children(root, "testCase"):
        inputs = {node.get("name"): read_value(node) for node in _children(case, "inputNode")}
        for node in _children(case, "resultNode"):
            wanted = _child(node, "expected")
            expected = export(read_value(wanted)) if wanted is not None else None
            found = _run(reading, node.get("name"), inputs, case.get("invocableName"))
            lenient = expected is None or node.get("errorResult") == "true"
            right = lenient if isinstance(found, ExpressionError) else is_same(expected, found)
            yield Outcome(chapter, f"{file.stem} {case.get('id')} {node.get('name')}", right, expected, found)


def _run(reading: DmnReading, name: str, inputs: dict[str, Any], service: str | None) -> Any:
    """The value of the decision, or the error."""
    try:
        if service is not None:
            return _run_service(reading, service, name, inputs)
        for decision in reading.decisions:
            if decision.name == name:
                return map_result(evaluate(decision, inputs, _NOW), "value")
    except ExpressionError as error:
        return error
    return ExpressionError("refused: " + "; ".join(problem.message for problem in reading.problems)[:300])


def _run_service(reading: DmnReading, service: str, name: str, inputs: dict[str, Any]) -> Any:
    for found in reading.services:
        if found.name == service:
            value = evaluate_service(found, inputs, _NOW)
            return value[name] if isinstance(value, dict) and len(found.outputs) > 1 else value
    return ExpressionError(f"no decision service '{service}'")


def run(folder: Path, only: tuple[str, ...] = ()) -> list[Outcome]:
    """All outcomes of the levels in the folder ``TestCases``."""
    found: list[Outcome] = []
    for level in LEVELS:
        for chapter in sorted((folder / level).iterdir()):
            if chapter.is_dir() and (not only or chapter.name in only):
                for file in sorted(chapter.glob("*-test-*.xml")):
                    found += run_file(file, f"{level}/{chapter.name}")
    return found


def _print_table(outcomes: list[Outcome]) -> None:
    print("| chapter | right | of |\n|---|---:|---:|")
    for chapter in dict.fromkeys(outcome.chapter for outcome in outcomes):
        mine = [outcome.right for outcome in outcomes if outcome.chapter == chapter]
        print(f"| {chapter} | {sum(mine)} | {len(mine)} |")


def main() -> int:
    parser = argparse.ArgumentParser(description="The DMN compatibility kit")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of chapters")
    parser.add_argument("--wrong", action="store_true", help="list what is not right")
    options = parser.parse_args()
    outcomes = run(options.folder, tuple(options.only))
    _print_table(outcomes)
    for outcome in outcomes if options.wrong else []:
        if not outcome.right:
            print(f"{outcome.chapter} {outcome.test}: expected {outcome.expected!r}, found {outcome.found!r}"[:400])
    enough = True
    for level, floor in FLOORS.items():
        mine = [outcome.right for outcome in outcomes if outcome.chapter.startswith(level)]
        print(f"{level}: {sum(mine)} of {len(mine)} ({sum(mine) / max(len(mine), 1):.1%})")
        enough = enough and (not mine or sum(mine) / len(mine) >= floor)
    return 0 if enough else 1


if __name__ == "__main__":
    raise SystemExit(main())
