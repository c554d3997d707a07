from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from baton.expression import ExpressionError
from baton.expression.dmn import DmnReading, evaluate, map_result, read_dmn
from baton.model.values import Value

HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
    'xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="d" name="D" namespace="n">'
)
Row = tuple[list[str], list[str]]


def table(
    inputs: list[str], outputs: list[str], rows: list[Row], policy: str = "", identity: str = "dish", needs: str = ""
) -> str:
    """The XML of a decision table; an input is ``expression[:type]``, an output ``name[:values]``."""
    parts = [f'<decision id="{identity}" name="{identity.title()}">{needs}<decisionTable id="{identity}_t" {policy}>']
    for at, column in enumerate(inputs):
        expression, _, kind = column.partition(":")
        parts.append(
            f'<input id="{identity}_i{at}" label="{expression}"><inputExpression typeRef="{kind or "string"}">'
        )
        parts.append(f"<text>{escape(expression)}</text></inputExpression></input>")
    for column in outputs:
        name, _, values = column.partition(":")
        allowed = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
        parts.append(f'<output id="{identity}_{name}" name="{name}" typeRef="string">{allowed}</output>')
    for number, (tests, conclusions) in enumerate(rows):
        cells = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in tests)
        made = "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in conclusions)
        parts.append(f'<rule id="r{number}">{cells}{made}</rule>')
    return "".join([*parts, "</decisionTable></decision>"])


def read(*decisions: str) -> DmnReading:
    return read_dmn((HEAD + "".join(decisions) + "</definitions>").encode())


def decide(xml: str, **variables: Value) -> list[dict[str, Value]]:
    reading = read(xml)
    assert not reading.problems
    return evaluate(reading.decisions[0], variables)


DISH = table(
    ["season", "guests:integer"],
    ["dish"],
    [
        (['"Fall"', "<= 8"], ['"Spareribs"']),
        (['"Winter"', "<= 8"], ['"Roastbeef"']),
        (['"Spring"', "[5..8]"], ['"Steak"']),
        (['not("Fall", "Winter", "Spring")', "-"], ['"Salad"']),
        (['"Fall","Winter","Spring"', "> 8"], ['"Stew for " + string(guests)']),
    ],
)


@pytest.mark.parametrize(
    ("season", "guests", "dish"),
    [
        ("Fall", 4, "Spareribs"),
        ("Winter", 8, "Roastbeef"),
        ("Spring", 5, "Steak"),
        ("Summer", 3, "Salad"),
        ("Winter", 9, "Stew for 9"),
        ("Fall", "7", "Spareribs"),
    ],
)
def test_the_rule_whose_tests_all_hold_gives_the_result(season: str, guests: Value, dish: str) -> None:
    assert decide(DISH, season=season, guests=guests) == [{"dish": dish}]


def test_no_matching_rule_gives_no_result() -> None:
    assert decide(DISH, season="Spring", guests=2) == []


def scores(policy: str, outputs: str = "score") -> str:
    rows: list[Row] = [(["> 0"], ["10"]), (["> 5"], ["20"]), (["> 50"], ["5"]), (["> 9"], ["20"])]
    return table(["x:number"], [outputs], rows, policy)


@pytest.mark.parametrize(
    ("policy", "outputs", "x", "expected"),
    [
        ('hitPolicy="FIRST"', "score", 60, [10]),
        ('hitPolicy="RULE ORDER"', "score", 60, [10, 20, 5, 20]),
        ('hitPolicy="COLLECT"', "score", 6, [10, 20]),
        ('hitPolicy="COLLECT" aggregation="SUM"', "score", 60, [55]),
        ('hitPolicy="COLLECT" aggregation="MIN"', "score", 60, [5]),
        ('hitPolicy="COLLECT" aggregation="MAX"', "score", 60, [20]),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "score", 60, [4]),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "score", 0, [0]),
        ('hitPolicy="COLLECT" aggregation="SUM"', "score", 0, []),
        ('hitPolicy="PRIORITY"', "score:20,10,5", 60, [20]),
        ('hitPolicy="OUTPUT ORDER"', "score:20,10,5", 60, [20, 20, 10, 5]),
        ('hitPolicy="UNIQUE"', "score", 3, [10]),
        ('hitPolicy="ANY"', "score", 3, [10]),
    ],
)
def test_the_hit_policy_decides_what_becomes_of_several_matches(
    policy: str, outputs: str, x: int, expected: list[int]
) -> None:
    assert [result["score"] for result in decide(scores(policy, outputs), x=x)] == expected


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_matches_that_break_the_hit_policy_are_an_error(policy: str) -> None:
    with pytest.raises(ExpressionError, match=f"In decision 'dish': .*hit policy {policy}"):
        decide(scores(f'hitPolicy="{policy}"'), x=60)


