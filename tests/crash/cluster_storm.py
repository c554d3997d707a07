"""``make chaos-cluster SEED=1 ORDERS=1000``: nodes of a real Cluster die and freeze amid running samples.

Three primaries and three replicas on loopback, ``BATON_REPLICAS=1``; orders, purchases and tickets on every path. Wave
by wave a primary is killed, and comes back as a replica; or it is frozen until its replica serves in its place and the
clients have given it up, and then wakes up with its old beliefs. The verdict is that of ``chaos``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from redis import RedisCluster
from redis.cluster import ClusterNode

from baton.worker import EngineRefused, EngineUnreachable
from tests.clusters import Cluster
from tests.crash.chaos import Report, Storm
from tests.crash.mischief import TURN_PROCESSES, WEB_PROCESSES
from tests.crash.verdict import SAMPLES
from tests.running import Baton

BLOWS = ("kill", "freeze", "freeze successor")
"""Of each round; the last one freezes the node that took over from the one that was killed."""
FROZEN_SECONDS = 4.0
"""After its replica has taken over."""
QUIET_SECONDS = 1.0
"""Between two blows, with everything whole."""


class ClusterStorm(Storm):
    courses = SAMPLES
    env: Mapping[str, str] = {**Storm.env, "BATON_REPLICAS": "1"}

    def __init__(self, folder: Path, orders: int, seed: int, rounds: int) -> None:
        self.cluster = Cluster(folder)
        self._rounds = rounds
        super().__init__(folder, orders, seed, every=QUIET_SECONDS)

    def _engine(self) -> Baton:
        processes = ("--turn-processes", str(TURN_PROCESSES), "--web-processes", str(WEB_PROCESSES))
        store = ("--redis-url", self.cluster.url)
        return Baton(self._folder / "data", "--no-samples", *store, *processes, env=self.env)

    def _store(self) -> str:
        return self.cluster.url

    def _client(self) -> Any:
        return RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", port) for port in self.cluster.ports])

    def _rage(self, order: list[str], starters: ThreadPoolExecutor) -> list[Future[None]]:
        """A wave of starts, amid which a node is struck; and so on."""
        futures = [starters.submit(self._resolve_tickets)]
        blows = BLOWS * self._rounds
        waves = [order[place :: len(blows)] for place in range(len(blows))]
        struck: int | None = None
        for blow, wave in zip(blows, waves, strict=True):
            futures += [starters.submit(self._start, name) for name in wave]
            self._until_under_way(wave)
            began = time.monotonic()
            struck = self._strike(blow, struck)
            self._count(blow, time.monotonic() - began)
            self._say()
        return futures

    def _until_under_way(self, wave: list[str]) -> None:
        """Half of the wave has called outside, or nothing happens any more."""
        while sum(1 for name in wave if name in self.world.orders) < len(wave) / 2 and not self._stands_still():
            time.sleep(0.02)

    def _strike(self, blow: str, struck: int | None) -> int:
        """The node that serves now in place of the one that was killed last."""
        cluster = self.cluster
        victim = self._victim(blow, struck)
        successor = cluster.replica_of(victim)
        if blow == "kill":
            cluster.kill(victim)
            time.sleep(self._every)
            cluster.restart(victim)
        else:
            cluster.freeze(victim)
            time.sleep(FROZEN_SECONDS)
            cluster.thaw(victim)
        time.sleep(self._every)
        return successor if blow == "kill" or struck is None else struck

    def _victim(self, blow: str, struck: int | None) -> int:
        """Now and then the primary that took over from the one killed last; else any other."""
        primaries = self.cluster.primaries()
        if blow == "freeze successor" and struck in primaries:
            return struck
        return self._chance.choice([primary for primary in primaries if primary != struck])

    def _count(self, blow: str, seconds: float) -> None:
        self._victims.struck[f"{blow.partition(' ')[0]} primary"] += 1
        self._victims.recoveries += 1
        self._victims.longest_recovery = max(self._victims.longest_recovery, seconds)

    def _resolve_tickets(self) -> None:
        """The person who does every user task."""
        rest, body = self._baton.rest, {"variables": {"resolution": {"value": "done", "type": "String"}}}
        while not self._over.wait(0.3):
            with suppress(EngineUnreachable, EngineRefused):
                for task in rest.get("/task", {"processDefinitionKey": "sysops-ticket"}):
                    with suppress(EngineRefused):  # an earlier request had its effect
                        rest.post_surely(f"/task/{task['id']}/complete", body, give_up=self._over.is_set)

    def end(self) -> None:
        self.cluster.stop()


def run(orders: int, seed: int, rounds: int = 1) -> Report:
    """The whole experiment in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    storm = ClusterStorm(folder, orders, seed, rounds)
    try:
        return storm.run()
    finally:
        storm.end()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--rounds", type=int, default=1, help="a kill and two freezes each")
    options = parser.parse_args()
    report = run(options.orders, options.seed, options.rounds)
    print(report, flush=True)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
