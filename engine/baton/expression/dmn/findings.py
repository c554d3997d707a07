"""Problems of a file, and where an expression of it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from baton.expression.compiled import Compiled, compile_expression, compile_feel, compile_unary_tests
from baton.expression.core.errors import ExpressionError
from baton.expression.dmn.document import Element
from baton.expression.feel.mistyped import find_mistyped, may_have_mistyped
from baton.expression.feel.names import Vocabulary
from baton.model.problems import Problem, Severity

_FEEL = ("", "feel", "camunda-feel")


class Unreadable(Exception):
    """A problem was noted; this part cannot be used."""


@dataclass
class Findings:
    """Problems so far; ``element`` is the decision at hand."""

    resource: str | None
    problems: list[Problem] = field(default_factory=list[Problem])
    element: str | None = None

    def add_error(self, rule: str, message: str, where: Element) -> Unreadable:
        """Notes the problem; the result may be raised."""
        self._add(rule, Severity.ERROR, message, where)
        return Unreadable(message)

    def add_warning(self, rule: str, message: str, where: Element) -> None:
        self._add(rule, Severity.WARNING, message, where)

    def count_errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)

    def _add(self, rule: str, severity: Severity, message: str, where: Element) -> None:
        identity = where.get("id") or self.element
        self.problems.append(
            Problem(
                rule=rule,
                severity=severity,
                message=message,
                element=identity,
                line=where.line,
                resource=self.resource,
            )
        )


@dataclass(frozen=True)
class Place:
    """The names that expressions see here; what has been compiled here, by its text."""

    findings: Findings
    vocabulary: Vocabulary
    tests: dict[str, Compiled] = field(default_factory=dict[str, Compiled])

    def make_inner(self, names: Iterable[str] = ()) -> Place:
        return replace(self, vocabulary=self.vocabulary.make_inner(names), tests={})

    def compile(self, text: str, where: Element) -> Compiled | None:
        """The expression of a ``text`` element: FEEL, or JUEL when it says so or has ``${``; None when it is empty."""
        if not text:
            return None
        language = _get_language(where)
        try:
            if "${" in text or "#{" in text:
                return compile_expression(text, "juel")
            if language == "juel":
                return compile_expression(f"${{{text}}}", "juel")
            if language == "python":
                return compile_expression(text, "python")
            if language in _FEEL:
                return self._warn(compile_feel(text, self.vocabulary), where)
        except ExpressionError as error:
            raise self.findings.add_error("dmn-expression", str(error), where) from None
        raise self.findings.add_error(
            "dmn-expression", f"Expected FEEL, JUEL or Python, but found the language '{language}'", where
        )

    def compile_tests(self, cell: Element) -> Compiled | None:
        """The compiled tests of a cell; a JUEL cell is a condition. None when they cannot be read."""
        text = cell.read_text()
        language = _get_language(cell)
        try:
            if text and ("${" in text or language in ("juel", "python")):
                return self.compile(text, cell)
            if language not in (*_FEEL, "juel", "python"):
                raise self.findings.add_error(
                    "dmn-expression", f"Expected FEEL or JUEL, but found the language '{language}'", cell
                )
            found = self.tests.get(text)
            if found is None:
                found = self.tests[text] = self._warn(compile_unary_tests(text, self.vocabulary), cell)
            return found
        except Unreadable:
            return None
        except ExpressionError as error:
            self.findings.add_error("dmn-expression", str(error), cell)
            return None

    def _warn(self, compiled: Compiled, where: Element) -> Compiled:
        """The same, after a warning for each name of no variable of the model that looks like a mistake."""
        if may_have_mistyped(compiled.text):
            for mistyped in find_mistyped(compiled.text, compiled.find_names()):
                if not self.vocabulary.has(mistyped.name):
                    self.findings.add_warning("mistyped-operator", mistyped.explain(), where)
        return compiled


def _get_language(where: Element) -> str:
    return (where.get("expressionLanguage") or "").lower().rpartition("/")[2]
