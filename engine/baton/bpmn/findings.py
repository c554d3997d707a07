"""Collecting problems with their place."""

from __future__ import annotations

from dataclasses import dataclass, field

from baton.bpmn.element import Element
from baton.model.problems import Problem, Severity


def error(rule: str, at: Element, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.ERROR, message=message, element=at.nearest_id, line=at.line)


def warning(rule: str, at: Element, message: str) -> Problem:
    return Problem(rule=rule, severity=Severity.WARNING, message=message, element=at.nearest_id, line=at.line)


@dataclass
class Findings:
    """The problems found so far, in the order in which they were found, each once."""

    problems: list[Problem] = field(default_factory=list[Problem])

    def error(self, rule: str, at: Element, message: str) -> None:
        self.problems.append(error(rule, at, message))

    def warning(self, rule: str, at: Element, message: str) -> None:
        self.problems.append(warning(rule, at, message))
