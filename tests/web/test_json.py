"""Moments and JSON bodies."""

from __future__ import annotations

import pytest

from baton.model.errors import BadRequest
from baton.web.jsons import load_object
from baton.web.times import format_date, format_iso


def test_moments_are_written_with_milliseconds() -> None:
    assert format_date(1_763_661_845_007) == "2025-11-20T18:04:05.007+0000"
    assert format_iso(1_763_661_845_007) == "2025-11-20T18:04:05.007Z"
    assert format_date(None) is None


def test_a_moment_beyond_the_calendar_is_shown_as_its_end() -> None:
    assert format_date(9_223_373_832_729_460_736) == "9999-12-31T23:59:59.736+0000"


def test_a_malformed_body_says_where() -> None:
    with pytest.raises(BadRequest, match="line 1, column"):
        load_object(b'{"a": }')
    with pytest.raises(BadRequest, match="an array"):
        load_object(b"[]")


def test_whole_numbers_beyond_64_bits_are_not_rounded() -> None:
    assert load_object(b'{"a": 18446744073709551616}') == {"a": 1 << 64}
    assert load_object(b'{"a": "18446744073709551616", "b": 1.5}') == {"a": "18446744073709551616", "b": 1.5}
    with pytest.raises(BadRequest, match="not nested too deep"):
        load_object(b'{"a": ' + b"[" * 1020 + b"1" * 20 + b"]" * 1020 + b"}")
