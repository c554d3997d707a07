"""Python values as typed variables and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from baton.model.values import Value
from baton.worker.values import from_typed, to_typed, to_typed_variables


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "Null"),
        (True, "Boolean"),
        (7, "Integer"),
        (-(2**31), "Integer"),
        (2**31, "Long"),
        (0.5, "Double"),
        ("text", "String"),
        (b"\x00\xff", "Bytes"),
        ([1, {"a": None}], "Json"),
        ({"street": "Rue Ballu"}, "Json"),
        (datetime(2026, 11, 20, 18, 4, 5, 123000, UTC), "Date"),
    ],
)
def test_a_value_keeps_its_type_on_the_way_there_and_back(value: Value, kind: str) -> None:
    typed = to_typed(value)
    assert typed["type"] == kind
    assert from_typed(typed) == value


def test_a_date_is_written_as_the_api_wants_it() -> None:
    assert to_typed(datetime(2026, 1, 2, 3, 4, 5, 6000, UTC))["value"] == "2026-01-02T03:04:05.006+0000"


def test_a_number_beyond_64_bits_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="Variable 'big': Expected a whole number of at most 64 bits"):
        to_typed_variables({"big": 2**63})
