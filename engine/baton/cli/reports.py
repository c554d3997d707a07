"""Problems of files as text, JSON, SARIF 2.1.0 (code scanning) and JUnit XML (test reports)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from baton import __version__
from baton.cli.connection import render_problem
from baton.model.problems import Problem

Report = Callable[[Sequence[Problem], Sequence[str]], str]


def report_text(problems: Sequence[Problem], files: Sequence[str]) -> str:
    lines = [render_problem(_to_fields(problem)) for problem in problems]
    errors = sum(problem.is_error for problem in problems)
    return "\n".join([*lines, f"{len(files)} files, {errors} errors, {len(problems) - errors} warnings"])


def report_json(problems: Sequence[Problem], files: Sequence[str]) -> str:
    fields = {"files": list(files), "problems": [_to_fields(problem) for problem in problems]}
    return json.dumps(fields, indent=2, ensure_ascii=False)


def report_sarif(problems: Sequence[Problem], files: Sequence[str]) -> str:
    rules = [{"id": rule} for rule in sorted({problem.rule for problem in problems})]
    driver = {"name": "baton", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "artifacts": [{"location": {"uri": name}} for name in files],
        "results": [_to_result(problem) for problem in problems],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"version": "2.1.0", "$schema": schema, "runs": [run]}, indent=2, ensure_ascii=False)


def report_junit(problems: Sequence[Problem], files: Sequence[str]) -> str:
    """One test case per file; its errors are the failure, its warnings the output."""
    failed = {problem.resource for problem in problems if problem.is_error}
    suite = ElementTree.Element("testsuite", name="baton check", tests=str(len(files)), failures=str(len(failed)))
    for name in files:
        case = ElementTree.SubElement(suite, "testcase", classname="baton.check", name=name)
        found = [problem for problem in problems if problem.resource == name]
        _add_text(case, "failure", [problem for problem in found if problem.is_error])
        _add_text(case, "system-out", [problem for problem in found if not problem.is_error])
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode")


def _to_fields(problem: Problem) -> dict[str, Any]:
    return {
        "rule": problem.rule,
        "severity": str(problem.severity),
        "message": problem.message,
        "element": problem.element,
        "line": problem.line,
        "resource": problem.resource,
        "steps": list(problem.steps),
    }


def _to_result(problem: Problem) -> dict[str, Any]:
    region = {"region": {"startLine": problem.line}} if problem.line else {}
    place = {"artifactLocation": {"uri": problem.resource}, **region}
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "level": "error" if problem.is_error else "warning",
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}] if problem.resource else [],
    }
    if problem.element:
        result["properties"] = {"element": problem.element}
    return result


def _add_text(case: ElementTree.Element, tag: str, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    element = ElementTree.SubElement(case, tag)
    if tag == "failure":
        element.set("message", problems[0].message)
    element.text = "\n".join(render_problem(_to_fields(problem)) for problem in problems)


REPORTS: dict[str, Report] = {
    "text": report_text,
    "json": report_json,
    "sarif": report_sarif,
    "junit": report_junit,
}
