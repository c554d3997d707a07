"""A finding about a model: rule, severity, element, line, message. The designer shows the same list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """``rule`` is the file name of the rule (kebab case); ``steps`` is a counterexample where there is one."""

    rule: str
    severity: Severity
    message: str
    element: str | None = None
    line: int | None = None
    resource: str | None = None
    steps: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.resource,
                f"element '{self.element}'" if self.element else None,
                f"line {self.line}" if self.line else None,
            )
            if part
        )
        return f"[{self.rule}] {self.message}" + (f" ({place})" if place else "")
