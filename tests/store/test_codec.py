from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.model.values import FileValue
from baton.store import codec
from baton.store.dictionary import make_dictionary

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

EVENTS = [
    [1, 1_795_964_781_783, "InstanceStarted", None, None, {"definition": "one-task:1:tsncfpwn5th7fnd9"}],
    [2, 1_795_964_781_783, "ElementEntered", "s", 1],
    [3, 1_795_964_781_783, "ElementCompleted", "s", 1],
    [4, 1_795_964_781_783, "FlowTaken", "f1", 1, {"flow": "f1"}],
    [5, 1_795_964_781_783, "ElementEntered", "work", 2],
    [6, 1_795_964_781_783, "ExternalTaskCreated", "work", 2, {"id": "m0qmpvv54k7g5q97-53.3", "topic": "bench"}],
]
STORED = (
    "05fcfedb19600f00e50300e40496a227d7c4d781bb6f6e652d3a313a74736e636670776e35746837666e64399502a173"
    "019503a173019604a266a266319505066d30716d70767635346b3767357139372d35332e33a562656e63681000c1c052"
    "4483a1e5bc360b6100ba8a3ce4583008d5d4666600aa29ce7a88846219e5a0c060c03f4e831002"
)
"""The same as a blob of version 05."""


@given(values)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert codec.decode(codec.encode(value)) == value


@given(st.binary(min_size=1, max_size=400), st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_is_noticed(data: bytes, place: int, mask: int) -> None:
    blob = bytearray(codec.encode({"data": data, "text": "x" * 300}))
    blob[place % len(blob)] ^= mask

    with pytest.raises(codec.Damaged):
        codec.decode(bytes(blob))


@given(st.lists(values))
def test_events_come_back_as_they_were(rows: list[Any]) -> None:
    assert codec.decode(codec.encode_events(rows)) == rows


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_of_events_is_noticed(place: int, mask: int) -> None:
    blob = bytearray(codec.encode_events(EVENTS))
    blob[place % len(blob)] ^= mask

    with pytest.raises(codec.Damaged):
        codec.decode(bytes(blob))


def test_events_take_half_of_what_they_take_without_examples() -> None:
    assert len(codec.encode_events(EVENTS)) < 0.6 * len(codec.encode(EVENTS))


def test_events_that_were_written_can_always_be_read() -> None:
    """The examples are part of the format: with others what is stored would be lost."""
    digest = hashlib.sha256(make_dictionary().as_bytes()).hexdigest()
    assert digest == "50d7f66f4760ff176b7ccd3ef411277c5794f04833bf1967402218be9d7fbdbc"
    assert codec.decode(bytes.fromhex(STORED)) == EVENTS


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


def test_threads_that_begin_to_write_histories_at_once_do_not_disturb_each_other() -> None:
    """Contexts that shared their examples freed them under each other: the process crashed."""
    rows = [[position, 1_700_000_000_000, "FlowTaken", f"g{position % 25}", position] for position in range(4_000)]

    def write(_: int) -> bool:
        codec._event_compressors.clear()  # so that each write makes a context
        return codec.decode(codec.encode_events(rows)) == rows

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(write, range(200)))
