"""The elements of a decision table to compiled columns and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from baton.expression.compiled import Compiled
from baton.expression.dmn.document import Element
from baton.expression.dmn.findings import Findings, Place, Unreadable
from baton.expression.dmn.model import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule
from baton.expression.dmn.typing import find_type

_SHORT = {
    "U": "UNIQUE",
    "F": "FIRST",
    "A": "ANY",
    "P": "PRIORITY",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}


def read_table(table: Element, outside: Place) -> DecisionTable:
    """The table with everything compiled. Raises Unreadable; every problem of the table is noted first."""
    place = outside.make_inner()
    findings = place.findings
    before = findings.count_errors()
    policy, aggregation = _policy(table, findings)
    columns = list(table.list_children("input", "output", "rule"))
    inputs = tuple(made for column in columns if column.name == "input" and (made := _input(column, place)))
    outputs = tuple(item for column in columns if column.name == "output" and (item := _output(column, place)))
    width = Counter(column.name for column in columns)
    if not width["output"]:
        findings.add_error("dmn-structure", "Expected at least one output, but found none", table)
    rules = tuple(rule for column in columns if column.name == "rule" and (rule := _rule(column, width, place)))
    inputs = tuple(_refine(column, [rule.tests[at] for rule in rules]) for at, column in enumerate(inputs))
    _check_names(outputs, table, findings)
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(output.values for output in outputs):
        findings.add_error(
            "dmn-hit-policy", f"Expected output values to order by for hit policy {policy}, but found none", table
        )
    if aggregation is not None and len(outputs) > 1:
        findings.add_error("dmn-hit-policy", f"Expected one output to aggregate, but found {len(outputs)}", table)
    if findings.count_errors() > before:
        raise Unreadable("decision table")
    return DecisionTable(policy, aggregation, inputs, outputs, rules)


def _refine(column: Input, cells: Sequence[Compiled]) -> Input:
    """In tables made for Camunda 7 a column of type ``date`` holds moments: its cells say so."""
    dated = column.type is not None and column.type.written == "date"
    moments = dated and any("date and time(" in cell.text for cell in cells)
    return replace(column, type=find_type("dateTime", lambda _: None)) if moments else column


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


def _input(column: Element, place: Place) -> Input | None:
    expression = column.find_child("inputExpression")
    text = expression.read_text() if expression else ""
    label = column.get("label") or text or column.get("id") or ""
    try:
        compiled = place.compile(text, expression or column)
    except Unreadable:
        return None
    if compiled is None:
        place.findings.add_error(
            "dmn-structure", f"Expected an expression for the input '{label}', but found none", column
        )
        return None
    wanted = find_type(expression.get("typeRef") if expression else None, place.vocabulary.find_type)
    allowed = column.find_child("inputValues")
    tests = place.compile_tests(allowed) if allowed is not None and allowed.read_text() else None
    variable = column.get_camunda("inputVariable")
    return Input(column.get("id") or label, label, compiled, wanted, variable, tests)


def _output(column: Element, place: Place) -> Output | None:
    name = column.get("name") or column.get("label") or column.get("id") or "output"
    values = column.find_child("outputValues")
    default = column.find_child("defaultOutputEntry")
    try:
        listed = place.compile(f"[{values.read_text()}]", values) if values and values.read_text() else None
        fallback = place.compile(default.read_text(), default) if default else None
    except Unreadable:
        return None
    wanted = find_type(column.get("typeRef"), place.vocabulary.find_type)
    return Output(name, wanted, (listed,) if listed else (), fallback, column.get("id"), column.get("label"))


def _rule(row: Element, width: Mapping[str, int], place: Place) -> Rule | None:
    """``width``: how many inputs and outputs the table has."""
    cells, conclusions = list(row.list_children("inputEntry")), list(row.list_children("outputEntry"))
    for what, found, wanted in (
        ("inputs", len(cells), width["input"]),
        ("outputs", len(conclusions), width["output"]),
    ):
        if found != wanted:
            place.findings.add_error("dmn-structure", f"Expected {wanted} {what} in the rule, but found {found}", row)
            return None
    tests = [place.compile_tests(cell) for cell in cells]
    made: list[Compiled | None] = []
    for conclusion in conclusions:
        try:
            made.append(place.compile(conclusion.read_text(), conclusion))
        except Unreadable:
            return None
    usable = tuple(test for test in tests if test is not None)
    return Rule(row.get("id") or "", usable, tuple(made)) if len(usable) == len(tests) else None
