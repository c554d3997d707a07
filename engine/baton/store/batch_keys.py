"""The names of the keys of batches, all in one slot; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{defs}:batches            zset    ids of batches that are not finished, scored by creation
{defs}:batchesdue         zset    of these, those that have work left and are not suspended, scored by the next step
{defs}:batchesended       zset    ids of batches that are finished, scored by their end
{defs}:batch:<id>         hash    ``row`` blob of the batch, ``at`` how many of its items have been tried, ``done`` how
                                  many are done, ``lease`` of its last step, ``suspended``, ``began``, ``ended``,
                                  ``removal`` when it is to be forgotten
{defs}:batchitems:<id>    list    blobs of 1,000 ids each, of what the batch is about
{defs}:batchagain:<id>    zset    ``number NUL attempt`` of items to try again, scored by number
{defs}:batchfailed:<id>   zset    numbers of items that have failed, scored by number
{defs}:batchwhy:<id>      hash    the same -> blob of why
========================  ======  ====================================================================================
"""

from __future__ import annotations

from typing import Literal

from baton.store.keys import DEFS

BATCHES = f"{DEFS}:batches"
BATCHES_DUE = f"{DEFS}:batchesdue"
BATCHES_ENDED = f"{DEFS}:batchesended"
BATCHES_CHANNEL = "baton:batches"
"""A batch has work; the message is its id. A hint only."""


def name_batch(batch_id: str) -> str:
    return f"{DEFS}:batch:{batch_id}"


def name_batch_part(part: Literal["items", "again", "failed", "why"], batch_id: str) -> str:
    return f"{DEFS}:batch{part}:{batch_id}"
