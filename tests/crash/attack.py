"""``make attack``: a real server is attacked, and others who use it meanwhile say how long they were kept waiting.

Each attack is bounded: the server has to bear all of it. Printed is, for each, the longest time that the version, a
timer and a worker of another instance were kept waiting, the peak memory of every kind of process, and the statuses
that were answered. Exits 1 when somebody waited longer than ``--seconds``, a process held more than 500 MB or died, a
request was answered with 5xx, or something is left that cannot be deleted. Needs Linux (``/proc``).
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from baton.worker import EngineRefused
from tests.crash.attacks import ATTACKS, Scale, Target
from tests.crash.bystanders import Bystanders, timer_model, work_model
from tests.crash.processes import Watch
from tests.running import Baton, running

MOST_BYTES = 500 * 1000 * 1000
MOST_SECONDS = 1.0
REQUEST_SECONDS = 3.0


@dataclass(kw_only=True)
class Outcome:
    """What one attack did to others. ``waits``: seconds; ``peaks``: bytes; both at the most."""

    name: str
    waits: Mapping[str, float]
    counts: Mapping[str, int]
    peaks: Mapping[str, int]
    answers: Mapping[int, int]
    wrong: list[str] = field(default_factory=list[str])

    def judge(self, seconds: float) -> list[str]:
        """What is wrong: also what others had to wait for, and what was held in memory."""
        late = [f"the {who} was kept waiting for {time:.2f} s" for who, time in self.waits.items() if time > seconds]
        idle = [f"the {who} did nothing" for who, count in self.counts.items() if count == 0]
        large = [f"{kind} held {size // 10**6} MB" for kind, size in self.peaks.items() if size > MOST_BYTES]
        bugs = [
            f"{count} requests were answered with {status}" for status, count in self.answers.items() if status == 500
        ]
        return [f"{self.name}: {text}" for text in (*self.wrong, *late, *idle, *large, *bugs)]

    def __str__(self) -> str:
        waits = "  ".join(f"{who} {time:5.2f} s" for who, time in self.waits.items())
        peaks = ", ".join(f"{kind} {size // 10**6}" for kind, size in sorted(self.peaks.items()))
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.answers.items()))
        return f"{self.name:<15} {waits}   MB: {peaks}   answers: {answers}"


def run(scale: Scale, names: Iterable[str] = ATTACKS, say: Callable[[str], None] = logging.info) -> list[Outcome]:
    """The attacks, one after the other, on one server; what each did is said at once."""
    env = {"BATON_REQUEST_SECONDS": str(REQUEST_SECONDS), "BATON_COMPUTE_SECONDS": str(scale.compute_seconds)}
    with running("--no-samples", env=env) as baton:
        with tempfile.TemporaryDirectory() as folder:
            for name, model in (("timer", timer_model()), ("work", work_model())):
                file = Path(folder) / f"{name}.bpmn"
                file.write_text(model)
                baton.deploy(file)
        outcomes: list[Outcome] = []
        for name in names:
            outcomes.append(_attack(baton, name, scale))
            say(str(outcomes[-1]))
        outcomes[-1].wrong += _delete_everything(baton)
    return outcomes


def _attack(baton: Baton, name: str, scale: Scale) -> Outcome:
    target = Target(baton, scale)
    with Watch(baton) as watch, Bystanders(baton, scale.pause) as others:
        ATTACKS[name](target)
    wrong = [*target.wrong, *others.wrong, *(f"a process has died: {kind}" for kind in watch.lost)]
    excused = {"timer": target.excused, "worker": target.excused}
    waits = {who: max(time - excused.get(who, 0), 0) for who, time in others.waits.items()}
    return Outcome(name=name, waits=waits, counts=others.counts, peaks=watch.peaks, answers=target.answers, wrong=wrong)


def _delete_everything(baton: Baton) -> list[str]:
    """What could not be deleted."""
    wrong: list[str] = []
    for instance in baton.rest.get("/process-instance", {"maxResults": 10_000}):
        try:
            baton.rest.request("DELETE", f"/process-instance/{instance['id']}")
        except EngineRefused as error:
            wrong.append(f"instance {instance['id']} cannot be deleted: {error}")
    left = baton.rest.get("/process-instance/count")["count"]
    return [*wrong, *([f"{left} instances are left"] if left else [])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("attacks", nargs="*", help=f"which of them: {', '.join(ATTACKS)} (all)")
    parser.add_argument("--seconds", type=float, default=MOST_SECONDS, help="how long others may be kept waiting")
    options = parser.parse_args()
    outcomes = run(Scale(), options.attacks or ATTACKS, say=lambda line: print(line, flush=True))
    wrong = [text for outcome in outcomes for text in outcome.judge(options.seconds)]
    print("".join(f"WRONG {text}\n" for text in wrong), end="", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
