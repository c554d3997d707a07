"""Whether there is room for new instances: the store's memory, and the disk of the embedded server."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import structlog

from baton.model.errors import Overloaded
from baton.model.times import Millis
from baton.service.core.clock import Clock
from baton.service.core.settings import Settings
from baton.store.store import Store

log = structlog.get_logger("baton.admission")
_VALID_FOR_MS = 1_000
RETRY_AFTER_S = 10


class AdmissionControl:
    """Checked once a second at most. Safe for threads and greenlets."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        self._lock = threading.Lock()
        self._looked_at: Millis | None = None
        self._reason: str | None = None

    def admit(self, what: str = "a new instance") -> None:
        """Raises Overloaded when there is no room for what takes some; running instances go on."""
        reason = self.check()
        if reason is not None:
            raise Overloaded(
                f"Expected room for {what}, but {reason}; running instances go on", retry_after=RETRY_AFTER_S
            )

    def check(self) -> str | None:
        """Why no new instance may start, or None."""
        now = self._clock.now()
        if self._looked_at is None or now - self._looked_at >= _VALID_FOR_MS:
            with self._lock:
                self._looked_at = now
                reason, before = self._check_memory(), self._reason
                if reason is None and self._settings.data:
                    reason = self._check_disk()
                self._reason = reason
            if (reason is None) != (before is None):
                full = reason is not None
                log.warning("admission of new instances changed", action="admission.changed", full=full, reason=reason)
        return self._reason

    def _check_memory(self) -> str | None:
        used, limit = self._store.backend.measure_memory()
        share = self._settings.max_memory_share
        if limit <= 0 or used <= limit * share:
            return None
        return f"the store uses {used} of {limit} bytes of memory (at most {share:.0%}, BATON_MAX_MEMORY_SHARE)"

    def _check_disk(self) -> str | None:
        folder, least = self._settings.data, self._settings.min_disk_bytes
        if not folder or not Path(folder).is_dir():
            return None
        free = shutil.disk_usage(folder).free
        if free >= least:
            return None
        return f"the disk of {folder} has {free} bytes left (at least {least}, BATON_MIN_DISK_BYTES)"
