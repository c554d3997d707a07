"""The tables of differences to other engines name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted((ROOT / "docs" / "how-to").glob("coming-from-*.md")))
ROW = re.compile(r"^\| .+ \| .+ \| `(?P<test>tests/[^`]+)` \|$")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_row_names_a_test_that_exists(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").partition("| test |\n")[2].splitlines()[1:]
    rows = [line for line in lines if line.startswith("| ")]

    named = [found["test"] for row in rows if (found := ROW.match(row))]
    assert len(named) == len(rows) >= 6
    assert [test for test in named if not (ROOT / test).exists()] == []
