"""Boxed expressions, business knowledge models, decision services, item definitions and imports."""

from __future__ import annotations

from typing import Any

import pytest

from baton.expression import ExpressionError
from baton.expression.dmn import DmnReading, evaluate, evaluate_service, map_result, read_dmn
from tests.expression.test_dmn import HEAD, table


def text(written: str, attributes: str = "") -> str:
    return f"<literalExpression {attributes}><text><![CDATA[{written}]]></text></literalExpression>"


def quoted(written: str) -> str:
    return text(f'"{written}"')


def decision(logic: str, needs: str = "", name: str = "D", kind: str = "") -> str:
    typed = f' typeRef="{kind}"' if kind else ""
    return f'<decision id="{name}_id" name="{name}"><variable name="{name}"{typed}/>{needs}{logic}</decision>'


def needs(*targets: str, what: str = "requiredDecision") -> str:
    group = "knowledgeRequirement" if what == "requiredKnowledge" else "informationRequirement"
    return "".join(f'<{group}><{what} href="#{target}"/></{group}>' for target in targets)


def knowledge(name: str, parameters: dict[str, str], logic: str, inside: str = "") -> str:
    listed = "".join(
        f'<formalParameter name="{key}"' + (f' typeRef="{kind}"' if kind else "") + "/>"
        for key, kind in parameters.items()
    )
    return (
        f'<businessKnowledgeModel id="{name}_id" name="{name}"><variable name="{name}"/>{inside}'
        f"<encapsulatedLogic>{listed}{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )


def read(*parts: str, beside: dict[str, bytes] | None = None) -> DmnReading:
    return read_dmn((HEAD + "".join(parts) + "</definitions>").encode(), "a.dmn", beside)


def value(*parts: str, beside: dict[str, bytes] | None = None, **variables: Any) -> Any:
    """What the first decision gives."""
    reading = read(*parts, beside=beside)
    assert not reading.problems
    return map_result(evaluate(reading.decisions[0], variables), "value")


def entry(name: str, logic: str) -> str:
    return f'<contextEntry><variable name="{name}"/>{logic}</contextEntry>'


def test_a_context_sees_its_entries_and_gives_the_last_one_without_a_name() -> None:
    entries = entry("net price", text("100")) + entry("tax", text("net price * 0.2"))
    assert value(decision(f"<context>{entries}</context>")) == {"net price": 100, "tax": 20}
    result = f"<contextEntry>{text('net price + tax')}</contextEntry>"
    assert value(decision(f"<context>{entries}{result}</context>")) == 120


def test_lists_and_relations() -> None:
    assert value(decision(f"<list>{text('1')}{text('x')}</list>"), x="a") == [1, "a"]
    columns = '<column name="who"/><column name="age"/>'
    rows = f"<row>{text('x')}{text('30')}</row><row>{quoted('Bo')}{text('40')}</row>"
    relation = f"<relation>{columns}{rows}</relation>"
    assert value(decision(relation), x="Al") == [{"who": "Al", "age": 30}, {"who": "Bo", "age": 40}]


def test_a_row_with_too_few_cells_is_refused() -> None:
    logic = f'<relation><column name="a"/><column name="b"/><row>{text("1")}</row></relation>'
    assert "Expected 2 cells in the row, but found 1" in read(decision(logic)).problems[0].message


@pytest.mark.parametrize(
    ("logic", "found"),
    [
        (
            f"<conditional><if>{text('x > 1')}</if><then>{quoted('a')}</then><else>{quoted('b')}</else></conditional>",
            "a",
        ),
        (f"<filter><in>{text('[1,2,3]')}</in><match>{text('item >= x')}</match></filter>", [2, 3]),
        (f'<for iteratorVariable="e"><in>{text("[1..3]")}</in><return>{text("e * x")}</return></for>', [2, 4, 6]),
        (f'<some iteratorVariable="e"><in>{text("[1,5]")}</in><satisfies>{text("e > x")}</satisfies></some>', True),
        (f'<every iteratorVariable="e"><in>{text("[1,5]")}</in><satisfies>{text("e > x")}</satisfies></every>', False),
    ],
)
def test_conditions_filters_and_loops_in_boxes(logic: str, found: Any) -> None:
    assert value(decision(logic), x=2) == found


SUM = knowledge("add up", {"a": "number", "b": "number"}, text("a + b"))


def test_a_knowledge_model_is_called_by_position_by_name_and_by_a_box() -> None:
    need = needs("add up_id", what="requiredKnowledge")
    assert value(decision(text("add up(1, x)"), need), SUM, x=2) == 3
    assert value(decision(text("add up(b: 1, a: x)"), need), SUM, x=2) == 3
    bindings = "".join(f'<binding><parameter name="{key}"/>{text("x")}</binding>' for key in "ab")
    assert value(decision(f"<invocation>{text('add up')}{bindings}</invocation>", need), SUM, x=2) == 4


def test_arguments_that_do_not_fit_give_null() -> None:
    need = needs("add up_id", what="requiredKnowledge")
    assert value(decision(text('add up(1, "x")'), need), SUM) is None
    assert value(decision(text("add up(1)"), need), SUM) is None


def test_a_function_that_is_not_required_is_refused_with_its_place() -> None:
    problem = read(decision(text("1 + add up(1, 2)")), SUM).problems[0]
    assert problem.message.startswith("Expected a function of FEEL, but found 'add up'")
    assert "column 5 of" in problem.message
    assert problem.element == "D_id"


def test_a_knowledge_model_may_be_a_table_and_call_another() -> None:
    rows = [(["< 10"], ['"small"']), ([">= 10"], ['"large"'])]
    logic = table(["double(n)"], ["size"], [*rows]).partition("<decisionTable")[2].rpartition("</decision>")[0]
    inside = needs("double_id", what="requiredKnowledge")
    size = knowledge("size", {"n": ""}, "<decisionTable" + logic.replace('typeRef="string"', ""), inside)
    double = knowledge("double", {"n": ""}, text("n * 2"))
    need = needs("size_id", what="requiredKnowledge")
    assert value(decision(text("[size(3), size(5)]"), need), size, double) == ["small", "large"]


def test_a_knowledge_model_sees_nothing_but_its_parameters() -> None:
    need = needs("f_id", what="requiredKnowledge")
    assert value(decision(text("f(1)"), need), knowledge("f", {"a": ""}, text("[a, x]")), x=5) == [1, None]


def test_functions_that_call_themselves_for_ever_are_stopped() -> None:
    function = entry("f", text("function(g, n) g(g, n + 1)"))
    logic = f"<context>{function}<contextEntry>{text('f(f, 1)')}</contextEntry></context>"
    with pytest.raises(ExpressionError, match="Expected at most 60 calls inside one another, but found more"):
        value(decision(logic))


def test_all_that_a_decision_requires_shares_one_budget() -> None:
    loop = text("count(for i in 1..300, j in 1..300 return i)")
    first = decision(f"<list>{loop * 6}</list>")
    with pytest.raises(ExpressionError, match="at most 1000000 steps"):
        value(first)


SERVICE = (
    '<decisionService id="s" name="service"><outputDecision href="#out_id"/><inputDecision href="#given_id"/>'
    '<inputData href="#n"/></decisionService>'
    '<inputData id="n" name="n"><variable name="n" typeRef="number"/></inputData>'
    + decision(text("given + n"), needs("given_id") + needs("n", what="requiredInput"), "out")
    + decision(text("1"), "", "given", "number")
)


def test_a_decision_service_is_a_function_of_its_inputs() -> None:
    need = needs("s", what="requiredKnowledge")
    assert value(decision(text("service(10, 5)"), need), SERVICE) == 15
    assert value(decision(text("out"), needs("out_id")), SERVICE, n=5) == 6
    assert evaluate_service(read(SERVICE).services[0], {"given": 2, "n": 3}) == 5


def test_an_input_decision_of_a_service_needs_no_logic() -> None:
    bare = SERVICE.replace(text("1"), "")
    assert evaluate_service(read(bare).services[0], {"given": 2, "n": 3}) == 5
    with pytest.raises(ExpressionError, match="In decision 'given_id': Expected a decision with logic"):
        evaluate(read(bare).decisions[1], {})


ITEMS = (
    '<itemDefinition name="tPerson"><itemComponent name="first name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="born"><typeRef>date</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text></allowedValues>'
    "</itemDefinition>"
)


def test_input_data_is_of_the_type_that_the_model_defines() -> None:
    data = '<inputData id="p" name="people"><variable name="people" typeRef="tPeople"/></inputData>'
    first = decision(text('people[first name = "Al"].born.year'), needs("p", what="requiredInput"))
    people = [{"first name": "Al", "born": "1990-05-01"}, {"first name": "Bo", "born": "1991-05-01"}]
    assert value(first, data, ITEMS, people=people) == [1990]
    with pytest.raises(ExpressionError, match="input 'people': Expected a value of type tPeople, but found a list"):
        value(first, data, ITEMS, people=[{"first name": "Al"}])


def test_the_result_of_a_decision_is_of_its_type() -> None:
    assert value(decision(text('"A"'), kind="tGrade"), ITEMS) == "A"
    assert value(decision(text('["A"]'), kind="tGrade"), ITEMS) == "A"
    with pytest.raises(ExpressionError, match="Expected a value of type tGrade, but found the text 'C'"):
        value(decision(text('"C"'), kind="tGrade"), ITEMS)


def test_names_with_blanks_and_signs_are_read() -> None:
    data = '<inputData id="p" name="profit-loss rate"><variable name="profit-loss rate"/></inputData>'
    first = decision(text("profit-loss rate * 2 - 1"), needs("p", what="requiredInput"))
    reading = read(first, data)
    assert evaluate(reading.decisions[0], {"profit-loss rate": 4}) == [{"D": 7}]


@pytest.mark.parametrize(
    "name", ["order and item", "time in stock", "one or none", "then value", "for sale", "null value"]
)
def test_a_name_of_the_model_may_hold_words_of_the_language(name: str) -> None:
    given = f'<inputData id="p" name="{name}"><variable name="{name}"/></inputData>'
    first = decision(text(f"if {name} = 4 then 2 * {name} else 0"), needs("p", what="requiredInput"))
    reading = read(first, given)

    assert not reading.problems
    assert evaluate(reading.decisions[0], {name: 4}) == [{"D": 8}]


def test_a_decision_without_an_id_has_its_name() -> None:
    reading = read(f'<decision name="Grade">{text("1")}</decision>')
    assert not reading.problems
    assert reading.decisions[0].id == "Grade"


OTHER = (
    HEAD.replace('namespace="n"', 'namespace="other"')
    + ITEMS
    + knowledge("say hello", {"p": "tPerson"}, text('"Hello " + p.first name'))
    + decision(text("7"), "", "answer")
    + "</definitions>"
).encode()
IMPORT = '<import namespace="other" name="lib" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'


def test_another_file_is_imported_under_a_name() -> None:
    person = '<inputData id="p" name="p"><variable name="p" typeRef="lib.tPerson"/></inputData>'
    need = needs("p", what="requiredInput") + "".join(
        (
            '<knowledgeRequirement><requiredKnowledge href="other#say hello_id"/></knowledgeRequirement>',
            '<informationRequirement><requiredDecision href="other#answer_id"/></informationRequirement>',
        )
    )
    first = decision(text('lib.say hello(p) + " " + string(lib.answer)'), need)
    beside = {"b.dmn": OTHER}
    assert value(IMPORT, first, person, beside=beside, p={"first name": "Al", "born": "2000-01-01"}) == "Hello Al 7"
    assert read(IMPORT, first, person, beside=beside).files == {"b.dmn"}


def test_an_import_that_is_not_there_is_refused() -> None:
    problem = read(IMPORT, decision(text("1"))).problems[0]
    assert problem.rule == "dmn-import"
    assert problem.message == "Expected a file with the namespace 'other' in the same deployment, but found none"
