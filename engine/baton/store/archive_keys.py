"""The names of the keys of the archive; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{pNN}:i:<id>              hash    also ``~b``: when an instance came back from the archive
{defs}:archive            string  id of the archive that ended instances have gone to
========================  ======  ====================================================================================

Sorted sets of archived instances are in the archive itself, under names that begin with one of the ``PREFIXES``.
"""

from __future__ import annotations

from baton.store.keys import DEFS

BACK = "~b"
ARCHIVE = f"{DEFS}:archive"
ARCHIVED = "{archived}"
"""In the place of the tag of a partition: of what is in the archive."""
BETWEEN = "{between}"
"""Of what is on its way there or back, while the store has it not."""
PREFIXES = (ARCHIVED, BETWEEN)
EMPTY = ""


def find_prefix(name: str) -> str:
    """Which of the ``PREFIXES`` a name begins with; ``EMPTY`` for one of the store."""
    return next((prefix for prefix in PREFIXES if name.startswith(prefix)), EMPTY)
