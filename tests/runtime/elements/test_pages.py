"""The reference: every example runs without a warning, is shown by a page, and is used by a test here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from baton.bpmn import read
from baton.model.definition import EventKind, NodeKind
from tests.runtime.elements.here import EXAMPLES, PAGES

DIAGRAMS = sorted(EXAMPLES.glob("*.bpmn"))
TEXTS = sorted(PAGES.glob("*.md"))
NOT_HERE = {"compensation"}
"""Examples with tests of their own, in tests/runtime/compensation."""


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_example_deserves_no_problem_and_has_a_diagram(diagram: Path) -> None:
    data = diagram.read_bytes()
    assert read(data).problems == ()
    assert b"BPMNShape" in data


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_example_is_shown_by_a_page_and_used_by_a_test(diagram: Path) -> None:
    assert any(f"examples/{diagram.name}" in page.read_text() for page in TEXTS)
    if not diagram.stem.startswith(tuple(NOT_HERE)):
        tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
        assert f'"{diagram.stem}"' in tests


@pytest.mark.parametrize("page", TEXTS, ids=lambda path: path.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_table_of_coverage_names_every_kind_of_node_and_event() -> None:
    table = (PAGES / "README.md").read_text()
    for kind in (*NodeKind, *EventKind):
        assert f"`{kind.value}`" in table, kind
