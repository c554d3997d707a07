"""The designer in a real Chromium against a real, whole Baton: each file of scenarios by Node.js."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import require_chromium, require_program
from tests.running import ROOT, Baton, running

DESIGNER = ROOT / "designer"
SCENARIOS_FOLDER = Path(__file__).parent
STATIC = ROOT / "engine" / "baton" / "web" / "static" / "index.html"
SCENARIOS = sorted(it.name for it in SCENARIOS_FOLDER.glob("*.test.mjs"))
LONGEST = ("screens.test.mjs", "walk.test.mjs")
SECONDS = 900
"""Ten times what the longest file takes on an idle machine."""

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def chromium() -> str:
    return require_chromium()


@pytest.fixture(scope="module")
def built() -> None:
    """Build the designer if ``make`` has not."""
    require_program("npm")
    if not STATIC.exists():
        for command in (["npm", "ci", "--silent"], ["npm", "run", "--silent", "build"]):
            subprocess.run(command, cwd=DESIGNER, check=True, timeout=300)


@pytest.fixture(scope="module")
def baton(built: None) -> Iterator[Baton]:
    # So slow that a page on a busy machine still draws each step before the next one comes.
    with running(env={"BATON_DEMO_PACE": "0.8"}) as baton:
        yield baton


def list_failures(tap: str) -> str:
    """What the runner says of the scenarios that failed, and of errors in none of them; without those that passed."""
    told = re.split(r"^(?=(?:not )?ok |# )", tap, flags=re.MULTILINE)
    return "".join(part for part in told if part.startswith(("not ok ", "# Error")))


def run_scenarios(chromium: str, baton: Baton, scenarios: str, **settings: str) -> None:
    """Run one file of scenarios with these environment variables; fail with what failed in it."""
    env = {**os.environ, "BATON_URL": baton.url, "CHROMIUM": chromium, "BATON_ROOT": str(ROOT), **settings}
    done = subprocess.run(
        ["node", "--test-reporter=tap", str(SCENARIOS_FOLDER / scenarios)],
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{list_failures(done.stdout)}\n{done.stderr[-4000:]}\n{baton.logs()[-4000:]}"


@pytest.mark.timeout(SECONDS + 120)
@pytest.mark.parametrize(
    "scenarios", [pytest.param(it, marks=pytest.mark.longest) if it in LONGEST else it for it in SCENARIOS]
)
def test_the_scenarios_pass_in_chromium(chromium: str, baton: Baton, scenarios: str) -> None:
    run_scenarios(chromium, baton, scenarios)


@pytest.mark.soak
@pytest.mark.timeout(SECONDS + 120)
def test_axe_finds_nothing_on_any_screen_in_either_theme(chromium: str, baton: Baton) -> None:
    run_scenarios(chromium, baton, "screens.test.mjs", BATON_THEMES="light dark")
