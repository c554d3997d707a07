"""Ids that say where a thing lives: ``<16 random chars>-<partition>`` and ``<instance id>.<number>``.

Every record (external task, user task, job, subscription, incident, called instance) carries its instance's id, and
an instance id carries its partition, so that nothing has to be looked up to find the keys of a thing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from baton.model.errors import BadRequest

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
"""Ten bits as two characters."""
_INSTANCE = re.compile(r"[0-9a-hj-km-np-tv-z]{16}-\d{2,4}")
_RECORD = re.compile(r"(?P<instance>[0-9a-hj-km-np-tv-z]{16}-\d{2,4})\.(?P<number>\d{1,12})")


class RecordId(NamedTuple):
    instance_id: str
    number: int

    def __str__(self) -> str:
        return f"{self.instance_id}.{self.number}"


def make_instance_id(random: bytes, partition: int) -> str:
    """An instance id made of ten random bytes and the partition that holds the instance."""
    return f"{make_text(random[:10])}-{partition:02d}"


def make_text(random: bytes) -> str:
    """Two characters for each ten bits; bits that are left over at the beginning are dropped."""
    bits = int.from_bytes(random, "big")
    return "".join([_PAIRS[(bits >> shift) & 1023] for shift in range(len(random) * 8 // 10 * 10 - 10, -1, -10)])


def get_partition(some_id: str) -> int:
    """The partition of an instance id or of a record id. Raises BadRequest if the id has neither form."""
    match = re.fullmatch(r"[0-9a-hj-km-np-tv-z]{16}-(\d{2,4})(\.\d{1,12})?", some_id)
    if match is None:
        raise BadRequest(
            f"Expected an id such as '0123456789abcdef-07' or '0123456789abcdef-07.12', but found '{some_id}'"
        )
    return int(match.group(1))


def is_instance_id(text: str) -> bool:
    return _INSTANCE.fullmatch(text) is not None


def parse_record_id(text: str) -> RecordId | None:
    """Parse ``<instance id>.<number>``; None if the text has another form."""
    match = _RECORD.fullmatch(text)
    return RecordId(match["instance"], int(match["number"])) if match else None


def get_instance_id(some_id: str) -> str:
    """The instance id inside a record id; an instance id is returned as it is."""
    return some_id.partition(".")[0]
