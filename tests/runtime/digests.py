"""Digests of the random processes' events and stored rows, to see that a change of the runtime changes neither.

``python -m tests.runtime.digests record FILE`` before the change, ``… compare FILE`` after it; ``--first`` and
``--count`` choose the seeds (0 and 2000). A line of the file: seed, digest of all events, digest of all rows written.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from baton.model.commands import Command
from tests.runtime.randomly.driving import Pair
from tests.runtime.test_random_processes import run

WORKERS = 2


class Recorded(Pair):
    """A run that adds what each turn decides to its two digests."""

    def __init__(self, xml: str, random: Random) -> None:
        super().__init__(xml, random)
        self.events, self.rows = sha256(), sha256()

    def do(self, *commands: Command) -> None:
        super().do(*commands)
        decided = self.kept.decision
        self.events.update(_plain([[e.position, e.at, e.type, e.element, e.token, e.data] for e in decided.events]))
        self.rows.update(_plain([sorted(decided.put.items()), sorted(decided.drop)]))


def digest(seed: int) -> str:
    """The line of one seed. A run that fails has its error as digest, so that it must fail again in the same way."""
    try:
        recorded = run(seed, Recorded)
    except AssertionError as error:
        return f"{seed} failed {sha256(str(error).encode()).hexdigest()[:16]}"
    return f"{seed} {recorded.events.hexdigest()[:16]} {recorded.rows.hexdigest()[:16]}"


def digests(seeds: range) -> list[str]:
    with ProcessPoolExecutor(WORKERS) as pool:
        return list(pool.map(digest, seeds, chunksize=25))


def compare(expected: list[str], found: list[str]) -> list[str]:
    """What differs, a line each."""
    return [f"expected {a}, found {b}" for a, b in zip(expected, found, strict=True) if a != b]


def _plain(value: Any) -> bytes:
    return json.dumps(_without_none(value), sort_keys=True, default=str).encode()


def _without_none(value: Any) -> Any:
    """In the memory of a token, None and nothing are the same."""
    if isinstance(value, dict):
        return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value] if isinstance(value, list | tuple) else value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=2000)
    given = parser.parse_args()
    found = digests(range(given.first, given.first + given.count))
    if given.what == "record":
        given.file.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        return 0
    kept = given.file.read_text(encoding="utf-8").splitlines()[: given.count]
    different = compare(kept, found)
    print(*different, f"{len(different)} of {len(found)} differ", sep="\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
