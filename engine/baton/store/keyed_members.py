"""Members of the indexes of business keys: a key, a separator, and the id of what has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from baton.store import keys
from baton.store.scanning import Reader


def make_key_range(business_key: str, whole: bool) -> tuple[bytes, bytes]:
    """The members of the index of business keys with a key, or with one that begins so."""
    low = f"[{business_key}{keys.SEPARATOR if whole else ''}".encode()
    return low, low + (b"\x7f" if whole else b"\xff")


def find_few_members(
    read: Reader, names: Sequence[str], counted: int, bounds: tuple[bytes, bytes], most: int
) -> list[str] | None:
    """The ids at the end of the members of indexes of keys, if there are at most so many, else None.

    ``counted``: so many of the sets, from the first on, are counted before they are read; the others, of which most
    often all is, are read at once.
    """
    sizes = [("ZLEXCOUNT", name, *bounds) for name in names[:counted]]
    rest = [("ZRANGEBYLEX", name, *bounds, "LIMIT", 0, most + 1) for name in names[counted:]]
    replies = read([*sizes, *rest])
    in_store = sum(replies[:counted])
    if in_store + sum(map(len, replies[counted:])) > most:
        return None
    if in_store:  # all are read again together: what moves between two readings would be in neither
        return list_member_ids(read([("ZRANGEBYLEX", name, *bounds) for name in names]))
    return list_member_ids(replies[counted:])


def list_member_ids(replies: Iterable[Iterable[bytes]]) -> list[str]:
    return [read_member_id(member) for members in replies for member in members]


def read_member_id(member: bytes) -> str:
    return member.rpartition(keys.SEPARATOR.encode())[2].decode()
