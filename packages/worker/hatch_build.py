"""What of Baton's package is in this distribution: in a clone from engine/baton, in a source package from beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PARTS = ("__init__.py", "py.typed", "model", "worker", "client")
"""All other parts are in `baton-bpmn`, whose pyproject.toml leaves these out."""


class Files(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        root = Path(self.root)
        beside, clone = root / "baton", root.parents[1] / "engine" / "baton"
        source = beside if beside.is_dir() else clone
        for part in PARTS:
            for path in list_files(source / part):
                build_data["force_include"][str(path)] = f"baton/{path.relative_to(source).as_posix()}"


def list_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(found for found in path.rglob("*") if found.is_file() and "__pycache__" not in found.parts)
