"""What ``typeRef`` and ``inputValues`` of a table mean: values are converted or refused, never ignored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from baton.expression import ExpressionError
from baton.expression.core.frame import Frame
from baton.expression.dmn import document, evaluate, read_dmn
from tests.expression.test_dmn import HEAD, Row, table


def decide(kind: str, cell: str, value: Any) -> str:
    """Which row of a table with one column of the type takes the value."""
    rows: list[Row] = [([cell], ['"yes"']), (["-"], ['"no"'])]
    reading = read_dmn((HEAD + table([f"x:{kind}"], ["y"], rows, 'hitPolicy="FIRST"') + "</definitions>").encode())
    assert not reading.problems
    return str(evaluate(reading.decisions[0], {"x": value})[0]["y"])


@pytest.mark.parametrize(
    ("kind", "cell", "value", "row"),
    [
        ("boolean", "true", True, "yes"),
        ("boolean", "true", False, "no"),
        ("boolean", "true", "true", "yes"),
        ("boolean", "true", None, "no"),
        ("string", "true", "no", "no"),
        ("string", "true", 0, "no"),
        ("string", "true", [], "no"),
        ("integer", "[1..5]", "3", "yes"),
        ("number", "< 5", 4.5, "yes"),
        ("date", '< date("2027-01-01")', datetime(2026, 6, 1, tzinfo=UTC), "yes"),
        ("date", '< date("2027-01-01")', "2026-06-01", "yes"),
        ("date", '< date("2027-01-01")', "2026-06-01T10:00:00Z", "yes"),
        ("date", '< date and time("2027-01-01T00:00:00Z")', datetime(2026, 6, 1, tzinfo=UTC), "yes"),
        ("dateTime", '< date and time("2027-01-01T00:00:00")', "2026-06-01", "yes"),
        ("time", '< time("12:00:00")', "09:00:00", "yes"),
        ("time", '< time("12:00:00")', "13:00:00", "no"),
        ("dayTimeDuration", '> duration("PT1H")', "PT2H", "yes"),
        ("days and time duration", '> duration("PT1H")', "P1D", "yes"),
        ("yearMonthDuration", '> duration("P1M")', "P1Y", "yes"),
        ("duration", '> duration("PT1H")', "PT2H", "yes"),
        ("Any", '"2"', "2", "yes"),
        ("tColour", '"red"', "red", "yes"),
    ],
)
def test_a_value_is_compared_as_its_column_says(kind: str, cell: str, value: Any, row: str) -> None:
    assert decide(kind, cell, value) == row


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("integer", "many", "the text 'many'"),
        ("integer", 2.5, "the number 2.5"),
        ("number", "1e999", "the text '1e999'"),
        ("boolean", "nein", "the text 'nein'"),
        ("boolean", 0, "the number 0"),
        ("date", "01.02.2026", "the text '01.02.2026'"),
        ("date", 5, "the number 5"),
        ("dateTime", "soon", "the text 'soon'"),
        ("time", "25:00:00", "the text '25:00:00'"),
        ("dayTimeDuration", "P1Y", "the text 'P1Y'"),
        ("yearMonthDuration", "P1D", "the text 'P1D'"),
    ],
)
def test_a_value_that_is_none_of_its_type_is_an_error_that_names_column_and_value(
    kind: str, value: Any, shown: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        decide(kind, "-", value)
    assert f"In decision 'dish': input 'x': Expected a value of type {kind}, but found {shown}" in str(caught.value)


def make_outputs(kind: str, cell: str) -> Any:
    text = table(["x:number"], ["y"], [(["-"], [cell])]).replace(
        'name="y" typeRef="string"', f'name="y" typeRef="{kind}"'
    )
    reading = read_dmn((HEAD + text + "</definitions>").encode())
    assert not reading.problems
    return evaluate(reading.decisions[0], {"x": 1})[0]["y"]


def test_a_result_is_of_the_type_of_its_column() -> None:
    assert make_outputs("integer", '"7"') == 7
    assert make_outputs("boolean", '"true"') is True
    assert make_outputs("date", '"2026-06-01"') == "2026-06-01"
    with pytest.raises(
        ExpressionError, match="rule 1, output 'y': Expected a value of type integer, but found the text 'x7'"
    ):
        make_outputs("integer", '"x7"')


def test_the_value_of_a_literal_decision_is_of_its_type() -> None:
    logic = '<variable name="v" typeRef="number"/><literalExpression><text>a</text></literalExpression>'
    text = f'<decision id="d1" name="D1">{logic}</decision>'
    reading = read_dmn((HEAD + text + "</definitions>").encode())

    assert evaluate(reading.decisions[0], {"a": "7.5"}) == [{"v": 7.5}]
    with pytest.raises(ExpressionError, match="Expected a value of type number, but found the text 'many'"):
        evaluate(reading.decisions[0], {"a": "many"})


def test_a_value_beyond_the_input_values_is_an_error() -> None:
    text = table(["x"], ["y"], [(["-"], ['"ok"'])]).replace(
        "</inputExpression>", '</inputExpression><inputValues><text>"red","green"</text></inputValues>'
    )
    reading = read_dmn((HEAD + text + "</definitions>").encode())

    assert evaluate(reading.decisions[0], {"x": "red"})[0] == {"y": "ok"}
    assert evaluate(reading.decisions[0], {"x": None})[0] == {"y": "ok"}
    with pytest.raises(ExpressionError, match='input \'x\': Expected one of the input values "red","green", but found'):
        evaluate(reading.decisions[0], {"x": "blue"})


def test_a_condition_about_other_variables_decides_for_itself() -> None:
    rows: list[Row] = [(["limit > 3"], ['"yes"']), (["-"], ['"no"'])]
    reading = read_dmn((HEAD + table(["x"], ["y"], rows, 'hitPolicy="FIRST"') + "</definitions>").encode())

    assert evaluate(reading.decisions[0], {"x": "a", "limit": 4})[0]["y"] == "yes"
    assert evaluate(reading.decisions[0], {"x": "a", "limit": 3})[0]["y"] == "no"


def test_reading_a_table_looks_at_each_element_a_fixed_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """It once checked all rules for each rule: 2,000 rules took 21 s."""
    looks = 0
    usual = document.Element.__init__

    def count(self: document.Element, node: Any) -> None:
        nonlocal looks
        looks += 1
        usual(self, node)

    monkeypatch.setattr(document.Element, "__init__", count)
    found: list[int] = []
    for size in (200, 400):
        looks = 0
        rows: list[Row] = [([f'"{number}"'], [f'"{number}"']) for number in range(size)]
        assert not read_dmn((HEAD + table(["x"], ["y"], rows) + "</definitions>").encode()).problems
        found.append(looks)

    assert found[1] < 2.2 * found[0]


def test_evaluating_a_table_looks_at_its_inputs_once_not_for_each_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = 0
    usual = Frame.__init__

    def count(self: Frame, *arguments: Any, **named: Any) -> None:
        nonlocal frames
        frames += 1
        usual(self, *arguments, **named)

    monkeypatch.setattr(Frame, "__init__", count)
    found: list[int] = []
    for size in (200, 400):
        rows: list[Row] = [([f"[{number}..{number + 1})", "-"], [f'"{number}"']) for number in range(size)]
        text = HEAD + table(["x:number", "z"], ["y"], rows, 'hitPolicy="FIRST"') + "</definitions>"
        decision = read_dmn(text.encode()).decisions[0]
        frames = 0
        assert evaluate(decision, {"x": size - 0.5, "z": 1}) == [{"y": str(size - 1)}]
        found.append(frames)

    assert found[0] == found[1]


@pytest.mark.parametrize("cell", ["[0..limit]", "< limit", "[limit..9]"])
def test_a_limit_that_is_missing_is_no_missing_limit(cell: str) -> None:
    assert decide("number", cell, 5) == "no"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('substring("a")', "Expected 2 to 3 arguments for 'substring', but found 1 (column 1 of"),
        ('substring(text: "a", start: 1)', "but found 'text', 'start'"),
        ('> date("2026-13-01', "(column "),
    ],
)
def test_a_wrong_call_and_an_unreadable_literal_are_refused_with_their_place(cell: str, words: str) -> None:
    text = table(["x"], ["y"], [([cell], ['"ok"'])])

    (problem,) = read_dmn((HEAD + text + "</definitions>").encode()).problems

    assert (problem.rule, problem.is_error) == ("dmn-expression", True)
    assert words in problem.message
    assert problem.line
    assert problem.element
