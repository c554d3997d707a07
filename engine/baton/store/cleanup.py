"""Whether somebody has asked for history to be removed now: a request to the loops that outlives every process."""

from __future__ import annotations

from baton.model.times import Millis
from baton.store.keys import DEFS
from baton.store.operations import apply_ops
from baton.store.ports import Backend

ASKED = f"{DEFS}:cleanup"
"""A sorted set of one member, scored by the moment of the latest request."""
_MEMBER = "asked"


class Cleanup:
    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def ask(self, now: Millis) -> None:
        apply_ops(self._backend, ASKED, [["ZADD", ASKED, now, _MEMBER]])

    def read_asked(self) -> Millis | None:
        """The moment of the latest request that is not finished."""
        found = self._backend.read([("ZSCORE", ASKED, _MEMBER)])[0]
        return None if found is None else int(float(found))

    def finish(self, asked_at: Millis) -> None:
        """The request of that moment, not a later one, is done."""
        apply_ops(self._backend, ASKED, [["ZREMRANGEBYSCORE", ASKED, "-inf", asked_at]])
