"""Hatchling calls this before each package: one without the designer must not be made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = "engine/baton/web/static/index.html"
EDITABLE = "editable"
"""A clone that is installed in place is built afterwards: `make run`."""


class DesignerCheck(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises RuntimeError, which ends the build with its message."""
        del build_data
        if version != EDITABLE and not Path(self.root, PAGE).is_file():
            raise RuntimeError(
                f"Expected the built designer ({PAGE}), but it is not there: run `make build` first (it needs Node.js "
                "20.19 or newer), then make the package again"
            )