NEEDS = '<informationRequirement id="q"><requiredDecision href="#{}"/></informationRequirement>'


def test_required_decisions_are_evaluated_first() -> None:
    season = table(
        ["month:number"], ["season"], [(["[3..5]"], ['"Spring"']), (["-"], ['"Other"'])], 'hitPolicy="FIRST"', "time"
    )
    dish = table(["season"], ["dish"], [(['"Spring"'], ['"Steak"'])], needs=NEEDS.format("time"))
    price = (
        f'<decision id="price" name="Price"><variable id="v" name="price"/>{NEEDS.format("dish")}'
        '<literalExpression><text>if dish = "Steak" then 20 else 10</text></literalExpression></decision>'
    )

    reading = read(price, dish, season)

    assert [decision.id for decision in reading.decisions] == ["price", "dish", "time"]
    assert evaluate(reading.decisions[0], {"month": 4}) == [{"price": 20}]
    assert evaluate(reading.decisions[0], {"month": 12}) == [{"price": 10}]


def test_a_required_decision_with_many_results_is_a_list() -> None:
    many = scores('hitPolicy="COLLECT"').replace('id="dish', 'id="many')
    literal = "<literalExpression><text>sum(many)</text></literalExpression>"
    total = f'<decision id="t">{NEEDS.format("many")}{literal}</decision>'

    assert evaluate(read(total, many).decisions[0], {"x": 6}) == [{"t": 30}]


def test_juel_is_read_where_a_file_of_camunda_7_has_it() -> None:
    xml = table(["${order.size() > 1}"], ["big"], [(["true"], ["${order.get(0)}"]), (["false"], ['"no"'])])

    assert decide(xml, order=["a", "b"]) == [{"big": "a"}]


def test_the_value_of_the_input_has_names_in_the_cells() -> None:
    xml = table(["x:number"], ["y"], [(["? * 2 > 10"], ['"big"']), (["cellInput < 3"], ['"small"'])])

    assert decide(xml, x=6) == [{"y": "big"}]
    assert decide(xml, x=1) == [{"y": "small"}]


def test_dates_are_compared_as_dates() -> None:
    xml = table(
        ["day:date"], ["when"], [(['< date("2026-01-01")'], ['"before"']), (["-"], ['"after"'])], 'hitPolicy="FIRST"'
    )

    assert decide(xml, day="2025-12-31") == [{"when": "before"}]
    assert decide(xml, day="2026-01-01") == [{"when": "after"}]


def test_a_default_output_serves_when_no_rule_matches() -> None:
    xml = table(["x:number"], ["y"], [(["> 5"], ['"big"'])]).replace(
        "</output>", '<defaultOutputEntry><text>"small"</text></defaultOutputEntry></output>'
    )

    assert decide(xml, x=1) == [{"y": "small"}]


@pytest.mark.parametrize(
    ("mapping", "results", "expected"),
    [
        ("singleEntry", [{"a": 1}], 1),
        ("singleEntry", [], None),
        ("singleResult", [{"a": 1, "b": 2}], {"a": 1, "b": 2}),
        ("collectEntries", [{"a": 1}, {"a": 2}], [1, 2]),
        ("resultList", [{"a": 1}], [{"a": 1}]),
    ],
)
def test_results_are_mapped_as_in_camunda(mapping: str, results: list[dict[str, Value]], expected: Value) -> None:
    assert map_result(results, mapping) == expected


@pytest.mark.parametrize(
    ("mapping", "results"), [("singleEntry", [{"a": 1, "b": 2}]), ("singleResult", [{}, {}]), ("single", [])]
)
def test_a_result_that_does_not_fit_its_mapping_is_an_error(mapping: str, results: list[dict[str, Value]]) -> None:
    with pytest.raises(ExpressionError, match="Expected"):
        map_result(results, mapping)


