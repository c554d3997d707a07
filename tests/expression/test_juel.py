from __future__ import annotations

from datetime import UTC, datetime

import pytest

from baton.expression import ChangingScope, MappingScope, compile_expression
from baton.model.values import FileValue, Value
from tests.expression.support import NOW, failure, value

ORDER: Value = {"amount": 120, "lines": [{"sku": "a"}, {"sku": "b"}], "customer": {"name": "Ann", "vip": True}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${1 + 2 * 3}", 7),
        ("${(1 + 2) * 3}", 9),
        ("${7 div 2}", 3.5),
        ("${-7 mod 3}", -1),
        ("${'10' + 5}", 15),
        ("${null + 1}", 1),
        ("${1 lt 2 and 2 le 2 and 3 gt 2 and 3 ge 3 and 1 ne 2 and 1 eq 1}", True),
        ("${1 < 2 && !(2 < 1) || false}", True),
        ("${not true}", False),
        ("${1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'}", "b"),
        ("${'a' == \"a\"}", True),
        ("${1 == '1'}", True),
        ("${true == 'true'}", True),
        ("${empty '' and empty null and empty []}", True),
        ("#{1 + 1}", 2),
        ("plain text", "plain text"),
        ("costs \\${x}", "costs ${x}"),
        ("a ${1}-#{2} b", "a 1-2 b"),
        ("${null}!", "!"),
        ("${'}'}", "}"),
    ],
)
def test_operators_and_templates_follow_expression_language(text: str, expected: Value) -> None:
    assert value(text, "juel") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${order.amount}", 120),
        ("${order['amount'] > 100}", True),
        ("${order.lines[1].sku}", "b"),
        ("${order.lines[9]}", None),
        ("${order.nothing}", None),
        ("${order.nothing.more}", None),
        ("${order.customer.name.toUpperCase()}", "ANN"),
        ("${order.lines.size() == 2 && !order.lines.isEmpty()}", True),
        ("${order.containsKey('amount')}", True),
        ("${order.get('amount')}", 120),
        ("${order.getAmount()}", 120),
        ("${order.customer.isVip()}", True),
        ("${order.prop('customer').prop('name').stringValue()}", "Ann"),
        ("${order.prop('amount').numberValue()}", 120),
        ("${order.prop('customer').prop('vip').boolValue()}", True),
        ("${order.prop('lines').elements().size()}", 2),
        ('${S(\'{"a": [1]}\').prop("a").elements().get(0)}', 1),
    ],
)
def test_properties_and_methods_of_plain_values(text: str, expected: Value) -> None:
    assert value(text, "juel", order=ORDER) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${s.contains('ell')}", True),
        ("${s.startsWith('he') and s.endsWith('lo')}", True),
        ("${s.substring(1, 3)}", "el"),
        ("${s.substring(3)}", "lo"),
        ("${s.indexOf('l')}", 2),
        ("${s.length()}", 5),
        ("${s.equals('hello')}", True),
        ("${s.equalsIgnoreCase('HELLO')}", True),
        ("${' x '.trim()}", "x"),
        ("${s.replace('l', 'L')}", "heLLo"),
        ("${s.matches('h.*o')}", True),
        ("${s.matches('h')}", False),
        ("${s.split('l')}", ["he", "", "o"]),
        ("${s.concat('!')}", "hello!"),
    ],
)
def test_methods_of_texts_are_those_of_java(text: str, expected: Value) -> None:
    assert value(text, "juel", s="hello") == expected


def test_the_execution_gives_facts_and_variables_by_name() -> None:
    assert value("${execution.processInstanceId}", "juel") == "p07-1"
    assert value("${execution.getProcessInstanceId()}", "juel") == "p07-1"
    assert value("${execution.processBusinessKey}", "juel") == "order-1"
    assert value("${execution.businessKey}", "juel") == "order-1"
    assert value("${execution.currentActivityId}", "juel") == "Pay"
    assert value("${execution.getVariable('x')}", "juel", x=1) == 1
    assert value("${execution.getVariable('y')}", "juel", x=1) is None
    assert value("${execution.hasVariable('x') and not execution.hasVariable('y')}", "juel", x=1) is True


