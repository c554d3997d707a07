"""What an operator can set about the web; every setting has an environment variable ``BATON_…``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Limits are per process. ``hosts`` None: any Host header; else only these names (a guard against rebinding)."""

    bind: str = "127.0.0.1:8080"
    hosts: tuple[str, ...] | None = LOOPBACK
    origins: tuple[str, ...] = ()
    """Other sites (``https://host:port``) whose pages may change things here."""
    max_body_bytes: int = 16 * 1024 * 1024
    max_streams: int = 5_000
    max_long_polls: int = 2_000
    max_long_poll_ms: int = 1_800_000
    max_results: int = 10_000
    """The largest page of a list; without ``maxResults`` a list is this long at most."""
    heartbeat_seconds: float = 15.0
    batch_seconds: float = 0.1
    idempotency_hours: float = 24.0
    static: Path = Path(__file__).parent / "static"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> WebSettings:
        env = os.environ if environment is None else environment
        usual = cls()
        bind = env.get("BATON_BIND", usual.bind)
        return cls(
            bind=bind,
            hosts=_hosts(env.get("BATON_HOSTS"), bind),
            origins=tuple(part.strip() for part in env.get("BATON_ORIGINS", "").split(",") if part.strip()),
            max_body_bytes=int(env.get("BATON_MAX_BODY_BYTES", usual.max_body_bytes)),
            max_streams=int(env.get("BATON_MAX_STREAMS", usual.max_streams)),
            max_long_polls=int(env.get("BATON_MAX_LONG_POLLS", usual.max_long_polls)),
            max_results=int(env.get("BATON_MAX_RESULTS", usual.max_results)),
            idempotency_hours=float(env.get("BATON_IDEMPOTENCY_HOURS", usual.idempotency_hours)),
        )


def _hosts(text: str | None, bind: str) -> tuple[str, ...] | None:
    if text:
        return None if text == "*" else tuple(part.strip() for part in text.split(","))
    host = bind.rsplit(":", 1)[0]
    return LOOPBACK if host in LOOPBACK or bind.startswith("unix:") else None
