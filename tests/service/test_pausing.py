"""Long work in a greenlet keeps no socket and no timer of others waiting."""

from __future__ import annotations

import subprocess
import sys

PAUSES = 20
BESIDE_LONG_WORK = f"""
from gevent import monkey
monkey.patch_all()
import gevent, time
from baton.service.core.pausing import give_way

looks = []

def look():
    while True:
        looks.append(1)
        gevent.sleep(0.001)

gevent.spawn(look)
gevent.sleep(0.01)
before = len(looks)
for _ in range({PAUSES}):
    end = time.monotonic() + 0.005
    while time.monotonic() < end:
        pass
    give_way()
print(len(looks) - before)
"""


def test_a_timer_of_others_fires_in_every_pause_of_long_work() -> None:
    found = subprocess.run([sys.executable, "-c", BESIDE_LONG_WORK], capture_output=True, text=True, check=True)

    assert int(found.stdout) >= PAUSES // 2
