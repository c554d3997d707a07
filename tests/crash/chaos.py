"""``make chaos SEED=1 ORDERS=10000``: everything is killed or frozen at random while orders run on every path.

3 turn processes, 2 web processes, Valkey with ``appendfsync always``, 4 worker processes, and a world outside that
counts calls by idempotency key and is never harmed. SIGKILL, and SIGSTOP longer than the lease followed by SIGCONT, of
all of them. At the end every order, every ledger, every call and every key of the store is checked. Prints what was
done; exits 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import queue
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis

from baton.service import Engine, InstanceQuery, Settings, assemble
from baton.worker import EngineRefused, EngineUnreachable
from baton.worker.values import to_typed_variables
from tests.crash.mischief import LEASE_MS, TURN_PROCESSES, WEB_PROCESSES, Victims
from tests.crash.verdict import COURSES, Course, check_all, check_logs, check_order
from tests.crash.world import World
from tests.running import DEFINITIONS, Baton

STARTERS, COURIERS = 8, 4
PATIENCE_SECONDS = 60.0
"""How long nothing may happen outside before orders that are still open count as stuck."""


@dataclass
class Report:
    orders: int
    seed: int
    struck: dict[str, int] = field(default_factory=dict[str, int])
    recoveries: int = 0
    longest_recovery: float = 0.0
    standstill: float = 0.0
    seconds: float = 0.0
    calls: int = 0
    repeated_calls: int = 0
    wrong: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        kills = sum(count for blow, count in self.struck.items() if blow.startswith("kill"))
        stops = sum(self.struck.values()) - kills
        blows = ", ".join(f"{blow} {count}" for blow, count in sorted(self.struck.items()))
        lines = [
            f"seed {self.seed}: {self.orders} orders in {self.seconds:.0f} s;",
            f"{kills} kills, {stops} freezes ({blows});",
            f"{self.recoveries} recoveries, the longest {self.longest_recovery:.1f} s; longest standstill",
            f"{self.standstill:.1f} s; {self.calls} calls outside, {self.repeated_calls} of them repeats with the same",
            f"key; {len(self.wrong)} violations",
        ]
        return " ".join(lines) + "".join(f"\n  {line}" for line in self.wrong[:40])


class Storm:
    """One run in a folder of its own."""

    courses: Mapping[str, Course] = COURSES
    env: Mapping[str, str] = {"BATON_LEASE_MS": str(LEASE_MS), "BATON_LOG_LEVEL": "warning"}

    def __init__(self, folder: Path, orders: int, seed: int, every: float) -> None:
        self._folder, self._every = folder, every
        self._chance = random.Random(seed)
        self.report = Report(orders, seed)
        self.world = World(folder / "w")
        self._baton = self._engine()
        self._victims = Victims(self._baton, self.world.address, seed)
        self._instances: dict[str, str] = {}
        self._messaged: set[str] = set()
        self._over = threading.Event()
        names = list(self.courses)
        self._paths = {f"order-{n}": names[n % len(names)] for n in range(orders)}

    def _engine(self) -> Baton:
        processes = ("--turn-processes", str(TURN_PROCESSES), "--web-processes", str(WEB_PROCESSES))
        return Baton(self._folder / "data", "--no-samples", *processes, env=self.env)

    def _store(self) -> str:
        """The URL of its store."""
        return f"unix://{next(path for path in (self._folder / 'data').rglob('*.sock'))}"

    def _client(self) -> Any:
        """A client that checks its keys."""
        return redis.Redis.from_url(self._store())

    def run(self) -> Report:
        began = time.monotonic()
        try:
            self._victims.start()
            for process in sorted({course.process for course in self.courses.values()}):
                self._baton.deploy(DEFINITIONS / process / f"{process}.bpmn")
            with ThreadPoolExecutor(STARTERS) as starters, ThreadPoolExecutor(COURIERS) as couriers:
                self._orders_in_the_storm(starters, couriers)
            self.report.seconds = time.monotonic() - began
            self._judge()
        finally:
            self._over.set()
            self._victims.end()
            self.world.close()
        return self.report

    def _orders_in_the_storm(self, starters: ThreadPoolExecutor, couriers: ThreadPoolExecutor) -> None:
        order = list(self._paths)
        self._chance.shuffle(order)
        self.world.last_call = time.monotonic()
        futures = [couriers.submit(self._deliver_stock) for _ in range(COURIERS)]
        try:
            futures += self._rage(order, starters)
            self._victims.settle()
            self._wait_until_all_have_ended()
        finally:
            self._over.set()
        for future in futures:
            future.result(timeout=60)

    def _rage(self, order: list[str], starters: ThreadPoolExecutor) -> list[Future[None]]:
        """Start the orders, and strike while they run."""
        futures = [starters.submit(self._start, name) for name in order]
        self._victims.strike(("kill", "everything"))
        while not self._nearly_done():
            time.sleep(self._chance.uniform(0.5, 1.5) * self._every)
            self._victims.strike()
            self._say()
        return futures

    def _nearly_done(self) -> bool:
        """All have been started, and most have come to their last call: the blows end with orders still under way."""
        done = sum(1 for name, calls in list(self.world.orders.items()) if self._last_call(name) in calls.keys.values())
        return (len(self._instances) == self.report.orders and done > 0.9 * self.report.orders) or self._stands_still()

    def _last_call(self, name: str) -> str:
        return self.courses[self._paths[name]].calls[-1]

    def _say(self) -> None:
        blows, calls = sum(self._victims.struck.values()), sum(self.world.calls.values())
        print(f"{len(self._instances)} orders started, {calls} calls, {blows} blows", file=sys.stderr, flush=True)

    def _stands_still(self) -> bool:
        return time.monotonic() - self.world.last_call > PATIENCE_SECONDS

    def _wait_until_all_have_ended(self) -> None:
        with self._looking() as engine:
            while engine.instances.count(InstanceQuery()) > 0 or len(self._instances) < self.report.orders:
                if self._stands_still():
                    self.report.wrong.append(self._open(engine))
                    return
                time.sleep(0.2)

    def _open(self, engine: Engine) -> str:
        found = engine.instances.find(InstanceQuery())
        places = "; ".join(f"{item.business_key} {item.id} at {dict(item.tokens)}" for item in found[:20])
        missing = self.report.orders - len(self._instances)
        return (
            f"nothing has happened for {PATIENCE_SECONDS:.0f} s, {missing} orders were not started "
            f"and {len(found)} are open: {places}\n{self._baton.logs(10)}"
        )

    def _start(self, name: str) -> None:
        body = {"businessKey": name, "variables": to_typed_variables({"path": self._paths[name], "item": "metronome"})}
        path = f"/process-definition/key/{self.courses[self._paths[name]].process}/start"
        with suppress(EngineUnreachable):
            self._instances[name] = str(self._baton.rest.post_surely(path, body, give_up=self._over.is_set)["id"])

    def _deliver_stock(self) -> None:
        """Tell orders that their stock has arrived; a request is repeated until there is an answer to it."""
        while not self._over.is_set():
            name = _next(self.world)
            if name is None or name in self._messaged:
                continue
            try:
                body = {"messageName": "StockArrived", "businessKey": name}
                self._baton.rest.post_surely("/message", body, give_up=self._over.is_set)
                self._messaged.add(name)
            except EngineRefused:  # it does not wait yet
                self._over.wait(0.1)
                self.world.out_of_stock.put(name)
            except EngineUnreachable:
                return

    def _judge(self) -> None:
        report, victims = self.report, self._victims
        report.struck, report.recoveries = dict(victims.struck), victims.recoveries
        report.longest_recovery, report.standstill = victims.longest_recovery, self.world.standstill
        report.calls = sum(self.world.calls.values())
        report.repeated_calls = report.calls - len(self.world.calls)
        with self._looking() as engine:
            for name, path in self._paths.items():
                if name not in self._instances:
                    report.wrong.append(f"{name} ({path}) was never started")
                    continue
                report.wrong += check_order(engine, self.world, self._instances[name], name, path)
                if path == "late" and name not in self._messaged:
                    report.wrong.append(
                        f"{name}: expected one answer that the stock was taken, but found only refusals"
                    )
            with self._client() as client:
                report.wrong += check_all(engine, client, self._instances, self._paths)
        report.wrong += check_logs(self._baton.data / "logs")

    @contextmanager
    def _looking(self) -> Iterator[Engine]:
        """An engine that only looks."""
        engine = assemble(Settings(redis_url=self._store()))
        try:
            yield engine
        finally:
            engine.close()


def _next(world: World) -> str | None:
    with suppress(queue.Empty):
        return world.out_of_stock.get(timeout=0.2)
    return None


def run(orders: int, seed: int, every: float = 2.0) -> Report:
    """The whole experiment in a temporary folder; ``every`` so many seconds, on average, something is struck."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    try:
        return Storm(folder, orders, seed, every).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two blows, on average")
    options = parser.parse_args()
    report = run(options.orders, options.seed, options.every)
    print(report, flush=True)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
