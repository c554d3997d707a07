"""The elements of a decision table to compiled columns and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from baton.expression.compiled import Compiled, compile_expression, compile_unary_tests
from baton.expression.core.errors import ExpressionError
from baton.expression.dmn.document import Element
from baton.expression.dmn.model import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule
from baton.model.problems import Problem, Severity

_SHORT = {
    "U": "UNIQUE",
    "F": "FIRST",
    "A": "ANY",
    "P": "PRIORITY",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}
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
        identity = where.get("id") or self.element
        self.problems.append(
            Problem(
                rule=rule,
                severity=Severity.ERROR,
                message=message,
                element=identity,
                line=where.line,
                resource=self.resource,
            )
        )
        return Unreadable(message)


def compile_text(text: str, where: Element, findings: Findings) -> Compiled | None:
    """The expression of a ``text`` element: FEEL, or JUEL when it says so or has ``${``; None when it is empty."""
    if not text:
        return None
    language = (where.get("expressionLanguage") or "").lower().rpartition("/")[2]
    try:
        if "${" in text or "#{" in text:
            return compile_expression(text, "juel")
        if language == "juel":
            return compile_expression(f"${{{text}}}", "juel")
        if language == "python":
            return compile_expression(text, "python")
        if language in _FEEL:
            return compile_expression(text, "feel")
    except ExpressionError as error:
        raise findings.add_error("dmn-expression", str(error), where) from None
    raise findings.add_error(
        "dmn-expression", f"Expected FEEL, JUEL or Python, but found the language '{language}'", where
    )


def read_table(table: Element, findings: Findings) -> DecisionTable:
    """The table with everything compiled. Raises Unreadable; every problem of the table is noted first."""
    before = len(findings.problems)
    policy, aggregation = _policy(table, findings)
    columns = list(table.list_children("input", "output", "rule"))
    inputs = tuple(made for column in columns if column.name == "input" and (made := _input(column, findings)))
    outputs = tuple(item for column in columns if column.name == "output" and (item := _output(column, findings)))
    width = Counter(column.name for column in columns)
    if not width["output"]:
        findings.add_error("dmn-structure", "Expected at least one output, but found none", table)
    rules = tuple(rule for column in columns if column.name == "rule" and (rule := _rule(column, width, findings)))
    inputs = tuple(_refine(column, [rule.tests[at] for rule in rules]) for at, column in enumerate(inputs))
    _check_names(outputs, table, findings)
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(output.values for output in outputs):
        findings.add_error(
            "dmn-hit-policy", f"Expected output values to order by for hit policy {policy}, but found none", table
        )
    if aggregation is not None and len(outputs) > 1:
        findings.add_error("dmn-hit-policy", f"Expected one output to aggregate, but found {len(outputs)}", table)
    if len(findings.problems) > before:
        raise Unreadable("decision table")
    return DecisionTable(policy, aggregation, inputs, outputs, rules)


def _refine(column: Input, cells: Sequence[Compiled]) -> Input:
    """In tables made for Camunda 7 a column of type ``date`` holds moments: its cells say so."""
    moments = column.type == "date" and any("date and time(" in cell.text for cell in cells)
    return replace(column, type="dateTime") if moments else column


def _policy(table: Element, findings: Findings) -> tuple[HitPolicy, Aggregation | None]:
    written = table.get("hitPolicy") or "UNIQUE"
    name = _SHORT.get(written, written)
    aggregation = table.get("aggregation")
    if name not in set(HitPolicy):
        findings.add_error("dmn-hit-policy", f"Expected a hit policy of DMN, but found '{written}'", table)
        return HitPolicy.UNIQUE, None
    if aggregation is not None and (aggregation not in set(Aggregation) or name != HitPolicy.COLLECT):
        findings.add_error("dmn-hit-policy", f"Expected an aggregation of COLLECT, but found '{aggregation}'", table)
        return HitPolicy(name), None
    return HitPolicy(name), Aggregation(aggregation) if aggregation else None


def _check_names(outputs: tuple[Output, ...], table: Element, findings: Findings) -> None:
    names = [output.name for output in outputs]
    if len(set(names)) != len(names):
        findings.add_error(
            "dmn-structure", f"Expected outputs with different names, but found {', '.join(names)}", table
        )


def _input(column: Element, findings: Findings) -> Input | None:
    expression = column.find_child("inputExpression")
    text = expression.read_text() if expression else ""
    label = column.get("label") or text or column.get("id") or ""
    try:
        compiled = compile_text(text, expression or column, findings)
    except Unreadable:
        return None
    if compiled is None:
        findings.add_error("dmn-structure", f"Expected an expression for the input '{label}', but found none", column)
        return None
    type_ref = expression.get("typeRef") if expression else None
    allowed = column.find_child("inputValues")
    tests = _tests(allowed, findings) if allowed is not None and allowed.read_text() else None
    variable = column.get_camunda("inputVariable")
    return Input(column.get("id") or label, label, compiled, type_ref, variable, tests)


def _output(column: Element, findings: Findings) -> Output | None:
    name = column.get("name") or column.get("label") or column.get("id") or "output"
    values = column.find_child("outputValues")
    default = column.find_child("defaultOutputEntry")
    try:
        listed = compile_text(f"[{values.read_text()}]", values, findings) if values and values.read_text() else None
        fallback = compile_text(default.read_text(), default, findings) if default else None
    except Unreadable:
        return None
    return Output(name, column.get("typeRef"), (listed,) if listed else (), fallback)


def _rule(row: Element, width: Mapping[str, int], findings: Findings) -> Rule | None:
    """``width``: how many inputs and outputs the table has."""
    cells, conclusions = list(row.list_children("inputEntry")), list(row.list_children("outputEntry"))
    for what, found, wanted in (
        ("inputs", len(cells), width["input"]),
        ("outputs", len(conclusions), width["output"]),
    ):
        if found != wanted:
            findings.add_error("dmn-structure", f"Expected {wanted} {what} in the rule, but found {found}", row)
            return None
    tests = [_tests(cell, findings) for cell in cells]
    made: list[Compiled | None] = []
    for conclusion in conclusions:
        try:
            made.append(compile_text(conclusion.read_text(), conclusion, findings))
        except Unreadable:
            return None
    usable = tuple(test for test in tests if test is not None)
    return Rule(row.get("id") or "", usable, tuple(made)) if len(usable) == len(tests) else None


def _tests(cell: Element, findings: Findings) -> Compiled | None:
    """The compiled tests of a cell; a JUEL cell is a condition."""
    text = cell.read_text()
    language = (cell.get("expressionLanguage") or "").lower().rpartition("/")[2]
    try:
        if "${" in text or language in ("juel", "python"):
            return compile_text(text, cell, findings)
        if language not in _FEEL:
            raise findings.add_error(
                "dmn-expression", f"Expected FEEL or JUEL, but found the language '{language}'", cell
            )
        return compile_unary_tests(text)
    except Unreadable:
        return None
    except ExpressionError as error:
        findings.add_error("dmn-expression", str(error), cell)
        return None
