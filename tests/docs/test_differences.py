"""The tables of differences to other engines name, row by row, the test that shows what the row says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted((ROOT / "docs" / "how-to").glob("coming-from-*.md")))
ROW = re.compile(r"^\| .+ \| .+ \| `(?P<test>tests/[^`]+\.py::[^`]+)` \|$")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_row_names_a_test(page: Path) -> None:
    rows = list_rows(page)
    assert [row for row in rows if not ROW.match(row)] == []
    assert len(rows) >= 6


def test_every_test_that_a_row_names_is_one_that_runs() -> None:
    """Each is collected, with the case that it names; so what is renamed or removed is noticed here."""
    named = sorted({found["test"] for page in PAGES for row in list_rows(page) if (found := ROW.match(row))})

    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *named,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def list_rows(page: Path) -> list[str]:
    """Of the table of differences."""
    lines = page.read_text(encoding="utf-8").partition("| test |\n")[2].splitlines()[1:]
    return [line for line in lines if line.startswith("| ")]
