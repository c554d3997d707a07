"""Put an engine together from settings."""

from __future__ import annotations

from baton.expression.scripts import SandboxScriptRunner
from baton.runtime.ports import Scripts
from baton.service.engine import Engine
from baton.service.settings import Settings
from baton.store import codec
from baton.store.store import open_store


def assemble(settings: Settings | None = None, *, scripts: Scripts | None = None) -> Engine:
    """The engine of one process. Several processes on one store are one service."""
    chosen = settings or Settings.from_environment()
    codec.use_keys(chosen.encryption_keys)
    store = open_store(chosen.redis_url, chosen.partitions, live_length=chosen.live_length, replicas=chosen.replicas)
    return Engine(store, chosen, scripts or SandboxScriptRunner())
