"""What is told of keys that nobody owns."""

from __future__ import annotations

from collections.abc import Iterator

import redis

from tests.crash.verdict import stray_keys


class Scanned(redis.Redis):
    """A scan that is answered before the last of its keys have expired."""

    def scan_iter(self, *_: object, **__: object) -> Iterator[bytes]:  # type: ignore[override]
        yield from (b"{defs}:idem:gone", b"{defs}:idem:kept", b"{defs}:idem:passing")


def test_a_key_that_stays_for_ever_is_told_and_one_that_has_expired_since_is_not(valkey: str) -> None:
    with Scanned.from_url(valkey) as client:
        client.set("{defs}:idem:kept", "for ever")
        client.set("{defs}:idem:passing", "for an hour", ex=3_600)

        told = list(stray_keys(client, ended=()))

    assert len(told) == 1
    assert "idem:kept" in told[0]
