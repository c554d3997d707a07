"""Years before 1 and after 9999, which DMN has and Python has not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.expression import ExpressionError, compile_expression
from baton.expression.core.scope import MappingScope
from baton.expression.dmn import evaluate, read_dmn
from baton.expression.timing import parse_date
from tests.expression.test_dmn import HEAD, table


def feel(text: str, **variables: Any) -> Any:
    return compile_expression(text, "feel").evaluate(MappingScope(variables, {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("-2017-12-31")', "-2017-12-31"),
        ('date("0000-02-29")', "0000-02-29"),
        ("date(999999999, 12, 31)", "999999999-12-31"),
        ("date(-999999999, 1, 1)", "-999999999-01-01"),
        ('@"12000-01-01T10:00:00Z"', "12000-01-01T10:00:00Z"),
        ('date and time("-2021-01-01T10:10:10@Australia/Melbourne")', "-2021-01-01T10:10:10@Australia/Melbourne"),
        ('date and time(date("12000-01-01"), time("10:00:00"))', "12000-01-01T10:00:00"),
        ('date and time("12000-01-01T10:00:00Z", "Europe/Berlin")', "12000-01-01T11:00:00@Europe/Berlin"),
        ('date(@"12000-01-01T10:00:00Z")', "12000-01-01"),
        ('time(@"12000-01-01T10:00:00Z")', "10:00:00Z"),
        ('string(date("-2017-12-31"))', "-2017-12-31"),
        ('date("9999-12-31") + @"P1D"', "10000-01-01"),
        ('date("10000-01-01") - @"P1D"', "9999-12-31"),
        ('date("0001-01-01") - @"P1M"', "0000-12-01"),
        ('date("12000-01-31") + @"P1M"', "12000-02-29"),
        ('@"9999-12-31T23:00:00-05:00" + @"PT2H"', "10000-01-01T01:00:00-05:00"),
        ('@"2021-01-01T24:00:00" + @"PT1S"', "2021-01-02T00:00:01"),
        ('@"9999-12-31T24:00:00"', "10000-01-01T00:00:00"),
        ('date("12000-01-01") - date("11999-12-31")', "P1D"),
        ('date("10000-01-01") - date("9999-01-01")', "P365D"),
        ('date("-999999999-01-01") - date("999999999-01-01") < @"-P1D"', True),
        ('years and months duration(date("-2017-01-31"), date("2016-01-01"))', "P4032Y11M"),
        ('date("12000-01-01").year + date("-5000-03-01").month', 12003),
        ('day of week(date("12000-01-01"))', "Saturday"),
        ('date("-0400-01-01").weekday', 6),
        ('last day of month(date("12000-02-01"))', 29),
        ('date("-2017-12-31") < date("2017-12-31")', True),
        ('date("12000-01-01") > date("9999-12-31")', True),
        ('date("12000-01-01") = date(12000, 1, 1)', True),
        ('@"12000-01-01T10:00:00Z" = @"12000-01-01T11:00:00+01:00"', True),
        ('is(@"12000-01-01T10:00:00Z", @"12000-01-01T11:00:00+01:00")', False),
        ('is(@"12000-01-01T10:00:00Z", @"12000-01-01T10:00:00Z")', True),
        ('date("-2017-12-31") in [date("-2018-01-01")..date("0001-01-01")]', True),
        (
            'sort([date("2020-01-01"), date("-2020-01-01"), date("12000-01-01")], function(a, b) a < b)[1]',
            "-2020-01-01",
        ),
        ('max(date("2020-01-01"), date("12000-01-01"))', "12000-01-01"),
        ('date("12000-01-01") instance of date', True),
        ('@"12000-01-01T00:00:00" instance of date and time', True),
        ('distinct values([date("12000-01-01"), date("12000-01-01")])', ["12000-01-01"]),
        ('duration("P99999999Y")', "P99999999Y"),
    ],
)
def test_they_are_calculated_with_like_all_others(text: str, expected: Any) -> None:
    assert feel(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'date("1000000000-01-01")',
        'date("-0000-01-01")',
        'date("012000-01-01")',
        'date("12000-02-30")',
        'date("+12000-01-01")',
        "date(1000000000, 1, 1)",
        'date("999999999-12-31") + @"P1D"',
        'date("12000-01-01") = @"12000-01-01T00:00:00"',
        'date("12000-01-01") + 1',
    ],
)
def test_what_is_no_date_is_null(text: str) -> None:
    assert feel(text) is None


DATES = st.dates(date(3000, 1, 1), date(7000, 12, 31))
DAYS, MONTHS, CYCLES = st.integers(-300_000, 300_000), st.integers(-9_000, 9_000), st.integers(-20_000, 20_000)


@given(DATES, DAYS, CYCLES)
def test_days_are_added_as_in_the_same_place_of_the_calendar(day: date, days: int, cycles: int) -> None:
    moved = feel(f"date({day.year + 400 * cycles}, {day.month}, {day.day}) + duration(length)", length=write_days(days))

    near = day + timedelta(days=days)
    assert moved == feel(f"string(date({near.year + 400 * cycles}, {near.month}, {near.day}))")


@given(DATES, MONTHS, CYCLES)
def test_months_there_and_back_change_at_most_the_day(day: date, months: int, cycles: int) -> None:
    start = f"date({day.year + 400 * cycles}, {day.month}, {min(day.day, 28)})"
    length = f'duration("{"-" if months < 0 else ""}P{abs(months)}M")'

    assert feel(f"({start} + {length}) - {length} = {start}") is True
    assert feel(f"years and months duration({start}, {start} + {length}) = {length}") is True


@given(DATES, DATES, CYCLES, CYCLES)
def test_the_order_is_that_of_the_distance(one: date, other: date, cycles: int, more: int) -> None:
    left = f"date({one.year + 400 * cycles}, {one.month}, {one.day})"
    right = f"date({other.year + 400 * more}, {other.month}, {other.day})"

    assert feel(f'({left} < {right}) = ({left} - {right} < duration("PT0S"))') is True
    assert feel(f"{right} + ({left} - {right}) = {left}") is True


def write_days(days: int) -> str:
    return f"{'-' if days < 0 else ''}P{abs(days)}D"


def test_a_column_of_a_decision_table_takes_them() -> None:
    rows = [(['< date("0001-01-01")'], ['"before"']), (["-"], ['"after"'])]
    text = HEAD + table(["x:date"], ["y"], rows, 'hitPolicy="FIRST"') + "</definitions>"  # type: ignore[arg-type]
    decision = read_dmn(text.encode()).decisions[0]

    assert evaluate(decision, {"x": "-0044-03-15"}) == [{"y": "before"}]
    assert evaluate(decision, {"x": "12000-03-15T10:00:00Z"}) == [{"y": "after"}]


def test_a_timer_says_that_it_cannot_be_so_far_away() -> None:
    with pytest.raises(ExpressionError, match="'12000-01-01'"):
        parse_date(feel('date("12000-01-01")'))
