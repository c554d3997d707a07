"""What is kept of failed attempts to sign in."""

from __future__ import annotations

from baton.store.identities import MOST_ADDRESSES
from baton.store.store import open_store

MINUTE = 60_000


def test_of_failed_attempts_at_one_person_only_so_many_addresses_are_kept(valkey: str) -> None:
    store = open_store(valkey, 4)
    for number in range(MOST_ADDRESSES + 5):
        store.identities.add_attempt(f"a{number}", MINUTE)
        store.identities.note_attempt("anna", f"a{number}", number, MINUTE)

    store.identities.forget_attempts("anna")

    left = [number for number in range(MOST_ADDRESSES + 5) if store.identities.count_attempts(f"a{number}")[0]]
    assert left == [0, 1, 2, 3, 4]


def test_attempts_of_long_ago_are_not_kept_because_others_follow(valkey: str) -> None:
    store = open_store(valkey, 4)
    store.identities.add_attempt("old", 10 * MINUTE)
    store.identities.note_attempt("anna", "old", 0, MINUTE)
    store.identities.note_attempt("anna", "new", MINUTE + 1, MINUTE)

    store.identities.forget_attempts("anna")

    assert store.identities.count_attempts("old")[0] == 1
