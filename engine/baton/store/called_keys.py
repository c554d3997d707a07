"""The names of the keys that list the called processes that run; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{pNN}:cr                  zset    ids of called processes that run (``<instance id>.<token>``), scored by their start
{pNN}:cd:<definition>     zset    the same of the definition that was called
{pNN}:cb                  zset    lexicographic: business key, NUL, id; all scores 0
{defs}:called             string  when all that earlier releases had called was first in the three above
========================  ======  ====================================================================================
"""

from __future__ import annotations

from baton.store.keys import DEFS

CALLED_INDEXED = f"{DEFS}:called"


def name_called(prefix: str, definition_id: str | None = None) -> str:
    return f"{prefix}:cr" if definition_id is None else f"{prefix}:cd:{definition_id}"


def name_called_business_keys(prefix: str) -> str:
    return f"{prefix}:cb"
