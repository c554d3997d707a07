"""Long work in a greenlet keeps no socket and no timer of others waiting."""

from __future__ import annotations

import subprocess
import sys

PAUSES = 20
BESIDE = """
from gevent import monkey
monkey.patch_all()
import gevent, time
from baton.service.core.pausing import LongWork, give_way

looks = []

def look():
    while True:
        looks.append(1)
        gevent.sleep(0.001)

gevent.spawn(look)
gevent.sleep(0.01)
before = len(looks)
{work}
print(len(looks) - before)
"""
LONG_WORK = f"""
for _ in range({PAUSES}):
    end = time.monotonic() + 0.005
    while time.monotonic() < end:
        pass
    give_way()
"""
PARTS = """
work = LongWork()
for _ in range({parts}):
    end = time.monotonic() + {seconds}
    while time.monotonic() < end:
        pass
    work.end_part()
"""


def test_a_timer_of_others_fires_in_every_pause_of_long_work() -> None:
    assert count_looks(LONG_WORK) >= PAUSES // 2


def test_work_in_parts_lets_others_go_on_once_it_has_taken_long() -> None:
    assert count_looks(PARTS.format(parts=PAUSES, seconds=0.006)) >= PAUSES // 2


def test_work_in_short_parts_does_not_pause_after_each() -> None:
    assert count_looks(PARTS.format(parts=200, seconds=0.000_001)) < 50


def count_looks(work: str) -> int:
    """How often a timer of others fires while the work is done."""
    program = BESIDE.format(work=work)
    return int(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
