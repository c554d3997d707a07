"""Named places where a test may end the process: before and after every call that changes the store (``on_point``).

Every outside effect is such a call too: what leaves an instance goes through the outbox and the published stream.
Reading changes nothing, so a death around a read is a death after the change before it.
"""

from __future__ import annotations

SCRIPTS = (
    "submit",
    "take",
    "commit",
    "release",
    "due",
    "lock",
    "hold",
    "apply",
    "claim",
    "advance",
    "admit",
    "record",
    "seal_again",
    "archive",
    "bring_back",
)
BEFORE = {script: f"{script}.before" for script in SCRIPTS}
AFTER = {script: f"{script}.after" for script in SCRIPTS}