def test_an_expression_sets_and_removes_variables_in_a_scope_that_takes_them_over() -> None:
    scope = ChangingScope(MappingScope({"a": 1, "b": 2}))
    text = "${execution.setVariable('x', a + 1)}${x}-${execution.removeVariable('a')}${execution.hasVariable('a')}"
    text += "${execution.setVariables(more)}${c}"
    scope.change({"more": {"c": 3}})

    assert compile_expression(text, "juel").evaluate(scope) == "2-false3"
    assert (scope.changed, scope.removed) == ({"more": {"c": 3}, "x": 2, "c": 3}, {"a"})
    assert sorted(scope.list_names()) == ["b", "c", "more", "x"]


def test_where_nothing_may_change_an_expression_that_sets_variables_fails() -> None:
    assert "sets no variables" in str(failure("${execution.setVariable('x', 1)}", "juel"))
    assert "local variables" in str(failure("${execution.setVariableLocal('x', 1)}", "juel"))
    assert "name of a variable" in str(failure("${execution.getVariable(1)}", "juel"))


def test_whether_an_expression_changes_variables_is_known_before_it_runs() -> None:
    assert compile_expression("${a ? execution.setVariable('x', 1) : 2}", "juel").changes_variables
    assert compile_expression("${[1].contains(execution.removeVariable('x'))}", "juel").changes_variables
    assert not compile_expression("${execution.getVariable('x')}", "juel").changes_variables


def test_null_is_smaller_and_larger_than_nothing() -> None:
    assert value("${x > 3}", "juel", x=None) is False
    assert value("${x < 3}", "juel", x=None) is False
    assert value("${x == null}", "juel", x=None) is True


def test_dates_are_added_to_and_compared() -> None:
    assert value("${now()}", "juel") == NOW
    assert value("${dateTime().plusMonths(1).toDate()}", "juel") == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert value("${due.isBefore(now())}", "juel", due=datetime(2025, 1, 1, tzinfo=UTC)) is True
    assert value("${due < now()}", "juel", due=datetime(2025, 1, 1, tzinfo=UTC)) is True


def test_a_missing_variable_is_an_error_that_names_the_near_match() -> None:
    error = failure("${amout > 3}", "juel", amount=5)

    assert error.kind == "evaluation"
    assert error.position == 2
    assert "'amout'" in error.message
    assert "did you mean 'amount'?" in error.message
    assert "column 3" in error.message


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("${amount > }", 11, "a value"),
        ("${amount = 3}", 9, "compare with '=='"),
        ("${amount", 0, "not closed"),
        ("ab ${}", 3, "braces are empty"),
        ("${a & b}", 4, "&&"),
        ("${'open}", 2, "not closed"),
        ("${contians(1)}", 2, "function"),
        ("${x ? 1}", 7, "':'"),
        ("${x ~ 1}", 4, "no meaning"),
    ],
)
def test_a_syntax_error_says_where_and_what_to_do(text: str, position: int, hint: str) -> None:
    error = failure(text, "juel", amount=1, x=1)

    assert error.kind == "syntax"
    assert error.position == position
    assert hint in error.message


def test_a_misspelt_method_names_the_near_one() -> None:
    assert "did you mean 'contains'?" in failure("${s.contians('a')}", "juel", s="abc").message


def test_joining_texts_with_plus_is_explained() -> None:
    assert "${a}${b}" in failure("${'a' + 'b'}", "juel").message


def test_a_text_shows_files_by_name_dates_as_iso_and_objects_as_json() -> None:
    file = FileValue("bill.pdf", b"secret")

    assert value("${f} ${d} ${o}", "juel", f=file, d=NOW, o={"f": file, "d": NOW}) == (
        'bill.pdf 2026-01-31T10:00:00+00:00 {"f": "bill.pdf", "d": "2026-01-31T10:00:00+00:00"}'
    )
