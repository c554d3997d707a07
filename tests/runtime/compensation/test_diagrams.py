"""The diagrams of this folder: each can be opened in a modeler, deserves no problem, and is used by a test."""

from pathlib import Path

import pytest

from baton.bpmn import read
from tests.runtime.compensation.here import HERE

DIAGRAMS = sorted(HERE.glob("*.bpmn"))


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_diagram_is_drawn_and_deserves_no_problem(diagram: Path):
    data = diagram.read_bytes()
    assert read(data).problems == ()
    assert b"BPMNShape" in data


def test_every_diagram_is_used():
    text = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    assert [path.stem for path in DIAGRAMS if f'"{path.stem}"' not in text] == []
