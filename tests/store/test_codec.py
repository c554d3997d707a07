from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.model.values import FileValue
from baton.store import codec

KEY_1, KEY_2 = ("1:" + base64.b64encode(b"k" * 32).decode(), "2:" + base64.b64encode(b"q" * 32).decode())
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


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    yield
    codec.use_keys("")


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


def test_with_a_key_nothing_can_be_read_without_it() -> None:
    codec.use_keys(KEY_1)
    blob = codec.encode("the secret")
    assert b"secret" not in blob
    assert codec.decode(blob) == "the secret"

    codec.use_keys("")
    with pytest.raises(codec.Damaged, match="BATON_ENCRYPTION_KEYS"):
        codec.decode(blob)
    codec.use_keys(KEY_2)
    with pytest.raises(codec.Damaged):
        codec.decode(blob)


def test_keys_are_changed_one_after_the_other() -> None:
    plain = codec.encode("before any key")
    codec.use_keys(KEY_1)
    old = codec.encode("old")
    codec.use_keys(f"{KEY_2},{KEY_1}")
    new = codec.encode("new")

    assert [codec.decode(blob) for blob in (plain, old, new)] == ["before any key", "old", "new"]
    codec.use_keys(KEY_2)
    assert codec.decode(new) == "new"


def test_a_sealed_blob_that_was_touched_is_refused() -> None:
    codec.use_keys(KEY_1)
    blob = codec.encode("x")

    with pytest.raises(codec.Damaged, match="authentication"):
        codec.decode(blob[:-1] + bytes([blob[-1] ^ 1]))


def test_what_is_no_value_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        codec.encode(object())
