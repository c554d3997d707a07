"""Problems that the check of a file finds."""

from __future__ import annotations

from pydantic import Field

from baton.model import problems
from baton.web.models.base import Answer


class Problem(Answer):
    """One problem of a BPMN or DMN file."""

    rule: str
    severity: problems.Severity
    message: str
    element: str | None
    line: int | None
    resource: str | None
    steps: list[str] = Field(description="a counterexample, where there is one")


def show_problem(problem: problems.Problem) -> Problem:
    return Problem(
        rule=problem.rule,
        severity=problem.severity,
        message=problem.message,
        element=problem.element,
        line=problem.line,
        resource=problem.resource,
        steps=list(problem.steps),
    )
