"""Sealed blobs: who can read them, and where."""

from __future__ import annotations

import base64

import pytest

from baton.store.blobs import BlobCodec
from baton.store.codec import Damaged

KEY_1, KEY_2 = ("1:" + base64.b64encode(b"k" * 32).decode(), "2:" + base64.b64encode(b"q" * 32).decode())
PLAIN = BlobCodec()


def make(*keys: str) -> BlobCodec:
    return BlobCodec.from_text(",".join(keys))


def test_with_a_key_nothing_can_be_read_without_it() -> None:
    blob = make(KEY_1).encode("the secret")

    assert b"secret" not in blob
    assert make(KEY_1).decode(blob) == "the secret"
    with pytest.raises(Damaged, match="BATON_ENCRYPTION_KEYS"):
        PLAIN.decode(blob)
    with pytest.raises(Damaged, match="BATON_ENCRYPTION_KEYS"):
        make(KEY_2).decode(blob)


def test_keys_are_changed_one_after_the_other() -> None:
    plain, old = PLAIN.encode("before any key"), make(KEY_1).encode("old")
    both = make(KEY_2, KEY_1)
    new = both.encode("new")

    assert [both.decode(blob) for blob in (plain, old, new)] == ["before any key", "old", "new"]
    assert make(KEY_2).decode(new) == "new"


def test_a_sealed_blob_that_was_touched_is_refused() -> None:
    codec = make(KEY_1)
    blob = codec.encode("x")

    with pytest.raises(Damaged, match="authentication"):
        codec.decode(blob[:-1] + bytes([blob[-1] ^ 1]))


def test_a_blob_can_be_read_only_in_its_place() -> None:
    codec = make(KEY_1)
    blob = codec.encode(1, place="here")

    assert codec.decode(blob, "here") == 1
    for elsewhere in ("there", ""):
        with pytest.raises(Damaged, match="belongs where it was found"):
            codec.decode(blob, elsewhere)


def test_a_blob_from_before_places_is_read_anywhere() -> None:
    codec = make(KEY_1)

    assert codec.decode(codec.encode(1), "here") == 1


@pytest.mark.parametrize(
    "keys", ["1", "one:QUFB", "1:short", "1:QUFB", f"{KEY_1},{KEY_1}", KEY_1.replace("1:", "256:")]
)
def test_what_is_no_key_is_refused(keys: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        BlobCodec.from_text(keys)


def test_no_keys_seal_nothing() -> None:
    assert BlobCodec.from_text("").encode("x") == PLAIN.encode("x")
