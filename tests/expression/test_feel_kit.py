"""What the compatibility kit of DMN asks of FEEL's functions and values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expression.support import failure, value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("=sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
        ("=sort([3, 1, 2], function(x, y) 1)", None),
        ("=list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
        ("=list replace([2, 4], function(item, newItem) item, 5)", None),
        ("=list replace([1, 2, 3], 2.5, 4)", [1, 4, 3]),
        ("=decimal(1/3, 2.5)", 0.33),
        ('=substring("foobar", 3.8)', "obar"),
        ('=2 in range("[1..3]")', True),
        ('=3 in range("[1..3)")', False),
        ('=5 in range("(..9]")', True),
        ('=range("[..9]")', None),
        ('=range("[3..1]")', None),
        ('=range("[1..now()]")', None),
        ('=@"2026-01-02" in range("[date(\\"2026-01-01\\")..@\\"2026-01-03\\"]")', True),
        ("=overlaps before([1..5], [3..8])", True),
        ("=overlaps after([3..8], [1..5])", True),
        ("=overlaps before([3..8], [1..5])", False),
        ('=duration("P1Y").days', None),
        ('=duration("P1D").years', None),
        ('=duration("P1Y").years', 1),
        ('=context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
        ('=context put({a: 1}, ["a", "b"], 2)', None),
        ('=context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
        ('=get value(key: "a", m: {a: 1})', 1),
        ("=mode([])", []),
        ('=number("1,000.5", ",", ".")', 1000.5),
        ('=number("1,000", ",", ",")', None),
        ('=number("1x000", "x", ".")', None),
        ('=string join("a", "X")', "a"),
        ('=upper case(["a"])', "A"),
        ('=string(date and time("2026-01-01T10:15:30.500@Europe/Paris"))', "2026-01-01T10:15:30.5@Europe/Paris"),
        ('=date and time("2026-01-01T10:15:30+01:00@Europe/Paris")', None),
        ('=time("13:20:00+19:00")', None),
        ('=string(time(date("2026-01-01")))', "00:00:00Z"),
        ('=matches("a b", "a [ ] b", "x")', True),
        ('=matches("a b", "a b", "x")', False),
        ('=matches("ab", "b", [])', None),
        ('=@"23:00:50@Etc/GMT".hour', 23),
        ('=string length("\\uD83D\\uDC0E")', 1),
        ("={\U0001f40e: 1}.\U0001f40e", 1),
    ],
)
def test_what_the_kit_expects(text: str, found: Any) -> None:
    assert value(text, "feel") == found


def test_a_context_that_says_a_key_twice_is_refused() -> None:
    assert "Expected keys that differ, but found 'a' twice" in str(failure("={a: 1, a: 2}", "feel"))


def test_a_text_in_single_quotes_is_refused_with_the_remedy() -> None:
    assert "texts are in double quotes" in str(failure("='a'", "feel"))
