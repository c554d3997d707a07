"""The names of the keys that list called processes; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{pNN}:cr                  zset    ids of called processes that run (``<instance id>.<token>``), scored by their start
{pNN}:cd:<definition>     zset    the same of the definition that was called
{pNN}:cb                  zset    lexicographic: business key, NUL, id; all scores 0
{defs}:called             string  when all that earlier releases had called was first in the three above
{pNN}:cs:<state>          zset    ids of called processes that have ended (completed or terminated), scored by their end
{pNN}:csb:<state>         zset    the same scored by start
{pNN}:ce:<definition>     zset    those of a definition, scored by their end; ``ceb`` by start
{pNN}:ck                  zset    lexicographic: business key, NUL, id of those that have ended; all scores 0
{pNN}:ch:<id>             hash    of an instance: token of a called process that has ended -> row that is not sealed
                                  (see ``ended_called``): it says what the sets say
========================  ======  ====================================================================================
"""

from __future__ import annotations

from baton.store.keys import DEFS, find_tag

CALLED_INDEXED = f"{DEFS}:called"


def name_called(prefix: str, definition_id: str | None = None) -> str:
    return f"{prefix}:cr" if definition_id is None else f"{prefix}:cd:{definition_id}"


def name_called_business_keys(prefix: str) -> str:
    return f"{prefix}:cb"


def name_ended_in_state(prefix: str, state_name: str, *, by_start: bool = False) -> str:
    return f"{prefix}:{'csb' if by_start else 'cs'}:{state_name}"


def name_ended_of(prefix: str, definition_id: str, *, by_start: bool = False) -> str:
    return f"{prefix}:{'ceb' if by_start else 'ce'}:{definition_id}"


def name_ended_business_keys(prefix: str) -> str:
    return f"{prefix}:ck"


def name_ended_rows(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:ch:{instance_id}"


def is_of_ended(name: str) -> bool:
    """Whether a key of a partition is one of those of called processes that have ended."""
    return name.partition("}:")[2].partition(":")[0] in ("cs", "csb", "ce", "ceb", "ck")
