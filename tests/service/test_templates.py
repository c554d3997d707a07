"""What the designer offers to begin with has no problem of any severity."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

from baton.service import Engine, Resource

CATALOG = Path(__file__).parents[2] / "designer" / "src" / "screens" / "designer" / "templates" / "catalog.ts"
TEXT = CATALOG.read_text(encoding="utf-8")
FILES = [(CATALOG.parent / path).resolve() for path in re.findall(r'import\("([^"]+)\?raw"\)', TEXT)]
PATTERNS = CATALOG.parent / "patterns"
TEMPLATES = [
    list(files)
    for _, files in groupby(FILES, lambda path: path if path.parent == PATTERNS else path.parent)
]  # fmt: skip
"""A diagram, and what comes with it."""


def test_every_pattern_that_is_there_is_offered() -> None:
    assert set(PATTERNS.iterdir()) <= set(FILES)
    assert [files[0].stem for files in TEMPLATES] == re.findall(r'key: "([^"]+)"', TEXT)


@pytest.mark.parametrize("files", TEMPLATES, ids=lambda files: files[0].stem)
def test_a_template_passes_the_checks_of_a_deployment(engine: Engine, files: list[Path]) -> None:
    resources = [Resource(path.name, path.read_bytes()) for path in files]
    assert engine.deployments.check(resources) == []
    assert files[0].stem in [it.key for it in engine.deployments.deploy(None, resources).definitions]
