"""Moments and JSON bodies."""

from __future__ import annotations

import pytest

from baton.model.errors import BadRequest
from baton.web.jsons import load_object
from baton.web.times import date_text, iso_text


def test_moments_are_written_with_milliseconds() -> None:
    assert date_text(1_763_661_845_007) == "2025-11-20T18:04:05.007+0000"
    assert iso_text(1_763_661_845_007) == "2025-11-20T18:04:05.007Z"
    assert date_text(None) is None


def test_a_malformed_body_says_where() -> None:
    with pytest.raises(BadRequest, match="line 1, column"):
        load_object(b'{"a": }')
    with pytest.raises(BadRequest, match="an array"):
        load_object(b"[]")
