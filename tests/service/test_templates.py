"""What the designer offers to begin with has no problem of any severity."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from baton.service import Engine, Resource

CATALOG = Path(__file__).parents[2] / "designer" / "src" / "screens" / "designer" / "templates" / "catalog.ts"
FILES = [CATALOG.parent / path for path in re.findall(r'import\("([^"]+)\?raw"\)', CATALOG.read_text(encoding="utf-8"))]


def test_every_pattern_that_is_there_is_offered() -> None:
    assert {path.name for path in (CATALOG.parent / "patterns").iterdir()} <= {path.name for path in FILES}
    assert len(FILES) == CATALOG.read_text(encoding="utf-8").count('key: "')


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_passes_the_checks_of_a_deployment(engine: Engine, path: Path) -> None:
    resource = Resource(path.name, path.read_bytes())
    assert engine.deployments.check([resource]) == []
    assert [it.key for it in engine.deployments.deploy(None, [resource]).definitions] == [path.stem]
