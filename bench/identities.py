"""Bytes of the store for a session, an API key and an entry of the audit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis

from baton.model.identity import Role, User
from baton.service import Actor, Engine, Settings, assemble
from baton.store.server import start_server

PEOPLE, SESSIONS, KEYS, ENTRIES = 100, 5_000, 5_000, 20_000
INSTANCE = "0123456789abcdef-00"
ORDER = '{"to": "ChargePayment", "reason": "The card was charged twice"}'


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="baton-bench-") as folder:
        socket = Path(folder) / "socket"
        server = start_server(Path(folder) / "data", socket, fsync="no")
        engine = assemble(Settings(redis_url=f"unix://{socket}", partitions=64))
        redis: Any = Redis(unix_socket_path=str(socket))
        try:
            _measure_all(engine, redis)
        finally:
            engine.close()
            redis.close()
            server.stop()


def _measure_all(engine: Engine, redis: Any) -> None:
    people = [User(id=f"person-{number}@example.com", roles=(Role.OPERATOR,)) for number in range(PEOPLE)]
    actor = Actor(kind="person", name=people[0].id, address="203.0.113.7")
    print("bytes of the store")
    _measure(redis, "a session", SESSIONS, lambda number: engine.sign_in.begin_session(people[number % PEOPLE]))
    _measure(
        redis,
        "an API key of a worker, with two topics",
        KEYS,
        lambda number: engine.accounts.create_key(
            f"worker {number}", [Role.WORKER], topics=("charge-payment", "refund-payment"), by=people[0].id
        ),
    )
    path = f"/process-instance/{INSTANCE}/rollback"
    _measure(
        redis,
        "an entry of the audit about an instance, with what was ordered",
        ENTRIES,
        lambda _number: engine.audit.record(actor, "post_rollback", path, instance_id=INSTANCE, after=ORDER),
    )
    _measure(
        redis,
        "an entry of the audit about a sign-in",
        ENTRIES,
        lambda _number: engine.audit.record(actor, "post_sign_in", "/sign-in"),
    )


def _measure(redis: Any, what: str, count: int, make: Callable[[int], object]) -> None:
    before = _read_used(redis)
    for number in range(count):
        make(number)
    print(f"  {(_read_used(redis) - before) / count:6.0f}  {what} (of {count:,})")


def _read_used(redis: Any) -> int:
    return int(redis.info("memory")["used_memory"])
