"""``make screenshots``: pictures of every screen of a real Baton with sample data, light and dark, at three widths."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.programs import require_chromium, require_program
from tests.running import ROOT, running

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "screenshots")
    parser.add_argument(
        "--docs", action="store_true", help="the pictures of README and tutorial instead, into docs/images"
    )
    parser.add_argument("--only", nargs="+", default=[], help="names of screens, such as overview")
    options = parser.parse_args()
    return take_pictures() if options.docs else take_screens(options.folder, options.only)


def take_pictures() -> int:
    # So slow that undoing can be seen.
    with running(env={"BATON_DEMO_PACE": "1"}) as baton:
        env = {**os.environ, "CHROMIUM": require_chromium(), "BATON_URL": baton.url}
        command = [require_program("node"), str(HERE / "pictures.mjs"), baton.url, str(ROOT / "docs" / "images")]
        return subprocess.run(command, env=env, check=False).returncode


def take_screens(folder: Path, only: list[str]) -> int:
    with running() as baton:
        command = [require_program("node"), str(HERE / "screenshots.mjs"), baton.url, str(folder), *only]
        env = {**os.environ, "CHROMIUM": require_chromium(), "BATON_URL": baton.url}
        done = subprocess.run(command, env=env, check=False)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
