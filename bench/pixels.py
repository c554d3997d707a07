"""From an event to its picture in a real Chromium, and frames a second on a large diagram, as the tests print them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bench.server import running

DESIGNER = Path(__file__).parents[1] / "designer"
TOLD = ("event to pixel", "frames a second")
SCENARIOS = ("pixel.test.mjs", "frames.test.mjs")


def main() -> None:
    with running() as (port, _):
        url = f"http://127.0.0.1:{port}"
        command = ["npm", "run", "--silent", "test:browser", "--", url, *SCENARIOS]
        done = subprocess.run(
            command, cwd=DESIGNER, env={**os.environ, "BATON_URL": url}, capture_output=True, text=True, check=False
        )
    for line in done.stdout.splitlines():
        if any(told in line for told in TOLD):
            print(line.lstrip("# "))
    if done.returncode:
        print(f"the picture was not measured:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
