"""Instances in memory between turns, so that a turn need not load what this process wrote last."""

from __future__ import annotations

import threading
from collections import OrderedDict

from baton.service.turns.cached_instance import CachedInstance


class InstanceCache:
    """Least recently used. An instance is taken out while a turn uses it; what is dropped is of no use to anybody."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[str, tuple[str, CachedInstance]] = OrderedDict()
        self._lock = threading.Lock()

    def get_version(self, instance_id: str) -> str:
        """The version that is cached, "" for none."""
        with self._lock:
            found = self._entries.get(instance_id)
            return found[0] if found else ""

    def take(self, instance_id: str, version: str) -> CachedInstance | None:
        """Take the instance out if it is cached at that version."""
        with self._lock:
            found = self._entries.pop(instance_id, None)
        if found is None:
            return None
        if found[0] == version:
            return found[1]
        found[1].instance.release()
        return None

    def drop_of(self, definition_id: str) -> None:
        """Forget the instances of a definition: they hold what was made of its model."""
        with self._lock:
            for name, (_, cached) in list(self._entries.items()):
                header = cached.instance.header
                if header is not None and header.definition_id == definition_id:
                    del self._entries[name]
                    cached.instance.release()

    def put(self, instance_id: str, version: str, cached: CachedInstance) -> None:
        with self._lock:
            before = self._entries.pop(instance_id, None)
            dropped = [] if before is None or before[1] is cached else [before]
            self._entries[instance_id] = (version, cached)
            while len(self._entries) > self._size:
                dropped.append(self._entries.popitem(last=False)[1])
        for _, old in dropped:
            old.instance.release()
