"""Tasks that belong to no process: each is the one task of an instance of a process that no list shows."""

from __future__ import annotations

KEY = "~task"
"""No file can have a process of this name; what belongs to it belongs to none, as far as anybody can see."""
DEFINITION_ID = "~task:1"
ELEMENT = "~work"
NUMBER = 2
"""Of the record of the task in its instance: the task's token comes before it."""
