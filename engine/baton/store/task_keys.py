"""The names of the keys of what is kept beside tasks, and of their order; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{defs}:filters            hash    id of a saved filter -> blob
{pNN}:f:<id>              hash    attachments of tasks: id of an attachment -> blob of all but its content
{pNN}:fc:<id>             hash    the same -> blob of the content, of those that have one
{pNN}:uu                  zset    open user task ids, scored by urgency (``urgency.py``)
{pNN}:uf                  zset    ids of open user tasks that have a follow-up date, scored by it
{pNN}:ul                  zset    open user task ids that were changed, scored by the last change
========================  ======  ====================================================================================
"""

from __future__ import annotations

from baton.store.keys import DEFS, find_tag

FILTERS = f"{DEFS}:filters"


def name_attachments(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:f:{instance_id}"


def name_attachment_contents(instance_id: str) -> str:
    return f"{find_tag(instance_id)}:fc:{instance_id}"


def name_urgent_tasks(prefix: str) -> str:
    return f"{prefix}:uu"


def name_put_off_tasks(prefix: str) -> str:
    return f"{prefix}:uf"


def name_changed_tasks(prefix: str) -> str:
    return f"{prefix}:ul"
