"""The names of the keys of saved filters, all in one slot; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{defs}:filters            hash    id of a saved filter -> blob
========================  ======  ====================================================================================
"""

from __future__ import annotations

from baton.store.keys import DEFS

FILTERS = f"{DEFS}:filters"
