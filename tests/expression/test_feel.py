from __future__ import annotations

from datetime import UTC, datetime

import pytest

from baton.model.values import Value
from tests.expression.support import failure, value

PEOPLE: Value = [{"name": "Ann", "age": 3}, {"name": "Bob", "age": 20}]


def feel(text: str, **variables: Value) -> Value:
    return value(text, "feel", **variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=0.1 + 0.2", 0.3),
        ("=price * 3", 0.3),
        ("=10 / 4", 2.5),
        ("=10 / 5", 2),
        ("=1 / 0", None),
        ("=2 ** 10", 1024),
        ("=-2 ** 2", 4),
        ("=(1 + 2) * 3 - 4", 5),
        ('="a" + "b"', "ab"),
        ('="a" + 1', None),
        ("=1 = 1.0", True),
        ('=1 = "1"', None),
        ("=null = null", True),
        ("=1 != 2", True),
        ("=5 between 1 and 5 and true", True),
        ("=if 1 > 2 then 1 else if 2 > 1 then 2 else 3", 2),
        ("=if null then 1 else 2", 2),
        ("=1 // comment\n+ 1", 2),
        ("=1 /* comment */ + 1", 2),
    ],
)
def test_numbers_are_decimal_and_what_does_not_fit_is_null(text: str, expected: Value) -> None:
    assert feel(text, price=0.1) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=true and null", None),
        ("=false and null", False),
        ("=true or null", True),
        ("=false or null", None),
        ("=not(null)", None),
        ("=missing", None),
        ("=missing.name", None),
        ("=missing > 1", None),
        ("=is defined(missing)", False),
        ("=get or else(missing, 7)", 7),
    ],
)
def test_logic_has_three_values_and_a_missing_variable_is_null(text: str, expected: Value) -> None:
    assert feel(text) is expected or feel(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=x in [1..5]", True),
        ("=x in (1..5)", False),
        ("=x in ]1..5[", False),
        ("=x in [1..5)", False),
        ("=x in (> 5, < 3)", False),
        ("=x in (1, 5)", True),
        ("=x in [1, 5]", True),
        ("=x in >= 5", True),
        ("=x in ([1..2], [4..6])", True),
        ("=[1..5].end", 5),
        ("=before(1, [2..3])", True),
        ("=overlaps([1..5], [5..8])", True),
        ("=includes([1..5], 3)", True),
    ],
)
def test_ranges_contain_what_their_ends_say(text: str, expected: Value) -> None:
    assert feel(text, x=5) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=people[age > 10].name", ["Bob"]),
        ("=people[1].name", "Ann"),
        ("=people[-1].name", "Bob"),
        ("=people[9]", None),
        ("=people.age", [3, 20]),
        ("=xs[item >= 2]", [2, 3]),
        ("=xs[n]", 2),
        ("=for x in xs return x * 2", [2, 4, 6]),
        ("=for i in 1..3, j in [10, 20] return i + j", [11, 21, 12, 22, 13, 23]),
        ("=for i in 3..1 return i", [3, 2, 1]),
        ("=for i in 1..5 return if i = 1 then 1 else partial[-1] * i", [1, 2, 6, 24, 120]),
        ("=some x in xs satisfies x > 2", True),
        ("=every x in xs satisfies x > 2", False),
        ('={a: 1, b: a + 1, "c d": [b]}', {"a": 1, "b": 2, "c d": [2]}),
        ("={a: {b: 2}}.a.b", 2),
        ("=`odd name` + 1", 5),
    ],
)
def test_lists_contexts_and_loops(text: str, expected: Value) -> None:
    assert feel(text, people=PEOPLE, xs=[1, 2, 3], n=2, **{"odd name": 4}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('=date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ('=@"2026-01-31" - @"2026-01-01"', "P30D"),
        ('=date and time("2026-01-31T10:00:00Z") + @"PT1H"', datetime(2026, 1, 31, 11, tzinfo=UTC)),
        ('=@"2026-01-31T10:00:00@Europe/Berlin" = @"2026-01-31T09:00:00Z"', True),
        ('=time("10:00:00") + @"PT15H"', "01:00:00"),
        ('=date("2026-01-31").year', 2026),
        ('=date("2026-01-31") < date("2026-02-01")', True),
        ('=@"PT90M".hours', 1),
        ('=duration("PT90M") * 2', "PT3H"),
        ('=@"P1D" / @"PT12H"', 2),
        ('=years and months duration(date("2025-01-15"), date("2026-03-14"))', "P1Y1M"),
        ('=day of week(date("2026-01-31"))', "Saturday"),
        ("=today()", "2026-01-31"),
        ('=now() + @"P1D"', datetime(2026, 2, 1, 10, tzinfo=UTC)),
        ("=due < now()", True),
        ('=date("2026-02-30")', None),
        ('=date("9999-12-31") + @"P1D"', "10000-01-01"),
        ("=last day of month(date(2024, 2, 1))", 29),
    ],
)
def test_dates_times_and_durations(text: str, expected: Value) -> None:
    assert feel(text, due=datetime(2026, 1, 1, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('=substring("foobar", 3)', "obar"),
        ('=substring("foobar", -2, 1)', "a"),
        ('=substring(string: "foobar", start position: 3, length: 3)', "oba"),
        ('=string length("foo")', 3),
        ('=upper case("a") + lower case("B")', "Ab"),
        ('=substring before("foobar", "bar")', "foo"),
        ('=substring after("foobar", "ob")', "ar"),
        ('=replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('=contains("foobar", "ob") and starts with("foo", "f") and ends with("foo", "o")', True),
        ('=matches("foobar", "^fo*b")', True),
        ('=split("John Doe", "\\s")', ["John", "Doe"]),
        ('=string join(["a", "b"], "_", "[", "]")', "[a_b]"),
        ("=string(1.50)", "1.5"),
        ('=string({a: [1, "x"], b: null})', '{a: [1, "x"], b: null}'),
        ('=number("1.000,5", ".", ",")', 1000.5),
        ("=decimal(2.345, 2)", 2.34),
        ("=round half up(2.5, 0) + floor(-1.5) + ceiling(1.1)", 3),
        ("=modulo(-12, 5)", 3),
        ("=abs(-3.5)", 3.5),
        ("=sqrt(16)", 4),
        ("=odd(5) and even(2)", True),
        ("=min(3, 1, 2) + max([1, 2])", 3),
        ("=sum([1, 2, 3]) + product([2, 3])", 12),
        ("=mean([1, 2, 3, 4])", 2.5),
        ("=median([8, 2, 5, 3, 4])", 4),
        ("=mode([6, 1, 9, 6, 1])", [1, 6]),
        ("=stddev([2, 4, 7, 5])", 2.0816659994661326),
        ("=sum([])", None),
        ("=list contains([1, null], null)", True),
        ("=sublist([4, 5, 6], 1, 2)", [4, 5]),
        ("=append([1], 2, 3)", [1, 2, 3]),
        ("=concatenate([1], [2])", [1, 2]),
        ("=insert before([1, 3], 1, 2)", [2, 1, 3]),
        ("=remove([1, 2, 3], 2)", [1, 3]),
        ("=reverse([1, 2])", [2, 1]),
        ("=index of([1, 2, 1], 1)", [1, 3]),
        ("=union([1, 2], [2, 3])", [1, 2, 3]),
        ("=distinct values([1, 2, 1])", [1, 2]),
        ("=flatten([1, [2, [3]]])", [1, 2, 3]),
        ("=all([true, null])", None),
        ("=any([true, null])", True),
        ('=get value({a: 1}, "a")', 1),
        ("=get entries({a: 1})", [{"key": "a", "value": 1}]),
        ('=context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("=context merge([{a: 1}, {a: 2}])", {"a": 2}),
        ("=count(5)", 1),
        ("=upper case(5)", None),
        ("=5 instance of number", True),
        ('=@"P1D" instance of days and time duration', True),
    ],
)
def test_built_in_functions(text: str, expected: Value) -> None:
    assert feel(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=sume([1])", "did you mean 'sum'?"),
        ("=if a then b", "'else'"),
        ("=function(x) external {java: {}}", "Java and PMML"),
        ("=substring(text: 1, start position: 2)", "string, start position, length"),
        ("=not(1, 2)", "1 arguments"),
        ('=@"tomorrow"', "date, time or duration"),
        ("=x instance of strnig", "did you mean 'string'?"),
        ("='a'", "no meaning"),
    ],
)
def test_a_syntax_error_says_what_was_expected(text: str, words: str) -> None:
    error = failure(text, "feel")

    assert error.kind == "syntax"
    assert words in error.message


def test_free_names_are_those_read_from_outside() -> None:
    from baton.expression import compile_expression

    assert compile_expression("=for x in xs return x + y", "feel").names == {"xs", "y"}
    assert compile_expression("=xs[item > n]", "feel").names == {"xs", "n"}
    assert compile_expression("={a: 1, b: a + c}", "feel").names == {"c"}
    assert compile_expression("${a.b + execution.getVariable('c')}", "juel").names == {"a"}
    assert compile_expression("[i for i in xs if i > n]", "python").names == {"xs", "n"}
