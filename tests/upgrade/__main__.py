"""``make upgrade FROM=revision``: data folders of an earlier release, opened by this one."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.upgrade.release import take_release, this_release
from tests.upgrade.trial import run_side_by_side, upgrade

PARTS = ("plain", "sealed", "beside")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="the release before: any revision of this repository's history")
    parser.add_argument("--count", type=int, default=200, help="random processes")
    parser.add_argument("--seed", type=int, default=0, help="of the first random process")
    parser.add_argument("--only", choices=PARTS, help="one part")
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + given.count)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        old, new = take_release(given.revision, Path(folder)), this_release()
        for part in PARTS:
            if given.only not in (None, part):
                continue
            began = time.monotonic()
            if part == "beside":
                count, lines = run_side_by_side(old, new, seeds)
            else:
                count, lines = upgrade(old, new, seeds, sealed=part == "sealed")
            print(*lines, sep="\n")
            print(
                f"{part}: {count} instances from {old.name}, {len(lines)} differences, {time.monotonic() - began:.0f} s"
            )
            wrong += len(lines)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
