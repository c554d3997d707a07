"""How long a failed task is left alone when neither the request nor the model says: longer each time, never in step."""

from __future__ import annotations

from hashlib import sha256

from baton.model.times import Millis

FIRST_MS = 1_000
CAP_MS = 300_000


def compute_delay(task_id: str, failures: int) -> Millis:
    """The pause after the ``failures``-th failure (from 1): 1 s, 2 s, 4 s … at most 5 minutes, less up to a half.

    The jitter comes out of the task's id and the count, so that the runtime stays pure and tasks that failed together
    do not come back together.
    """
    whole = min(FIRST_MS * 2 ** min(max(failures, 1) - 1, 30), CAP_MS)
    spread = int.from_bytes(sha256(f"{task_id}:{failures}".encode()).digest()[:4], "big") / 2**32
    return whole - int(whole / 2 * spread)
