"""Functions that expressions make, names of several words, and types."""

from __future__ import annotations

from typing import Any

import pytest

from baton.expression import ExpressionError
from tests.expression.support import failure, value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("=(function(a, b) a - b)(5, 3)", 2),
        ("=(function(a: number, b: number) a - b)(b: 5, a: 3)", -2),
        ("={double: function(x) x * 2, y: double(4)}.y", 8),
        ("={f: function(x) function(y) x + y, z: f(1)(2)}.z", 3),
        ("={n: 10, f: function(x) x + n}.f(1)", 11),
        ('={f: function(a: string) a, x: f(1), y: f("a")}.y', "a"),
        ('=(function(a: string) a)("a", "b")', None),
        ("=(function(a: string) a)(b: 1)", None),
        ("=[function(x) x + 1, function(x) x * 10][2](3)", 30),
        ("=(function(x) x) instance of function<number> -> Any", True),
        ("={order total: 5, x: order total + 1}.x", 6),
        ("={total-net: 5, x: total-net + 1}.x", 6),
        ("=for the item in [1, 2] return the item * 2", [2, 4]),
        ("=[1, 2] instance of list<number>", True),
        ('=[1, "a"] instance of list<number>', False),
        ("={a: 1} instance of context<a: number>", True),
        ("={a: 1} instance of context<a: string>", False),
        ("=[1..3] instance of range<number>", True),
        ("=5 in (< 10)", True),
        ("=(>= 5).start", 5),
        ("=(< 10).start", None),
    ],
)
def test_functions_names_and_types(text: str, found: Any) -> None:
    assert value(text, "feel") == found


def test_a_name_of_several_words_is_a_variable() -> None:
    assert value("=order total > 5 and is new", "feel", **{"order total": 7, "is new": True}) is True
    assert value("=customer.first name", "feel", customer={"first name": "Al"}) == "Al"


def test_a_function_that_is_not_there_is_refused() -> None:
    assert "Expected a function of FEEL, but found 'discount'" in str(failure("=discount(1)", "feel"))


def test_a_function_is_no_variable() -> None:
    with pytest.raises(ExpressionError, match="Expected a value that a variable can hold, but found a function"):
        value("=function(x) x", "feel")


def test_a_function_that_calls_itself_for_ever_is_stopped() -> None:
    endless = failure("=(function(f) f(f))(function(f) f(f))", "feel")
    assert "at most 60 calls inside one another" in str(endless)


def test_what_functions_repeat_is_paid_for() -> None:
    loop = "=count(for i in 1..300, j in 1..300 return (function(x) x + 1 + 1 + 1)(i))"
    assert "steps" in str(failure(loop, "feel"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date and time(date: date("2017-01-01"), time: time("23:59:01"))', "2017-01-01T23:59:01"),
        ('{date: date("2017-01-01"), next: date(2018, 1, 1)}.next', "2018-01-01"),
        ("for count in [1, 2] return count([count])", [1, 1]),
        ("{sum: 7, all: sum(list: [1, 2])}.all", 3),
        ("{sum: function(a) 7, all: sum([1, 2])}.all", 7),
        ("{sum: 7, all: sum()}.all", None),
    ],
)
def test_a_value_does_not_hide_the_function_of_its_name(text: str, expected: object) -> None:
    assert value(f"={text}", "feel") == expected
