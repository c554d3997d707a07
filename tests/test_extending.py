"""docs/how-to/extend-baton.md names files and tables that exist, as those who add something will look for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "extend-baton.md"
EXAMPLES = {
    "<element_file>": "parallel_gateway",
    "<element>": "parallel-gateway",
    "<rule_file>": "dead_end",
    "<rule>": "dead-end",
    "<route_file>": "job",
    "<screen>": "tasks",
}
"""The existing addition that each heading of the page names."""

ROW = re.compile(r"^\| `(?P<path>[^`]+)` \| (?P<what>.+) \|$", re.MULTILINE)
NAME = re.compile(r"`([A-Z][A-Za-z_]+)`")
PATH = re.compile(r"`((?:engine|designer|docs|tests)/[^`]*)`")


def fill(path: str) -> Path:
    for placeholder, example in EXAMPLES.items():
        path = path.replace(placeholder, example)
    return ROOT / path


def rows() -> Iterator[tuple[str, str]]:
    """The path and the names of code of each row of the page's tables."""
    for row in ROW.finditer(PAGE.read_text(encoding="utf-8")):
        names = NAME.findall(row["what"])
        yield from ((row["path"], name) for name in names)


@pytest.mark.parametrize("path", sorted(set(PATH.findall(PAGE.read_text(encoding="utf-8")))))
def test_every_path_of_the_page_exists(path: str) -> None:
    assert fill(path).exists()


@pytest.mark.parametrize(("path", "name"), list(rows()))
def test_every_table_and_class_is_in_the_file_that_the_page_names(path: str, name: str) -> None:
    assert re.search(rf"\b{name}\b", fill(path).read_text(encoding="utf-8"))


def test_the_page_has_a_table_for_each_thing_that_can_be_added() -> None:
    headings = re.findall(r"^## Add an? (\w+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["element", "rule", "route", "setting", "screen"]
