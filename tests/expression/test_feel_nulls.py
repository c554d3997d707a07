"""Where FEEL has no answer it says null, and never one that only looks like an answer."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from baton.expression import ExpressionError, compile_expression
from baton.expression.core.scope import MappingScope


def feel(text: str, **variables: Any) -> Any:
    return compile_expression(text, "feel").evaluate(MappingScope(variables, {}))


@pytest.mark.parametrize(
    "text",
    [
        "every x in missing satisfies x > 1",
        "some x in missing satisfies x > 1",
        "every x in [1], y in missing satisfies x > y",
        "for x in missing return x",
        "5 in [0..missing]",
        "5 in [missing..9]",
        "5 between 0 and missing",
        'duration("P1D") + duration("P1Y")',
        'duration("P1Y") - duration("P1D")',
        'date and time(date("2026-01-01"), time("25:99:00"))',
        "time(10, 20, missing)",
        "date(2026, missing, 1)",
        'time("25:00:00")',
        'time("10:10:10") + duration("P1M")',
        'time("10:10:10") - duration("P1M")',
        'time("10:00:00@Nowhere/City")',
    ],
)
def test_what_cannot_be_known_is_null(text: str) -> None:
    assert feel(text) is None


def test_a_condition_that_is_null_is_an_error() -> None:
    condition = compile_expression("every x in checks satisfies x.ok", "feel")
    with pytest.raises(ExpressionError, match=r"Expected a condition to be true or false, but found null; .*'checks'"):
        condition.holds(MappingScope({}, {}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('date and time("2027-03-27T12:00:00@Europe/Berlin") + duration("P1D")', "2027-03-28T11:00:00+00:00"),
        ('date and time("2027-03-28T12:00:00@Europe/Berlin") - duration("PT24H")', "2027-03-27T10:00:00+00:00"),
        ('date and time("2027-02-28T12:00:00@Europe/Berlin") + duration("P1M")', "2027-03-28T10:00:00+00:00"),
    ],
)
def test_a_duration_is_exact_over_a_change_of_the_clock(text: str, found: str) -> None:
    assert feel(text).astimezone(UTC).isoformat() == found


def test_the_time_between_two_moments_of_a_zone_is_exact() -> None:
    between = 'date and time("2027-03-28T12:00:00@Europe/Berlin") - date and time("2027-03-28T00:00:00@Europe/Berlin")'
    assert feel(between) == "PT11H"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('string(date and time("2026-06-01T10:00:00@Europe/Berlin"))', "2026-06-01T10:00:00@Europe/Berlin"),
        ('string(time("10:00:00@Europe/Berlin"))', "10:00:00@Europe/Berlin"),
        ('time(date and time("2026-06-01T10:00:00@Europe/Berlin"))', "10:00:00@Europe/Berlin"),
        ('string(time("10:00:00Z"))', "10:00:00Z"),
        ('time("24:00:00")', "00:00:00"),
        ('time("10:00:00@Europe/Berlin") < time("10:00:00Z")', True),
    ],
)
def test_the_name_of_a_zone_is_kept(text: str, found: Any) -> None:
    assert feel(text) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00+00:00", True),
        ("2026-06-01T12:00:00Z", "2026-06-01T13:00:00+01:00", False),
        ("2026-06-01T12:00:00@Europe/Berlin", "2026-06-01T12:00:00+02:00", False),
        ("2026-06-01T12:00:00", "2026-06-01T12:00:00Z", False),
    ],
)
def test_is_asks_for_the_same_value_not_the_same_instant(one: str, other: str, same: bool) -> None:
    assert feel(f'is(date and time("{one}"), date and time("{other}"))') is same


def test_names_of_several_words_may_be_broken_between_lines() -> None:
    assert feel('date and\n  time("2026-01-01T10:00:00").hour') == 10
    assert feel('date and time("2026-01-01T10:00:00Z").time\n offset') == "PT0S"
    assert feel('string\tlength("abc")') == 3


@pytest.mark.parametrize("dialect", ["feel", "juel", "python"])
def test_a_whole_number_beyond_64_bits_is_no_variable(dialect: Any) -> None:
    text = {"feel": "2 ** 70", "juel": "${4294967296 * 4294967296}", "python": "2 ** 70"}[dialect]
    with pytest.raises(ExpressionError, match="Expected a whole number of at most 64 bits, but found one of"):
        compile_expression(text, dialect).evaluate(MappingScope({}, {}))


def test_inside_an_expression_numbers_may_be_larger() -> None:
    assert feel("2 ** 70 / 2 ** 69") == 2
    with pytest.raises(ExpressionError, match="64 bits"):
        feel("[1, {a: 2 ** 63}]")