@pytest.mark.parametrize(
    ("xml", "rule", "words"),
    [
        (table(["x >"], ["y"], []), "dmn-expression", "Expected a value"),
        (table(["x"], ["y"], [(["< "], ["1"])]), "dmn-expression", "Expected a value"),
        (table(["x"], ["y"], [(["-", "-"], ["1"])]), "dmn-structure", "Expected 1 inputs"),
        (table(["x"], ["y", "y"], []), "dmn-structure", "different names"),
        (table(["x"], [], []), "dmn-structure", "at least one output"),
        (table(["x"], ["y"], [], 'hitPolicy="BEST"'), "dmn-hit-policy", "'BEST'"),
        (table(["x"], ["y"], [], 'hitPolicy="PRIORITY"'), "dmn-hit-policy", "output values"),
        (table(["x"], ["y"], [], needs=NEEDS.format("dihs")), "dmn-requirement", "did you mean 'dish'?"),
        (table(["x"], ["y"], [], needs=NEEDS.format("dish")), "dmn-requirement", "dish -> dish"),
        (
            '<decision id="c"><functionDefinition kind="Java"><context/></functionDefinition></decision>',
            "dmn-unsupported",
            "'Java'",
        ),
        ('<decision id="c"/>', "dmn-structure", "none"),
        ("", "dmn-empty", "at least one decision"),
        (DISH + DISH, "dmn-structure", "'dish' twice"),
    ],
)
def test_every_problem_of_a_file_is_reported(xml: str, rule: str, words: str) -> None:
    problems = read(xml).problems

    assert any(problem.rule == rule and words in problem.message for problem in problems), problems
    assert all(problem.line for problem in problems)


@pytest.mark.parametrize(
    "data",
    [b"", b"<a", b"<a/>", b"\xff\xfe", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', b" " * (6 * 2**20), b"<a>" * 5000],
)
def test_bytes_that_are_no_dmn_are_refused(data: bytes) -> None:
    reading = read_dmn(data, "x.dmn")

    assert reading.decisions == ()
    assert [problem.rule for problem in reading.problems] == ["not-dmn"]
    assert reading.problems[0].resource == "x.dmn"


def test_an_error_in_a_cell_names_decision_rule_and_input() -> None:
    xml = table(["x:number"], ["y"], [(["-"], ["${nothing}"])])

    with pytest.raises(ExpressionError, match=r"In decision 'dish': rule 1, output 'y': .*'nothing'"):
        decide(xml, x=1)


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_of_requirements_is_bounded_in_whatever_order_it_is_written(order: int) -> None:
    def link(number: int) -> str:
        needs = f'<informationRequirement><requiredDecision href="#d{number + 1}"/></informationRequirement>'
        return table(["x"], ["o"], [(["-"], ["1"])], identity=f"d{number}", needs=needs if number < 999 else "")

    reading = read(*[link(number) for number in range(1_000)][::order])

    assert {problem.rule for problem in reading.problems} == {"dmn-requirement"}
    assert not read(*[link(number) for number in range(970, 1_000)][::order]).problems


@pytest.mark.parametrize(
    "xml",
    [
        table(["a adn b"], ["y"], [(["true"], ["1"])]),
        table(["x"], ["y"], [(["-"], ["if a adn b then 1 else 2"])]),
        table(["x"], ["y"], [(["[1..a adn b]"], ["1"])]),
        table(["x"], ["y"], [(["not(a adn b)"], ["1"])]),
        '<decision id="dish" name="d"><literalExpression id="l"><text>a adn b</text></literalExpression></decision>',
    ],
)
def test_what_looks_like_a_mistyped_operator_is_a_warning_with_its_place(xml: str) -> None:
    reading = read(xml)

    (problem,) = reading.problems
    assert (problem.rule, problem.is_error) == ("mistyped-operator", False)
    assert problem.line
    assert problem.element
    assert "Expected an operator such as 'and', but found 'adn'" in problem.message
    assert [decision.id for decision in reading.decisions] == ["dish"]


def test_a_name_of_the_model_is_no_mistyped_operator() -> None:
    given = '<inputData id="i" name="pros OR cons"/>'
    needs = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'

    assert read(given, table(["pros OR cons"], ["y"], [(["-"], ["1"])], needs=needs)).problems == ()
    assert read(table(["order total"], ["y"], [(['"a adn b"'], ['"this or that adn"'])])).problems == ()
