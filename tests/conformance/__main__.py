"""``python -m tests.conformance <folder> [--only NAME …] [--markdown FILE]``: exit code 1 below the floor.

Without ``BATON_URL`` a Baton is started, with a clock that can be moved. With it, ``--clock`` names that server's
``BATON_TEST_CLOCK`` file; else time is waited for.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from baton.worker import Rest
from tests.conformance import suite, table
from tests.conformance.clock import MovedClock, RealClock
from tests.conformance.judge import IMPOSSIBLE, LOUD, PASSED, WRONG, Judge
from tests.conformance.refusals import Refusal, refuse
from tests.conformance.run import Runner
from tests.running import running

FLOOR = 132
FLOOR_REFUSED = 270


def main() -> int:
    options = _options()
    with _runner(options.clock) as (rest, runner):
        good = _cases(runner, suite.catalogue(options.folder, tuple(options.only)), options)
        refused = [] if options.only or options.skip_refused else _refused(rest, options)
    enough = len(refused) == 0 or sum(r.refused for r in refused) >= FLOOR_REFUSED
    return 0 if good and enough else 1


def _cases(runner: Runner, tests: list[suite.Test], options: argparse.Namespace) -> bool:
    """Run all; whether enough have passed and none is silently wrong."""
    lines: list[tuple[str, ...]] = []
    words: Counter[str] = Counter()
    reasons: list[str] = []
    for test in tests:
        verdicts = [(case, Judge(case, runner.run(test, case)).verdict()) for case in test.cases]
        words[_worst({verdict.word for _, verdict in verdicts})] += 1
        for case, verdict in verdicts:
            expected, got = table.short(case.expected), table.short(verdict.trace)
            lines.append((test.name, str(case.number), expected, got, verdict.state, verdict.word))
            reasons += [f"{test.name} {case.number}: {reason}" for reason in verdict.reasons]
    text = table.rows(lines)
    summary = f"{words[PASSED]} of {len(tests)} tests passed, " + ", ".join(
        f"{count} {word}" for word, count in sorted(words.items()) if word != PASSED
    )
    print(text, "", *reasons, "", summary.rstrip(", "), sep="\n", flush=True)
    if options.markdown:
        options.markdown.write_text(text + "\n")
    return words[PASSED] >= min(FLOOR, len(tests))


def _worst(words: set[str]) -> str:
    return next((word for word in (WRONG, LOUD, IMPOSSIBLE) if word in words), PASSED)


def _refused(rest: Rest, options: argparse.Namespace) -> list[Refusal]:
    found = [refuse(rest, model) for model in suite.faulty_models(options.folder)]
    rows = [(r.name, "refused" if r.refused else "ACCEPTED", r.rules, r.elements) for r in found]
    print("", table.rows(rows, ("model", "", "rule", "element")), sep="\n")
    print(f"\n{sum(r.refused for r in found)} of {len(found)} faulty models refused", flush=True)
    return found


@contextmanager
def _runner(clock: Path | None) -> Iterator[tuple[Rest, Runner]]:
    url = os.environ.get("BATON_URL")
    if url:
        rest = Rest(url.rstrip("/").removesuffix("/engine-rest") + "/engine-rest")
        yield rest, Runner(rest, MovedClock(clock) if clock else RealClock())
        return
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        file = Path(folder) / "clock"
        with running("--no-samples", "--web-processes", "1", env={"BATON_TEST_CLOCK": str(file)}) as baton:
            yield baton.rest, Runner(baton.rest, MovedClock(file))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make conformance")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--clock", type=Path)
    parser.add_argument("--skip-refused", action="store_true")
    parser.add_argument("--markdown", type=Path, help="write the table of cases there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
