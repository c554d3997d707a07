from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.model.values import FileValue
from baton.store import codec

moments = st.datetimes(timezones=st.sampled_from((UTC, timezone(timedelta(hours=5, minutes=30)))))
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
    moments,
    st.builds(FileValue, name=st.text(), content=st.binary(), mime_type=st.none() | st.text(), encoding=st.none()),
)
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(values)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert codec.decode(codec.encode(value)) == value


@given(st.binary(min_size=1, max_size=400), st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_is_noticed(data: bytes, place: int, mask: int) -> None:
    blob = bytearray(codec.encode({"data": data, "text": "x" * 300}))
    blob[place % len(blob)] ^= mask

    with pytest.raises(codec.Damaged):
        codec.decode(bytes(blob))


def test_a_large_value_is_compressed() -> None:
    assert len(codec.encode("x" * 10_000)) < 200


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(codec.Damaged, match="version 7f"):
        codec.decode(b"\x7f1234")
    with pytest.raises(codec.Damaged, match="none"):
        codec.decode(b"")


def test_what_is_no_value_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        codec.encode(object())


@given(st.sampled_from([object(), {"a": [1, "\ud83d"]}, [["x" * 1000], {1, 2}]]), values)
def test_what_cannot_be_stored_leaves_nothing_in_the_next_blob(bad: Any, value: Any) -> None:
    with pytest.raises(codec.Unstorable):
        codec.encode(bad)

    assert codec.decode(codec.encode(value)) == value
