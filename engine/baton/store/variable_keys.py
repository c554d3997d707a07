"""The names of the keys of the index of variables, which an operator asks for; see ``keys``.

========================  ======  ====================================================================================
key                       type    holds
========================  ======  ====================================================================================
{pNN}:i:<id>              hash    also ``~x<name>``: the mark of the variable's value in the index; ``~x``: the plan by
                                  which all of its variables were indexed, ``?`` where only some may have been
{pNN}:vx:<name>           zset    lexicographic: mark of the value, NUL, instance id; all scores 0
{pNN}:vx                  string  ``c`` and the plan by which the partition is indexed; ``b``, the plan and a random
                                  part while a pass is under way; goes with the first commit by another plan, or none
{defs}:vx                 set     names of variables of which there may be entries
========================  ======  ====================================================================================

A plan stands for the names that are indexed and for the key that values are hashed with. Both exist only once an
operator has asked for it.
"""

from __future__ import annotations

from baton.store.keys import DEFS

INDEXED_NAMES = f"{DEFS}:vx"
MARK = "~x"
"""How the fields of a state begin that say what the index has of it."""
PARTLY = "?"
BUILDING, COMPLETE = "b", "c"


def name_plan(prefix: str) -> str:
    return f"{prefix}:vx"


def name_variable(prefix: str, name: str) -> str:
    return f"{prefix}:vx:{name}"
